/** The deployed stacks on this machine, for stories: real bundles as processes, virtual time, AWS's API by hand. */
import { rmSync } from "node:fs";
import { afterEach, expect, vi } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import type { Json, JsonObject } from "../../local/contract.ts";
import type { GivenEvent } from "../../local/door/control.ts";
import type { EcsDoor, EcsServiceView, SlackDoor, SlackMessage, SqsDoor } from "../../local/neighbours.ts";
import type { LambdaProcessesDoor } from "../../local/services/lambda/door.ts";
import { type RunningCloud, type StartOptions, startLocalCloud } from "../../local/start.ts";
import { assemblyWith, configure, shippedAssembly } from "../builders/assembly.ts";
import { killEvent } from "../builders/kill.ts";
import { registeredAgain } from "../builders/registered-again.ts";
import { type Interruption, interruptions } from "./interruptions.ts";

export const CLUSTER = "production";
export const SERVICE = "order-service";
export { UNBRAKED } from "../builders/assembly.ts";

const PREFIX = "arn:aws:ecs:us-east-1:111122223333";

/** Three in the morning, when the stories begin. */
const BEGIN = Date.parse("2026-11-23T03:00:00Z");
/** Until the platform's services stand. */
const SETTLE_SECONDS = 240;
const STEP_SECONDS = 10;

type Kill = NonNullable<Parameters<typeof killEvent>[0]>;

/** The event that a kill's message carries. */
export const eventOf = (message: ReturnType<typeof killEvent>): GivenEvent => {
  if (message.kind !== "event") throw new Error(`a ${message.kind} is no event`);
  return message.event as unknown as GivenEvent;
};

export interface WorldOptions extends Partial<StartOptions> {
  /** What `config.json` beside every bundle holds instead of the shipped configuration. */
  readonly config?: unknown;
  /** Changes the copied assembly before it is deployed. */
  readonly prepare?: (assemblyFolder: string) => void;
  /** Whether the test has roles do what they may not; in every other world nothing is denied to anybody. */
  readonly isDenying?: boolean;
}

/** What a service of a test's own is like. */
export interface ServiceWish {
  readonly name: string;
  readonly image?: string;
  readonly memoryMiB?: number;
  readonly desiredCount?: number;
  readonly mode?: string;
}

const ended: (() => Promise<void> | void)[] = [];
const watched: LocalCloud[] = [];

/** Ends every cloud that the last test started. */
const endWorlds = async (): Promise<void> => {
  for (const end of ended.splice(0).reverse()) await end();
  const denied = watched.splice(0).flatMap(({ calls }) => calls.denied());
  expect(denied, "calls that were denied").toEqual([]);
};
afterEach(endWorlds);

// A story is seconds of work; on a machine that is busy with others it may take a minute.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Starts the stacks and waits until the platform's services run. */
export const startWorld = async ({ config, prepare, isDenying = false, ...options }: WorldOptions = {}) => {
  const assemblyFolder = config === undefined ? shippedAssembly() : assemblyWith(config);
  if (config !== undefined) ended.push(() => rmSync(assemblyFolder, { recursive: true, force: true }));
  prepare?.(assemblyFolder);
  const interrupted = interruptions();
  const cloud: RunningCloud = await startLocalCloud({
    assemblyFolder,
    startAtMs: BEGIN,
    services: interrupted.services,
    ...options,
  });
  ended.push(() => cloud.stop());
  const { door, local } = cloud;
  if (!isDenying) watched.push(local);
  const ecs = local.cloud.neighbour<EcsDoor>("ecs");
  const slack = local.cloud.neighbour<SlackDoor>("slack");
  const lambda = local.cloud.neighbour<LambdaProcessesDoor>("lambda");
  const sqs = local.cloud.neighbour<SqsDoor>("sqs");
  const resource = (type: string, logicalId: RegExp): string => {
    const found = cloud.stacks
      .flatMap(({ resources }) => resources)
      .filter((one) => one.type === type && logicalId.test(one.logicalId));
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`${found.length} resources of type ${type} are named ${logicalId}`);
    return only.ref;
  };
  const table = resource("AWS::DynamoDB::GlobalTable", /Ledger/);
  const { request } = door;
  const ask = (service: string, operation: string, input: JsonObject) => request.call(door, service, operation, input);
  if (!options.isEmpty) await cloud.advance(SETTLE_SECONDS);

  const items = async (keyStart: string): Promise<readonly JsonObject[]> => {
    const { Items } = await ask("dynamodb", "Scan", { TableName: table });
    return (Items as readonly JsonObject[]).filter((item) => (item.pk as { S: string }).S.startsWith(keyStart));
  };
  const bodyOf = <T>(item: JsonObject | undefined): T | undefined =>
    item?.body ? (JSON.parse((item.body as { S: string }).S) as T) : undefined;

  /** What the ledger holds of a service. */
  const item = async (name = SERVICE): Promise<ServiceItem | undefined> => {
    const pk = { S: `service#${PREFIX}:service/${CLUSTER}/${name}` };
    const { Item } = await ask("dynamodb", "GetItem", { TableName: table, Key: { pk, sk: { S: "state" } } });
    return bodyOf<ServiceItem>(Item as JsonObject | undefined);
  };

  /** Every record of the ledger, those of one service in their order. */
  const records = async (): Promise<readonly LedgerRecord[]> => {
    const found = (await items("incident#")).filter((item) => (item.sk as { S: string }).S.startsWith("record#"));
    return found.flatMap((one) => bodyOf<LedgerRecord>(one) ?? []).sort((a, b) => a.sequence - b.sequence);
  };

  const service = (name = SERVICE): EcsServiceView => {
    const found = ecs.service(CLUSTER, name);
    if (!found) throw new Error(`there is no service ${CLUSTER}/${name}`);
    return found;
  };

  const describe = async (name = SERVICE): Promise<JsonObject> => {
    const { services } = await ask("ecs", "DescribeServices", { cluster: CLUSTER, services: [name] });
    return (services as readonly JsonObject[])[0] ?? {};
  };

  const definition = async (reference: string): Promise<JsonObject> => {
    const { taskDefinition } = await ask("ecs", "DescribeTaskDefinition", { taskDefinition: reference });
    return taskDefinition as JsonObject;
  };

  const revisions = async (family = SERVICE): Promise<readonly string[]> => {
    const { taskDefinitionArns } = await ask("ecs", "ListTaskDefinitions", { familyPrefix: family });
    return taskDefinitionArns as readonly string[];
  };

  return {
    cloud,
    door,
    ask,
    service,
    describe,
    definition,
    revisions,
    resource,
    assemblyFolder,
    logs: (functionName: string) => lambda.logs(functionName),
    /** Gives the functions of a copied assembly another configuration, as a deployment does. */
    redeploy: (config: unknown): void => configure(assemblyFolder, config),
    interrupt: (interruption: Interruption) => interrupted.add(interruption),
    /** Whether everything that was to happen between calls has happened. */
    get isUninterrupted() {
      return interrupted.areOver;
    },
    pass: (seconds: number) => cloud.advance(seconds),

    /** Lets time pass until it holds; fails when it never does. */
    async until(what: string, condition: () => boolean | Promise<boolean>, atMostSeconds = 1800): Promise<void> {
      for (let passed = 0; passed < atMostSeconds; passed += STEP_SECONDS) {
        if (await condition()) return;
        await cloud.advance(STEP_SECONDS);
      }
      if (!(await condition())) throw new Error(`${what}: not within ${atMostSeconds} seconds`);
    },

    /** Delivers events of kills as ECS does: of the service's first revision, a second ago unless told. */
    kill(...kills: readonly Kill[]): void {
      const at = new Date(local.clock.now() - 1000).toISOString();
      for (const kill of kills) door.events([eventOf(killEvent({ at, ...kill }))]);
    },
    /** Delivers any event on the default bus. */
    post: (event: unknown) => door.events([event as GivenEvent]),

    /** Digests that the service's deployment in force resolved its images to. */
    async runningDigests(name = SERVICE): Promise<readonly string[]> {
      const { currentServiceRevisions } = await describe(name);
      const arns = (currentServiceRevisions as readonly { arn: string }[]).map(({ arn }) => arn);
      const { serviceRevisions } = await ask("ecs", "DescribeServiceRevisions", { serviceRevisionArns: arns });
      return (serviceRevisions as readonly JsonObject[]).flatMap(({ containerImages }) =>
        (containerImages as readonly { imageDigest: string }[]).map(({ imageDigest }) => imageDigest),
      );
    },

    /** Registers a copy of the service's revision with other images or sizes, and deploys it, as a pipeline does. */
    async deployByPipeline(change: JsonObject & { image?: string }, name = SERVICE): Promise<string> {
      const { image, ...rest } = change;
      const now = await definition(service(name).taskDefinitionArn);
      const containers = (now.containerDefinitions as readonly JsonObject[]).map((container, index) =>
        index === 0 && image !== undefined ? { ...container, image } : container,
      );
      const { taskDefinition } = await ask("ecs", "RegisterTaskDefinition", {
        family: now.family as Json,
        ...registeredAgain(now),
        containerDefinitions: containers,
        ...rest,
      });
      const arn = (taskDefinition as { taskDefinitionArn: string }).taskDefinitionArn;
      await ask("ecs", "UpdateService", { cluster: CLUSTER, service: name, taskDefinition: arn });
      return arn;
    },

    /** Creates a service like `order-service`, without a load balancer. */
    async createService({ name, image, memoryMiB = 1024, desiredCount = 1, mode = "act" }: ServiceWish): Promise<void> {
      const [model, own] = [await definition(service().taskDefinitionArn), await describe()];
      const [container = {}] = model.containerDefinitions as readonly JsonObject[];
      await ask("ecs", "RegisterTaskDefinition", {
        ...registeredAgain(model),
        family: name,
        memory: String(memoryMiB),
        containerDefinitions: [{ ...container, name, ...(image !== undefined && { image }) }],
      });
      await ask("ecs", "CreateService", {
        cluster: CLUSTER,
        serviceName: name,
        taskDefinition: name,
        desiredCount,
        launchType: "FARGATE",
        networkConfiguration: own.networkConfiguration,
        tags: [{ key: "reflex:oom:mode", value: mode }],
      });
    },

    item,

    /** Whether the ledger knows the service and has nothing left to do for it. */
    async isOver(name = SERVICE): Promise<boolean> {
      const found = await item(name);
      return found !== undefined && found.active === undefined && found.outbox.length === 0;
    },

    /** Takes a service of a test's own away again. */
    deleteService: (name: string) => ask("ecs", "DeleteService", { cluster: CLUSTER, service: name, force: true }),

    records,

    /** What the ledger says about the kills of a service, oldest first. */
    oomRecords: async (name = SERVICE): Promise<readonly LedgerRecord[]> =>
      (await records()).filter(({ reaction, service: of }) => reaction === "oom" && of?.name === name),

    /** Sets attributes of the account's item, as an operator does. */
    setAccount: (update: string, values: JsonObject) =>
      ask("dynamodb", "UpdateItem", {
        TableName: table,
        Key: { pk: { S: "account" }, sk: { S: "state" } },
        UpdateExpression: update,
        ExpressionAttributeValues: values,
      }),

    /** The Slack messages that name it. */
    told: (name = SERVICE): readonly SlackMessage[] => slack.messages().filter(({ text }) => text.includes(name)),
    messages: () => slack.messages(),

    /** What lies in a reaction's dead letters, with the attributes. */
    async deadLetters(reaction = "oom"): Promise<readonly JsonObject[]> {
      const queue = sqs.queues().find(({ name }) => name === `reflex-${reaction}-dead-letters`);
      const { Messages } = await ask("sqs", "ReceiveMessage", {
        QueueUrl: queue?.url ?? "",
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        VisibilityTimeout: 0,
      });
      return (Messages ?? []) as readonly JsonObject[];
    },

    /** Puts a message of any kind into a reaction's queue. */
    send(reaction: string, body: string): Promise<JsonObject> {
      const queue = sqs.queues().find(({ name }) => name === `reflex-${reaction}`);
      return ask("sqs", "SendMessage", { QueueUrl: queue?.url ?? "", MessageBody: body });
    },

    /** Messages that wait in a reaction's queue, seen or not. */
    waiting(reaction = "oom"): number {
      const queue = sqs.queues().find(({ name }) => name === `reflex-${reaction}`);
      const { visible, inFlight, delayed } = sqs.counts(queue?.arn ?? "");
      return visible + inFlight + delayed;
    },

    /** Calls that changed AWS, by a function. */
    writes: (functionName = "reflex-oom") =>
      door
        .calls()
        .filter((call) => call.functionName === functionName && call.error === undefined)
        .filter(({ operation }) => ["RegisterTaskDefinition", "UpdateService"].includes(operation))
        .map(({ operation }) => operation),
  };
};

export type World = Awaited<ReturnType<typeof startWorld>>;
