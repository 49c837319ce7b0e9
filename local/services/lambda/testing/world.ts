/** A small cloud for Lambda's tests: the real core, wire, IAM and processes, with plain queues and noted metrics. */
import { fileURLToPath } from "node:url";
import type { LocalCloud } from "../../../cloud.ts";
import { createCloud } from "../../../cloud.ts";
import type { Cloud, Json, JsonObject, Service } from "../../../contract.ts";
import type { CloudWatchDoor, PlainAnswer, PlainRequest } from "../../../neighbours.ts";
import { WireServer } from "../../../wire/server.ts";
import { createIamService } from "../../iam/service.ts";
import type { LambdaOptions, LambdaProcessesDoor } from "../door.ts";
import { createLambdaService } from "../service.ts";
import type { PlainQueues } from "./plain-queues.ts";
import { plainQueues } from "./plain-queues.ts";

const probeFolder = fileURLToPath(new URL(".", import.meta.url));

/** Where tests begin. */
export const noonMs = Date.parse("2026-11-23T12:00:00Z");

/** A metric as it was put. */
interface PutMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a test has in hand. */
export interface World {
  readonly local: LocalCloud;
  readonly cloud: Cloud;
  readonly lambda: LambdaProcessesDoor;
  readonly queues: PlainQueues;
  readonly metrics: readonly PutMetric[];
  readonly said: readonly string[];
  /** Paths that functions asked for under `/test/`, in their order. */
  readonly asked: readonly PlainRequest[];
  /** Decides what `/test/...` answers. */
  onAsked(answer: (request: PlainRequest) => PlainAnswer | Promise<PlainAnswer>): void;
  /** Creates a template resource. */
  make(
    type: string,
    logicalId: string,
    properties: JsonObject,
  ): { ref: string; attributes: Readonly<Record<string, string>> };
  /** A function running the probe, under a role with these statements beside its logs. Answers its ARN. */
  makeProbe(name: string, properties?: JsonObject, statements?: readonly JsonObject[]): string;
  start(): void;
  /** Runs time until nothing is left before `seconds` have passed. */
  pass(seconds: number): Promise<void>;
  /** Invokes the probe, and lets up to `seconds` pass meanwhile. */
  act(arn: string, act: JsonObject, seconds?: number): Promise<{ payload: Json; functionError?: string }>;
  stop(): Promise<void>;
}

const allow = (Action: readonly string[], Resource: string): JsonObject => ({ Effect: "Allow", Action, Resource });

/** The rights of a poller. */
export const mayConsume = (queueArn: string): JsonObject =>
  allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queueArn);

/** What a world is made of beside Lambda. */
export interface WorldParts {
  /** Instead of the plain queues: real services. */
  readonly services?: readonly ((cloud: Cloud) => Service)[];
  /** Instead of the probe's. */
  readonly assemblyFolder?: string;
}

export async function createWorld(options: LambdaOptions = {}, parts: WorldParts = {}): Promise<World> {
  const metrics: PutMetric[] = [];
  const said: string[] = [];
  const asked: PlainRequest[] = [];
  let answer: (request: PlainRequest) => PlainAnswer | Promise<PlainAnswer> = () => ({ status: 200, body: "answer" });
  let queues: PlainQueues | undefined;
  const plain = (cloud: Cloud): Service => {
    const made = plainQueues(cloud);
    queues = made.door;
    return made.service;
  };
  const metricsOnly = (cloud: Cloud): Service => {
    const watch: Pick<CloudWatchDoor, "put"> = {
      put: (namespace, name, dimensions, value) => metrics.push({ namespace, name, dimensions, value }),
    };
    cloud.expose("cloudwatch", watch);
    return { name: "cloudwatch", operations: {}, resources: {} };
  };
  const local = createCloud({
    startAtMs: noonMs,
    say: (line) => said.push(line),
    services: [
      createIamService,
      metricsOnly,
      ...(parts.services ?? [plain]),
      (cloud) => createLambdaService(cloud, options),
    ],
  });
  const { cloud, clock } = local;
  const wire = new WireServer(local);
  await wire.listen(0);
  wire.mount("/test/", (request) => {
    asked.push(request);
    return answer(request);
  });
  const lambda = cloud.neighbour<LambdaProcessesDoor>("lambda");

  const make: World["make"] = (type, logicalId, properties) => {
    const create = [...local.services.values()].map(({ resources }) => resources[type]).find(Boolean);
    if (!create) throw new Error(`no service creates ${type}`);
    return create(
      {
        stackName: "Probe",
        stackId: "stack",
        logicalId,
        type,
        properties,
        assemblyFolder: parts.assemblyFolder ?? probeFolder,
        generatedName: logicalId,
      },
      cloud,
    );
  };

  return {
    local,
    cloud,
    lambda,
    get queues() {
      if (!queues) throw new Error("this world has real queues");
      return queues;
    },
    metrics,
    said,
    asked,
    onAsked: (next) => {
      answer = next;
    },
    make,
    makeProbe(name, properties = {}, statements = []) {
      const logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:*");
      const role = make("AWS::IAM::Role", `${name}Role`, {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
        },
        Policies: [{ PolicyName: "inline", PolicyDocument: { Statement: [logs, ...statements] } }],
      });
      const made = make("AWS::Lambda::Function", name, {
        FunctionName: name,
        Code: { S3Bucket: "assets", S3Key: "probe.zip" },
        Handler: "index.handler",
        Runtime: "nodejs24.x",
        Role: role.attributes.Arn,
        Timeout: 30,
        LoggingConfig: { LogFormat: "JSON" },
        ...properties,
      });
      return made.attributes.Arn ?? "";
    },
    start: () => {
      for (const service of local.services.values()) service.start?.(cloud);
    },
    pass: (seconds) => clock.advance(clock.now() + seconds * 1000),
    async act(arn, act, seconds = 0) {
      const outcome = lambda.invoke(arn, act as Json);
      await clock.advance(clock.now() + seconds * 1000);
      return outcome;
    },
    async stop() {
      await lambda.stop();
      await wire.close();
    },
  };
}
