/** The paths of the control door. Each entry reads its input strictly and calls one function of `ControlDoor`. */
import type { LocalCloud } from "../cloud.ts";
import type { Json } from "../contract.ts";
import { FAULT_KINDS, type FaultKind } from "../faults.ts";
import { STACK_STATUSES } from "../services/cloudformation/service.ts";
import type { Authority } from "../services/iam/authority.ts";
import type { ControlDoor, GivenEvent } from "./control.ts";
import {
  atLeastOne,
  count,
  fields,
  flag,
  flagOrReason,
  number,
  object,
  oneOf,
  optional,
  orNull,
  Refusal,
  text,
  texts,
} from "./fields.ts";
import { worldOf } from "./world.ts";

/** What a route may use. */
interface RouteContext {
  readonly door: ControlDoor;
  readonly local: LocalCloud;
  /** Values of `{NAME}` in the path, decoded. */
  readonly names: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body, or null for a GET. */
  readonly body: Json;
}

/** One path of the control door; further ones are added to the table. */
export interface DoorRoute {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly answer: (context: RouteContext) => unknown;
}

const SERVICE_FIELDS = {
  memoryMiB: optional(number("MiB", 0, 1_000_000)),
  leakMiBPerHour: optional(number("MiB an hour", 0, 10_000_000)),
  startSeconds: optional(number("seconds", 0, 86_400)),
  failStart: optional(flagOrReason),
  failHealth: optional(flag),
  ignoreSigterm: optional(flag),
  container: optional(text("the name of a container")),
  cpuPercent: optional(number("percent", 0, 100)),
};
const LOAD_FIELDS = {
  messages: optional(count("messages", 1, 1_000_000)),
  ratePerSecond: optional(number("messages a second", 0, 10_000)),
  secondsPerMessage: optional(number("seconds", 0.001, 43_200)),
};
const EVENT_FIELDS = {
  version: optional(oneOf(["0"])),
  id: optional(text("a text")),
  "detail-type": text("a text such as ECS Task State Change"),
  source: text("a text such as aws.ecs"),
  account: optional(text("twelve digits")),
  time: optional(text("an instant such as 2026-03-02T12:00:00Z")),
  region: optional(text("a Region")),
  resources: optional(((value, name) =>
    Array.isArray(value) && value.length === 0 ? [] : texts("a list of ARNs")(value, name)) as ReturnType<
    typeof texts
  >),
  detail: object("a JSON object"),
};
/** The words people use for a kind, besides its name. */
const kindOf = (value: Json): Json =>
  typeof value === "string" ? value.trim().toLowerCase().replaceAll(/[ _]/g, "-") : value;

/** Every path under `/_local`. */
export const DOOR_ROUTES: readonly DoorRoute[] = [
  {
    method: "GET",
    path: "/health",
    answer: ({ door, local }) => ({ ready: true, now: door.now(), nowMs: local.clock.now() }),
  },
  {
    method: "POST",
    path: "/events",
    answer: ({ door, body }) => {
      const list = Array.isArray(body) ? (body as readonly Json[]) : [body];
      const ids = door.events(list.map((event) => fields(event, EVENT_FIELDS) as GivenEvent));
      return { delivered: ids.length, ids };
    },
  },
  {
    method: "POST",
    path: "/clock",
    answer: async ({ door, local, body }) => {
      const { advanceSeconds } = fields(body, { advanceSeconds: number("seconds", 0, 10 * 366 * 86_400) });
      return { now: await door.advance(advanceSeconds), nowMs: local.clock.now() };
    },
  },
  {
    method: "POST",
    path: "/images",
    answer: ({ door, body }) =>
      door.pushImage(
        fields(body, {
          repositoryName: text("the name of a repository"),
          imageTag: optional(text("a tag")),
          platforms: optional(texts('platforms such as ["linux/amd64", "linux/arm64"]')),
          scan: orNull(object("an answer of DescribeImageScanFindings, or null for never scanned")),
        }),
      ),
  },
  {
    method: "POST",
    path: "/services/{cluster}/{service}",
    answer: ({ door, body, names }) => {
      const conditions = atLeastOne(fields(body, SERVICE_FIELDS), SERVICE_FIELDS);
      door.suffer(names.cluster ?? "", names.service ?? "", conditions);
      return conditions;
    },
  },
  {
    method: "POST",
    path: "/queues/{queue}/load",
    answer: ({ door, body, names }) => {
      const load = atLeastOne(fields(body, LOAD_FIELDS), LOAD_FIELDS);
      door.loadQueue(names.queue ?? "", load);
      return load;
    },
  },
  { method: "GET", path: "/slack", answer: ({ door }) => door.slack() },
  {
    method: "POST",
    path: "/slack/click",
    answer: async ({ door, body }) => {
      const click = fields(body, {
        ts: text("the ts of a message"),
        actionId: text("the action_id of a button"),
        user: text("a Slack user id such as U0000001"),
      });
      return { status: await door.click(click) };
    },
  },
  { method: "GET", path: "/calls", answer: ({ door, query }) => callsAsked(door, query) },
  {
    method: "POST",
    path: "/faults",
    answer: ({ door, local, body }) => {
      const order = fields(body, {
        service: text("the name of a service, or *"),
        operation: optional(text("the name of an operation, or *")),
        kind: (value, name) => oneOf(Object.keys(FAULT_KINDS) as FaultKind[])(kindOf(value), name),
        times: optional(count("times", 1, 1_000_000)),
        functionName: optional(text("the name of a function")),
        skip: optional(count("calls", 0, 1_000_000)),
        seconds: optional(number("seconds", 0, 86_400)),
      });
      const operation = order.operation ?? "*";
      checkOperation(local, order.service, operation);
      if (order.service === "slack" && order.kind === "down") door.slackDown(true);
      else door.fault({ ...order, operation });
      return { ...order, operation };
    },
  },
  {
    method: "GET",
    path: "/faults",
    answer: ({ local }) => ({ waiting: local.faults.waiting(), fired: local.faults.fired() }),
  },
  {
    method: "DELETE",
    path: "/faults",
    answer: ({ door, local }) => {
      const cleared = local.faults.waiting().length;
      local.faults.clear();
      door.slackDown(false);
      return { cleared };
    },
  },
  {
    method: "POST",
    path: "/stacks/{stack}",
    answer: ({ door, body, names }) => {
      const { status } = fields(body, { status: oneOf(STACK_STATUSES) });
      door.stackStatus(names.stack ?? "", status);
      return { stack: names.stack ?? "", status };
    },
  },
  { method: "GET", path: "/permissions", answer: ({ local }) => local.cloud.neighbour<Authority>("iam").uses() },
  { method: "GET", path: "/world", answer: ({ local }) => worldOf(local) },
];

/** `?service=&operation=&principal=&function=&allowed=false&limit=`; the newest `limit` of those that fit, the oldest first. */
function callsAsked(door: ControlDoor, query: URLSearchParams): unknown {
  const known = ["service", "operation", "principal", "function", "allowed", "limit"];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Refusal(`${unknown} is not a filter here; ${known.join(", ")} would be fine`);
  const allowed = query.get("allowed");
  if (allowed !== null) oneOf(["true", "false"])(allowed, "allowed");
  const limit =
    query.get("limit") === null ? undefined : count("calls", 1, 1_000_000)(Number(query.get("limit")), "limit");
  const wanted = (name: string, value: string | undefined): boolean =>
    query.get(name) === null || query.get(name) === value;
  const fitting = door
    .calls()
    .filter(
      (call) =>
        wanted("service", call.service) &&
        wanted("operation", call.operation) &&
        wanted("principal", call.principal) &&
        wanted("function", call.functionName) &&
        wanted("allowed", String(call.allowed)),
    );
  return limit === undefined ? fitting : fitting.slice(-limit);
}

/** A fault that no call can meet would be silence. Events and Slack name what is not an API operation. */
function checkOperation({ services }: LocalCloud, service: string, operation: string): void {
  const free = ["*", "slack", "events"];
  if (free.includes(service)) return;
  const known = services.get(service);
  if (!known)
    throw new Refusal(`service is "${service}"; one of ${[...services.keys(), ...free].join(", ")} would be fine`);
  const operations = Object.keys(known.operations);
  if (operation !== "*" && !operations.includes(operation))
    throw new Refusal(`operation is "${operation}"; one of *, ${operations.join(", ")} would be fine`);
}

/** A body that came over HTTP. */
export function bodyOf(method: string, written: string): Json {
  if (method === "GET" || method === "DELETE") return null;
  try {
    return JSON.parse(written) as Json;
  } catch {
    throw new Refusal(`the body is not JSON: ${written.slice(0, 80) || "it is empty"}`);
  }
}
