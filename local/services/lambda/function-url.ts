/** Function URLs: who may call them, the event that an HTTP request becomes, the answer it gets. */
import type { Cloud, Json, JsonObject, Principal } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { IamDoor, PlainAnswer, PlainRequest } from "../../neighbours.ts";
import type { Finished, Invocations } from "./invocations.ts";
import { objectOf, textOf } from "./reading.ts";
import type { FunctionUrl, LambdaState } from "./state.ts";

type Answer = Exclude<PlainAnswer, "reset">;

/** Nobody in particular: matches `"*"` and no one's name. */
const anybody: Principal = { kind: "service", service: "anonymous", sourceArn: "" };
/** Everything else reaches the function in base64, form bodies included. */
const textTypes = /^(text\/|application\/(json|javascript|xml|[^;]*\+(json|xml)))/;

const answer = (status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

const forbidden = (): Answer =>
  answer(
    403,
    {
      Message:
        "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    },
    { "x-amzn-errortype": "AccessDeniedException" },
  );

/** A request with payload format 2.0. */
function urlEvent(url: FunctionUrl, request: PlainRequest, cloud: Cloud, requestId: string): JsonObject {
  const { pathname, searchParams, search } = new URL(request.path, url.url);
  const domainName = new URL(url.url).hostname;
  const query = Object.fromEntries(
    [...new Set(searchParams.keys())].map((key) => [key, searchParams.getAll(key).join(",")]),
  );
  const isText = textTypes.test(request.headers["content-type"] ?? "");
  const { cookie, ...headers } = request.headers;
  const now = new Date(cloud.clock.now());
  const month = now.toLocaleString("en-US", { month: "short", timeZone: "UTC" });
  const [day, year] = [String(now.getUTCDate()).padStart(2, "0"), now.getUTCFullYear()];
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: search.slice(1),
    ...(cookie && { cookies: cookie.split("; ") }),
    headers: { ...headers, host: domainName, "x-forwarded-proto": "https", "x-forwarded-port": "443" },
    ...(search && { queryStringParameters: query }),
    requestContext: {
      accountId: "anonymous",
      apiId: url.id,
      domainName,
      domainPrefix: url.id,
      http: {
        method: request.method,
        path: pathname,
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: "$default",
      stage: "$default",
      time: `${day}/${month}/${year}:${now.toISOString().slice(11, 19)} +0000`,
      timeEpoch: now.getTime(),
    },
    ...(request.body && { body: isText ? request.body : Buffer.from(request.body).toString("base64") }),
    isBase64Encoded: request.body !== "" && !isText,
  };
}

const answerOf = (finished: Finished): Answer => {
  if (finished.functionError) return answer(502, { Message: "Internal Server Error" });
  const value = JSON.parse(finished.payload) as Json;
  const { statusCode, headers, body, isBase64Encoded, cookies } = objectOf(value);
  if (typeof statusCode !== "number")
    return { status: 200, headers: { "content-type": "application/json" }, body: textOf(value) ?? finished.payload };
  const text = textOf(body) ?? (body === undefined || body === null ? "" : JSON.stringify(body));
  const given = Object.entries(objectOf(headers)).map(([name, content]) => [name.toLowerCase(), String(content)]);
  return {
    status: statusCode,
    headers: {
      "content-type": "application/json",
      ...Object.fromEntries(given),
      ...(Array.isArray(cookies) && { "set-cookie": cookies.join(", ") }),
    },
    body: isBase64Encoded === true ? Buffer.from(text, "base64").toString("utf8") : text,
  };
};

/** Answers requests for function URLs. */
export class FunctionUrls {
  readonly #cloud: Cloud;
  readonly #state: LambdaState;
  readonly #invocations: Invocations;

  constructor(cloud: Cloud, state: LambdaState, invocations: Invocations) {
    this.#cloud = cloud;
    this.#state = state;
    this.#invocations = invocations;
  }

  /** `path` of the request is as behind the URL's own host. */
  async call(id: string, request: PlainRequest, principal?: Principal): Promise<Answer> {
    const url = this.#state.urls.get(id);
    if (!url) return answer(404, { Message: null });
    if (!this.#mayCall(url, principal)) return forbidden();
    const requestId = this.#cloud.random.uuid();
    const event = JSON.stringify(urlEvent(url, request, this.#cloud, requestId));
    if (Buffer.byteLength(event) > 6 * 1024 * 1024) return answer(413, { Message: "Request Entity Too Large" });
    return this.#invocations
      .run(this.#state.find(url.functionArn), event, { requestId })
      .then(answerOf, (error: unknown) => {
        if (error instanceof AwsError && error.status === 429) return answer(429, { Message: null });
        throw error;
      });
  }

  /** With NONE the resource policy must allow both actions to everybody; with AWS_IAM a caller's own role may do so as well. */
  #mayCall({ authType, functionArn }: FunctionUrl, principal: Principal | undefined): boolean {
    const iam = this.#cloud.neighbour<IamDoor>("iam");
    const context = { "lambda:FunctionUrlAuthType": authType, "lambda:InvokedViaFunctionUrl": true };
    const policy = this.#state.policyOf(functionArn);
    return ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"].every((action) => {
      if (authType === "NONE")
        return iam.decideByResourcePolicy(policy, anybody, action, functionArn, context) === "allow";
      if (!principal) return false;
      const byResource = iam.decideByResourcePolicy(policy, principal, action, functionArn, context);
      return (
        byResource === "allow" || (byResource === "none" && iam.decide(principal, action, functionArn, context).allowed)
      );
    });
  }
}
