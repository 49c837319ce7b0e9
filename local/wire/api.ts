/** An AWS request in, AWS's answer out: the translation between HTTP and the core. */
import type { LocalCloud } from "../cloud.ts";
import { AwsError, type JsonObject } from "../contract.ts";
import { ConnectionLost } from "../front-door.ts";
import type { PlainAnswer } from "../neighbours.ts";
import { QUERY_ERRORS, serviceOfScope } from "./names.ts";
import { type WireCall, wireCall } from "./request.ts";
import { restAnswer } from "./rest.ts";
import { type SignedRequest, type Signer, signerOf } from "./signature.ts";
import { TRACE_HEADER, traced } from "./trace.ts";
import { xmlAnswer, xmlError } from "./xml.ts";

/** Carries out one request of an AWS SDK, or refuses it as AWS would. */
export async function answerApi(local: LocalCloud, request: SignedRequest): Promise<PlainAnswer> {
  const requestId = local.requestId();
  let signer: Signer | undefined;
  let call: WireCall | undefined;
  const finish = (answer: { status: number; headers?: Record<string, string>; body: string }): PlainAnswer => ({
    ...answer,
    headers: { "x-amzn-requestid": requestId, ...dateHeader(local, signer), ...answer.headers },
  });
  try {
    signer = signerOf(request, local.principals, local.clock.now());
    call = traced(wireCall(request, signer.scope, local.services), request.headers[TRACE_HEADER]);
    const output = await local.request(signer.principal, call, requestId);
    return finish(written(call, output, requestId));
  } catch (error) {
    if (error instanceof ConnectionLost) return "reset";
    if (!(error instanceof AwsError)) throw error;
    return finish(refused(protocolOf(call, request), call?.service ?? scopeOf(request), error, requestId));
  }
}

/** Functions live in virtual time and must see it. A person's SDK lives in real time: without a date it corrects nothing. */
const dateHeader = ({ clock }: LocalCloud, signer: Signer | undefined): Record<string, string> =>
  signer?.principal.kind === "role" ? { date: new Date(clock.now()).toUTCString() } : {};

function written(
  call: WireCall,
  output: JsonObject,
  requestId: string,
): { status: number; headers: Record<string, string>; body: string } {
  const headers = { "content-type": call.contentType };
  if (call.protocol === "query")
    return { status: 200, headers, body: xmlAnswer(call.service, call.operation, output, requestId) };
  if (!call.rest) return { status: 200, headers, body: JSON.stringify(output) };
  const answer = restAnswer(call.rest.route, output);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function refused(
  protocol: WireCall["protocol"],
  service: string,
  error: AwsError,
  requestId: string,
): { status: number; headers: Record<string, string>; body: string } {
  const { code, message, status, members } = error;
  const queryCode = service === "sqs" ? (QUERY_ERRORS[code] ?? code) : code;
  if (protocol === "query")
    return {
      status,
      headers: { "content-type": "text/xml" },
      body: xmlError(service, queryCode, message, status, requestId),
    };
  const headers: Record<string, string> = { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code };
  if (service === "sqs" || service === "cloudwatch")
    headers["x-amzn-query-error"] = `${queryCode};${status < 500 ? "Sender" : "Receiver"}`;
  return { status, headers, body: JSON.stringify({ __type: code, message, ...members }) };
}

/** The protocol of a request that was refused before its operation was known. */
function protocolOf(call: WireCall | undefined, { headers }: SignedRequest): WireCall["protocol"] {
  if (call) return call.protocol;
  return headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? "query" : "json";
}

const scopeOf = ({ headers }: SignedRequest): string =>
  serviceOfScope(/Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "");
