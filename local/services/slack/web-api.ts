/** Slack's Web API over HTTP: who calls, how often, in which form, and what goes wrong on the way. */
import type { Cloud, Json, JsonObject } from "../../contract.ts";
import type { FaultsDoor, PlainAnswer, PlainRequest } from "../../neighbours.ts";
import type { LambdaProcessesDoor } from "../lambda/door.ts";
import { textOf } from "../lambda/reading.ts";
import { type MethodContext, methods } from "./methods.ts";
import { RateLimits } from "./rate-limits.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Workspace } from "./workspace.ts";

const faultKinds = ["throttle", "error", "timeout", "lost-response", "delay", "down"];
const structured = ["blocks", "metadata", "attachments"];

/** What the API is given. */
export interface WebApiParts {
  readonly cloud: Cloud;
  readonly workspace: Workspace;
  readonly isToken: (token: string) => boolean;
  readonly isDown: () => boolean;
  readonly changed: MethodContext["changed"];
}

const json = (status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}): PlainAnswer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(body),
});
const brokenDown = (): PlainAnswer => ({ status: 500, headers: { "content-type": "text/html" }, body: "" });
const tooFast = (seconds: number): PlainAnswer =>
  json(429, { ok: false, error: "ratelimited" }, { "retry-after": String(seconds) });

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

/** Forms carry lists and objects as JSON text. */
const formOf = (text: string): JsonObject =>
  Object.fromEntries(
    [...new URLSearchParams(text)].map(([name, value]) => {
      if (!structured.includes(name)) return [name, value];
      const content = parsed(value);
      if (content === undefined) throw new SlackRefusal(`invalid_${name}_format`);
      return [name, content];
    }),
  );

const inputOf = ({ method, path, headers, body }: PlainRequest): JsonObject => {
  if (method === "GET") return formOf(path.split("?")[1] ?? "");
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return formOf(body);
  if (!type.startsWith("application/json")) throw new SlackRefusal("invalid_post_type");
  const input = parsed(body);
  if (input === undefined) throw new SlackRefusal("invalid_json");
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw new SlackRefusal("json_not_object");
  return input as JsonObject;
};

/** Answers `POST /slack/api/METHOD`. */
export class WebApi {
  readonly #parts: WebApiParts;
  readonly #limits = new RateLimits();

  constructor(parts: WebApiParts) {
    this.#parts = parts;
  }

  async answer(method: string, request: PlainRequest): Promise<PlainAnswer> {
    const { cloud, isDown } = this.#parts;
    if (isDown()) return brokenDown();
    const fault = cloud.neighbour<FaultsDoor>("faults").take("slack", method, faultKinds);
    if (fault?.kind === "error" || fault?.kind === "down") return brokenDown();
    if (fault?.kind === "timeout") return "reset";
    if (fault?.kind === "throttle") return tooFast(Math.max(1, fault.seconds));
    if (fault?.kind === "delay") await this.#pause(fault.seconds, request);
    const answer = this.#carryOut(method, request);
    return fault?.kind === "lost-response" ? "reset" : answer;
  }

  #carryOut(method: string, request: PlainRequest): PlainAnswer {
    const { cloud, workspace, isToken, changed } = this.#parts;
    const nowMs = cloud.clock.now();
    try {
      const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (!run) {
        cloud.say(`the method ${method} is not modelled by the local Slack`);
        throw new SlackRefusal("unknown_method", { req_method: method });
      }
      const input = inputOf(request);
      const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? textOf(input.token);
      if (!token) throw new SlackRefusal("not_authed");
      if (!isToken(token)) throw new SlackRefusal("invalid_auth");
      const channel = workspace.channel(textOf(input.channel) ?? "", { byName: true });
      const waitSeconds = this.#limits.take(method, channel?.id, nowMs);
      if (waitSeconds > 0) return tooFast(waitSeconds);
      const deletedAt = new Date(nowMs).toISOString();
      return json(200, { ok: true, ...run(input, { workspace, deletedAt, changed }) });
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return json(200, { ok: false, error: error.message, ...error.more });
    }
  }

  /** Late in virtual time, or as good as never: the caller's own clock has to go on meanwhile. */
  async #pause(seconds: number, request: PlainRequest): Promise<void> {
    const { cloud } = this.#parts;
    const lambda = cloud.neighbour<LambdaProcessesDoor>("lambda");
    const suspended = lambda.suspendProcess(request.headers["x-local-process"]);
    await new Promise<void>((resolve) => {
      cloud.clock.at(cloud.clock.now() + seconds * 1000, "a late answer of Slack", () => {
        // At once, so that the caller holds the clock again before it can move on.
        void (suspended?.resume() ?? Promise.resolve()).then(resolve);
      });
    });
  }
}
