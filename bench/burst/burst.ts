/** A burst of kills over many services at once, through the deployed stacks: what is lost, done, asked, and how fast. */
import { readdirSync, readFileSync } from "node:fs";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import type { JsonObject } from "../../local/contract.ts";
import type { GivenEvent } from "../../local/door/control.ts";
import type { SqsDoor } from "../../local/neighbours.ts";
import { type RunningCloud, startLocalCloud } from "../../local/start.ts";
import { killEvent } from "../../test/builders/kill.ts";

export interface BurstOptions {
  readonly assemblyFolder: string;
  readonly services: number;
  /** Task events in all, spread over the services and over one minute. */
  readonly events: number;
  /** Virtual time after the burst in which everything must come to rest. */
  readonly restSeconds: number;
}

export interface BurstResult {
  readonly realSeconds: number;
  /** Kills that the ledger knows, out of those told. */
  readonly killsKnown: number;
  readonly services: readonly {
    readonly name: string;
    readonly kills: number;
    readonly plans: number;
    readonly decisions: readonly string[];
  }[];
  readonly plansDone: number;
  /** Virtual instants of our registrations, in milliseconds. */
  readonly registeredAtMs: readonly number[];
  readonly messages: readonly string[];
  /** Queue, kind of error and its message, of each. */
  readonly deadLetters: readonly string[];
  /** How often the interpreter had to put a step off, by why. */
  readonly putOff: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly ledgerCalls: number;
  readonly awsCalls: number;
  /** The most that any one function process had in memory; undefined where the system does not tell. */
  readonly peakFunctionMiB: number | undefined;
}

const CLUSTER = "production";
const BURST_SECONDS = 60;
const MODEL = "order-service";

const nameOf = (index: number): string => `shop-${String(index).padStart(3, "0")}`;

/** Peak resident memory of the processes that this one has started, in MiB. Linux alone tells. */
const peakOfChildrenMiB = (): number | undefined => {
  const peaks = (() => {
    try {
      return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
    } catch {
      return [];
    }
  })().flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const [, parent] = /^PPid:\s+(\d+)/m.exec(status) ?? [];
      const [, peakKiB] = /^VmHWM:\s+(\d+)/m.exec(status) ?? [];
      return Number(parent) === process.pid && peakKiB ? [Number(peakKiB) / 1024] : [];
    } catch {
      return [];
    }
  });
  return peaks.length > 0 ? Math.round(Math.max(...peaks)) : undefined;
};

const createServices = async ({ door }: RunningCloud, count: number): Promise<void> => {
  const described = await door.request("ecs", "DescribeServices", { cluster: CLUSTER, services: [MODEL] });
  const [own = {}] = described.services as readonly JsonObject[];
  const { taskDefinition } = await door.request("ecs", "DescribeTaskDefinition", { taskDefinition: MODEL });
  const model = taskDefinition as JsonObject;
  const [container = {}] = model.containerDefinitions as readonly JsonObject[];
  const { cpu, memory, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn } = model;
  const size = { cpu, memory, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn };
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    await door.request("ecs", "RegisterTaskDefinition", {
      ...size,
      family: name,
      containerDefinitions: [{ ...container, name }],
    });
    await door.request("ecs", "CreateService", {
      cluster: CLUSTER,
      serviceName: name,
      taskDefinition: name,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: own.networkConfiguration,
      tags: [{ key: "reflex:oom:mode", value: "act" }],
    });
  }
};

const eventOf = (index: number, services: number, at: string): GivenEvent => {
  const message = killEvent({ service: nameOf(index % services), task: String(index).padStart(32, "0"), at });
  if (message.kind !== "event") throw new Error("a kill is told by an event");
  return message.event as unknown as GivenEvent;
};

const tableOf = ({ stacks }: RunningCloud): string =>
  stacks.flatMap(({ resources }) => resources).find(({ type }) => type === "AWS::DynamoDB::GlobalTable")?.ref ?? "";

const bodiesOf = async <T>({ door }: RunningCloud, table: string, pk: string, sk: string): Promise<readonly T[]> => {
  const found: T[] = [];
  let from: JsonObject | undefined;
  do {
    const page = await door.request("dynamodb", "Scan", { TableName: table, ...(from && { ExclusiveStartKey: from }) });
    for (const item of page.Items as readonly { pk: { S: string }; sk: { S: string }; body?: { S: string } }[])
      if (item.pk.S.startsWith(pk) && item.sk.S.startsWith(sk) && item.body) found.push(JSON.parse(item.body.S) as T);
    from = page.LastEvaluatedKey as JsonObject | undefined;
  } while (from);
  return found;
};

const deadLettersOf = async ({ door, local }: RunningCloud): Promise<readonly string[]> => {
  const queues = local.cloud
    .neighbour<SqsDoor>("sqs")
    .queues()
    .filter(({ name }) => /^reflex-.*-dead-letters$/.test(name));
  const found: string[] = [];
  for (const { name, url } of queues) {
    const asked = { QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
    for (;;) {
      const { Messages } = await door.request("sqs", "ReceiveMessage", asked);
      if (!Array.isArray(Messages) || Messages.length === 0) break;
      for (const { MessageAttributes = {}, Body } of Messages as readonly JsonObject[]) {
        const { ErrorKind, ErrorMessage } = MessageAttributes as Record<string, { StringValue: string } | undefined>;
        found.push(`${name}: ${ErrorKind?.StringValue ?? "received too often"}: ${ErrorMessage?.StringValue ?? Body}`);
      }
    }
  }
  return found;
};

const tally = (words: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(words)].map((word) => [word, words.filter((other) => other === word).length]));

/** Plays the burst and answers what came of it. */
export const playBurst = async ({
  assemblyFolder,
  services,
  events,
  restSeconds,
}: BurstOptions): Promise<BurstResult> => {
  const cloud = await startLocalCloud({
    assemblyFolder,
    startAtMs: Date.parse("2026-11-23T03:00:00Z"),
    callsKept: 2_000_000,
  });
  try {
    await cloud.advance(240);
    await createServices(cloud, services);
    await cloud.advance(300);
    const { clock, calls } = cloud.local;
    const callsBefore = calls.total();
    const startedAt = performance.now();
    let peakFunctionMiB: number | undefined;
    const look = () => {
      const now = peakOfChildrenMiB();
      if (now !== undefined) peakFunctionMiB = Math.max(peakFunctionMiB ?? 0, now);
    };
    for (let second = 0, told = 0; second < BURST_SECONDS; second += 1) {
      const due = Math.round(((second + 1) * events) / BURST_SECONDS);
      const at = new Date(clock.now()).toISOString();
      cloud.door.events(Array.from({ length: due - told }, (_, index) => eventOf(told + index, services, at)));
      told = due;
      await cloud.advance(1);
      look();
    }
    for (let passed = 0; passed < restSeconds; passed += 60) {
      await cloud.advance(60);
      look();
    }
    const realSeconds = (performance.now() - startedAt) / 1000;

    const made = calls.all().slice(callsBefore - calls.total());
    const ours = made.filter(({ functionName }) => functionName === "reflex-oom");
    const table = tableOf(cloud);
    const items = await bodiesOf<ServiceItem>(cloud, table, "service#", "state");
    const all = await bodiesOf<LedgerRecord>(cloud, table, "incident#", "record#");
    const records = all.filter(({ reaction }) => reaction === "oom");
    const sqs = cloud.local.cloud.neighbour<SqsDoor>("sqs");
    const countOf = (name: RegExp) =>
      sqs
        .queues()
        .filter((queue) => name.test(queue.name))
        .map(({ arn }) => sqs.counts(arn))
        .reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0);
    const outcome = Array.from({ length: services }, (_, index) => {
      const name = nameOf(index);
      const own = records.filter(({ service }) => service?.name === name);
      return {
        name,
        kills: items.find(({ ref }) => ref.arn.endsWith(`/${name}`))?.kills.length ?? 0,
        plans: new Set(own.flatMap(({ plan }) => plan?.id ?? [])).size,
        decisions: own.filter(({ kind }) => kind === "decision").map(({ decision, reason }) => reason ?? decision),
      };
    });
    return {
      realSeconds,
      killsKnown: outcome.reduce((sum, { kills }) => sum + kills, 0),
      services: outcome,
      plansDone: records.filter(({ plan, kind }) => kind === "progress" && plan?.status === "done").length,
      registeredAtMs: ours
        .filter(({ operation, error }) => operation === "RegisterTaskDefinition" && !error)
        .map(({ at }) => Date.parse(at)),
      messages: cloud.door.slack().map(({ text }) => text),
      deadLetters: await deadLettersOf(cloud),
      putOff: tally(records.filter(({ step }) => step?.outcome === "postponed").map(({ reason }) => reason ?? "?")),
      waiting: countOf(/^reflex-oom$/),
      ledgerCalls: ours.filter(({ service }) => service === "dynamodb").length,
      awsCalls: ours.filter(({ service }) => service === "ecs").length,
      peakFunctionMiB,
    };
  } finally {
    await cloud.stop();
  }
};

/** The most registrations in any time of that length. */
export const mostWithin = (instantsMs: readonly number[], seconds: number): number =>
  Math.max(0, ...instantsMs.map((from) => instantsMs.filter((at) => at >= from && at < from + seconds * 1000).length));
