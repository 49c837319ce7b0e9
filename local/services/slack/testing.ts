/** A workspace on a wire, without functions, for Slack's tests. */
import { createCloud } from "../../cloud.ts";
import type { Cloud, Json, JsonObject, Service } from "../../contract.ts";
import type { Fault } from "../../faults.ts";
import type { PlainRequest } from "../../neighbours.ts";
import { WireServer } from "../../wire/server.ts";
import { createIamService } from "../iam/service.ts";
import { createSecretsManagerService } from "../secretsmanager/service.ts";
import type { SlackWorkspaceDoor } from "./door.ts";
import { createSlackService } from "./service.ts";

export const noonMs = Date.parse("2026-11-23T12:00:00Z");

/** What a call got: `undefined` when the connection was dropped. */
interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly [key: string]: Json | undefined };
}

export interface SlackWorld {
  readonly cloud: Cloud;
  readonly slack: SlackWorkspaceDoor;
  /** Requests that reached the app's URL. */
  readonly sentToApp: PlainRequest[];
  /** How many seconds the app takes to answer an interaction. */
  appTakesSeconds: number;
  call(
    method: string,
    input: JsonObject,
    over?: { token?: string; form?: boolean; type?: string },
  ): Promise<Heard | undefined>;
  post(path: string, body: JsonObject): Promise<{ status: number; text: string }>;
  makeSecret(name: string, value: JsonObject): void;
  fault(order: Pick<Fault, "service" | "operation" | "kind"> & Partial<Fault>): void;
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export async function createSlackWorld(
  urls: readonly string[] = ["https://app.lambda-url.us-east-1.on.aws/"],
): Promise<SlackWorld> {
  const sentToApp: PlainRequest[] = [];
  const app = (cloud: Cloud): Service => {
    cloud.expose("lambda", {
      urls: () => urls.map((url) => ({ url, functionArn: "app" })),
      suspendProcess: () => undefined,
      callUrl: async (_url: string, request: PlainRequest) => {
        sentToApp.push(request);
        const { clock } = cloud;
        await new Promise<void>((resolve) => {
          clock.at(clock.now() + world.appTakesSeconds * 1000, "the app answers", resolve);
        });
        return { status: 200, body: "" };
      },
    });
    return { name: "lambda", operations: {}, resources: {} };
  };
  const services = [createIamService, createSecretsManagerService, app, createSlackService];
  const local = createCloud({ startAtMs: noonMs, services });
  const { cloud, clock } = local;
  const wire = new WireServer(local);
  await wire.listen(0);
  for (const service of local.services.values()) service.start?.(cloud);
  const slack = cloud.neighbour<SlackWorkspaceDoor>("slack");
  const url = (path: string): string => `${wire.endpoint()}/slack/${path}`;
  const formOf = (input: JsonObject): string =>
    new URLSearchParams(
      Object.entries(input).map(([name, value]): [string, string] => [
        name,
        typeof value === "object" ? JSON.stringify(value) : String(value),
      ]),
    ).toString();

  const world: SlackWorld = {
    cloud,
    slack,
    sentToApp,
    appTakesSeconds: 0,
    async call(method, input, { token = slack.credentials().botToken, form = false, type } = {}) {
      const response = await fetch(url(`api/${method}`), {
        method: "POST",
        headers: {
          "content-type": type ?? (form ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8"),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: form ? formOf(input) : JSON.stringify(input),
      }).catch(() => undefined);
      if (!response) return undefined;
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : {} };
    },
    async post(path, body) {
      const response = await fetch(url(path), { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, text: await response.text() };
    },
    makeSecret(name, value) {
      const type = "AWS::SecretsManager::Secret";
      const properties = { Name: name, SecretString: JSON.stringify(value) };
      const about = { stackName: "S", stackId: "s", logicalId: "Secret", assemblyFolder: "", generatedName: name };
      local.services.get("secretsmanager")?.resources[type]?.({ ...about, type, properties }, cloud);
    },
    fault: (order) => local.faults.add(order),
    pass: (seconds) => clock.advance(clock.now() + seconds * 1000),
    stop: () => wire.close(),
  };
  return world;
}

/** A text object in Slack's own markup. */
export const markdown = (text: string): JsonObject => ({ type: "mrkdwn", text });

/** Blocks with one button, `undo`. */
export const buttons: readonly JsonObject[] = [
  { type: "section", text: markdown("*order-service* ran out of memory") as Json },
  {
    type: "actions",
    block_id: "answers",
    elements: [{ type: "button", text: { type: "plain_text", text: "Undo" }, action_id: "undo", value: "plan-1" }],
  },
];

/** Posts "hello" to #alerts, or what is given. */
export async function postTo(world: SlackWorld, input: JsonObject): Promise<{ ts: string; channel: string }> {
  const answer = await world.call("chat.postMessage", { channel: "#alerts", text: "hello", ...input });
  if (answer?.body.ok !== true) throw new Error(`the test could not post: ${JSON.stringify(answer?.body)}`);
  return { ts: String(answer.body.ts), channel: String(answer.body.channel) };
}
