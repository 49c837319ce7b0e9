/** Reads which operation a request means, by the protocol it speaks. */
import { AwsError, type JsonObject, type Service } from "../contract.ts";
import { jsonBody } from "./json-body.ts";
import { SERVICE_OF_TARGET, serviceOfScope } from "./names.ts";
import { queryInput } from "./query-input.ts";
import { type RestCall, restCall } from "./rest.ts";
import type { SignedRequest } from "./signature.ts";

/** An operation with its input, and how the answer has to be written. */
export interface WireCall {
  readonly service: string;
  readonly operation: string;
  readonly input: JsonObject;
  readonly protocol: "json" | "query" | "rest";
  /** The content type of a JSON answer. */
  readonly contentType: string;
  readonly rest: RestCall | undefined;
}

/** What a request asks for. `scope` is the service named in its signature. */
export function wireCall(request: SignedRequest, scope: string, services: ReadonlyMap<string, Service>): WireCall {
  const { headers, body, target } = request;
  const contentType = headers["content-type"] ?? "";
  const amzTarget = headers["x-amz-target"];
  if (amzTarget !== undefined) {
    const [prefix = "", operation = ""] = amzTarget.split(".");
    const service = SERVICE_OF_TARGET[prefix] ?? prefix;
    const answerType = contentType.includes("1.0") ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";
    return { service, operation, input: jsonBody(body), protocol: "json", contentType: answerType, rest: undefined };
  }
  const service = serviceOfScope(scope);
  const isForm = contentType.startsWith("application/x-www-form-urlencoded");
  const query = isForm ? body.toString("utf8") : (target.split("?")[1] ?? "");
  if (isForm || query.includes("Action=")) {
    const form = new URLSearchParams(query);
    const operation = form.get("Action");
    if (!operation) throw new AwsError("MissingAction", "the form names no Action");
    return {
      service,
      operation,
      input: queryInput(service, form),
      protocol: "query",
      contentType: "text/xml",
      rest: undefined,
    };
  }
  const rest = restCall(request, services.get(service)?.restRoutes ?? []);
  if (!rest) {
    const path = target.split("?")[0];
    throw new AwsError(
      "UnknownOperationException",
      `${service} has no operation at ${request.method} ${path} that the local cloud models`,
      { status: 404 },
    );
  }
  const { operation, input } = rest;
  return { service, operation, input, protocol: "rest", contentType: "application/json", rest };
}
