/** A cloud with ECS and IAM as they are, and small neighbours that keep what they get. */
import { createCloud } from "../../cloud.ts";
import type { BusEvent, Cloud, Json, JsonObject, Principal, ResourceDeclaration, Service } from "../../contract.ts";
import type {
  AlarmsDoor,
  CloudWatchDoor,
  EcrDoor,
  EcsDoor,
  EventsDoor,
  LambdaDoor,
  SqsDoor,
} from "../../neighbours.ts";
import { createIamService } from "../iam/service.ts";
import { Queue } from "./queue.fixture.ts";
import { createEcsService } from "./service.ts";

/** The person at the machine. */
const OWNER: Principal = { kind: "owner" };
/** The account of the world. */
export const ACCOUNT = "111122223333";
/** The repository whose images the tests run. */
export const REPOSITORY = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/api`;
/** The image that is there from the beginning. */
export const IMAGE = `${REPOSITORY}:1`;
const START_MS = Date.UTC(2026, 10, 23, 9);

/** A number of seconds of virtual time. */
export const minutes = (count: number): number => count * 60;

/** The metrics that reached CloudWatch. */
interface Metric {
  readonly atMs: number;
  readonly name: string;
  readonly service: string | undefined;
  readonly value: number;
}

/** What a hook's function answers, by call; a thrown error is a failed invocation. */
export type Answer = (payload: JsonObject, call: number) => Json;

/** A whole world to test in; everything that leaves ECS is kept. */
export function createWorld(seed = "1") {
  const events: BusEvent[] = [];
  const metrics: Metric[] = [];
  const images = new Map<string, string>([[IMAGE, digest("1")]]);
  const hooks: { readonly atMs: number; readonly functionArn: string; readonly payload: JsonObject }[] = [];
  const answers = new Map<string, Answer>();
  const alarms = new Map<string, string>();
  const queues = new Map<string, Queue>();

  const neighbours = (cloud: Cloud): Service => {
    const bus: EventsDoor = { deliver: (event) => void events.push(event) };
    const ecr: EcrDoor = {
      resolve: (reference) => {
        const [repository, pinned] = reference.split("@");
        if (pinned === undefined) return images.get(reference);
        return [...images].some(([name, value]) => value === pinned && name.startsWith(`${repository}:`))
          ? pinned
          : undefined;
      },
      push: ({ repositoryName, imageTag = "latest" }) => {
        const value = digest(`${repositoryName}${imageTag}${images.size}`);
        images.set(`${repositoryName}:${imageTag}`, value);
        return { digest: value };
      },
    };
    const cloudwatch: CloudWatchDoor = {
      put: (_namespace, name, dimensions, value) =>
        void metrics.push({ atMs: cloud.clock.now(), name, service: dimensions.ServiceName, value }),
    };
    const sqs: Pick<SqsDoor, "receive" | "delete" | "whenReceivable" | "queues"> = {
      receive: (arn, atMost) => queueAt(arn).receive(atMost),
      delete: (arn, receiptHandle) => queueAt(arn).delete(receiptHandle),
      whenReceivable: (arn, listener) => {
        queueAt(arn).listener = listener;
      },
      queues: () =>
        [...queues].map(([arn, { policy }]) => ({ arn, name: arn, url: arn, visibilitySeconds: 30, policy })),
    };
    const lambda: Pick<LambdaDoor, "invoke"> = {
      invoke: async (functionArn, payload) => {
        const body = payload as JsonObject;
        hooks.push({ atMs: cloud.clock.now(), functionArn, payload: body });
        const answer = answers.get(functionArn);
        if (answer === undefined) throw new Error(`there is no function ${functionArn}`);
        return { payload: answer(body, hooks.length) };
      },
    };
    const alarmsDoor: Pick<AlarmsDoor, "look"> = {
      look: (name) => {
        const state = alarms.get(name);
        return state === undefined ? undefined : { state, threshold: 1, value: undefined };
      },
    };
    for (const [name, door] of Object.entries({ events: bus, ecr, cloudwatch, sqs, lambda, alarms: alarmsDoor }))
      cloud.expose(name, door);
    return { name: "neighbours", operations: {}, resources: {} };
  };

  const local = createCloud({
    seed,
    startAtMs: START_MS,
    account: ACCOUNT,
    services: [createIamService, neighbours, createEcsService],
  });
  const { cloud, clock } = local;
  const queueAt = (arn: string): Queue => {
    const queue = queues.get(arn);
    if (queue === undefined) throw new Error(`there is no queue ${arn}`);
    return queue;
  };
  const declare = (type: string, logicalId: string, properties: JsonObject) => {
    const service = [...local.services.values()].find(({ resources }) => type in resources);
    const declaration: ResourceDeclaration = {
      stackName: "Platform",
      stackId: `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/Platform/0`,
      logicalId,
      type,
      properties,
      assemblyFolder: "",
      generatedName: `Platform-${logicalId}-1A2B`,
    };
    const create = service?.resources[type];
    if (create === undefined) throw new Error(`no service makes ${type}`);
    return create(declaration, cloud);
  };
  const call = (operation: string, input: JsonObject = {}, principal: Principal = OWNER): Promise<JsonObject> =>
    local.request(principal, { service: "ecs", operation, input });

  return {
    cloud,
    local,
    events,
    metrics,
    images,
    hooks,
    answers,
    /** State by alarm name. */
    alarms,
    declare,
    call,
    door: cloud.neighbour<EcsDoor>("ecs"),
    startMs: START_MS,
    addQueue: (name: string, visibilitySeconds = 30) => {
      const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
      const queue = new Queue(cloud, visibilitySeconds);
      queues.set(arn, queue);
      return { arn, queue };
    },
    deleteQueue: (arn: string) => queues.delete(arn),
    /** Lets virtual time pass. */
    pass: (seconds: number) => clock.advance(clock.now() + Math.round(seconds * 1000)),
    start: () => {
      for (const service of local.services.values()) service.start?.(cloud);
    },
    /** Details of events of a type, oldest first. */
    details: (detailType: string) =>
      events.filter((event) => event["detail-type"] === detailType).map(({ detail }) => detail),
  };
}

/** The world with all its handles. */
export type World = ReturnType<typeof createWorld>;

/** A digest, told apart by its text. */
export const digest = (text: string): string => `sha256:${Buffer.from(text).toString("hex").padEnd(64, "0")}`;

const EXECUTION_STATEMENTS = [
  { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
  {
    Effect: "Allow",
    Action: ["ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"],
    Resource: "*",
  },
];

/** A role from a template; answers its ARN. */
export const role = (world: World, name: string, trusted: string, statements: readonly JsonObject[]): string =>
  world.declare("AWS::IAM::Role", name, {
    RoleName: name,
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: "Allow", Principal: { Service: trusted }, Action: "sts:AssumeRole" }],
    },
    Policies: [
      { PolicyName: "inline", PolicyDocument: { Statement: statements } as unknown as Json },
    ] as unknown as Json,
  }).attributes.Arn ?? "";

/** A cluster `shop` and the definition `api` in it: one container of 512 MiB that Fargate takes. */
export function shop(world: World, container: JsonObject = {}, more: JsonObject = {}) {
  const executionRoleArn = role(world, "Execution", "ecs-tasks.amazonaws.com", EXECUTION_STATEMENTS);
  world.declare("AWS::ECS::Cluster", "Cluster", {
    ClusterName: "shop",
    ClusterSettings: [{ Name: "containerInsights", Value: "enabled" }],
  });
  const definition = world.declare("AWS::ECS::TaskDefinition", "Definition", {
    Family: "api",
    RequiresCompatibilities: ["FARGATE"],
    NetworkMode: "awsvpc",
    Cpu: "256",
    Memory: "512",
    ExecutionRoleArn: executionRoleArn,
    ContainerDefinitions: [{ Name: "web", Image: IMAGE, Essential: true, ...container }],
    Tags: [{ Key: "team", Value: "shop" }],
    ...more,
  }).ref;
  return { definition, executionRoleArn };
}

const NETWORK = { AwsvpcConfiguration: { Subnets: ["subnet-a", "subnet-b"], AssignPublicIp: "DISABLED" } };

/** The service `api` in `shop`, as a template declares it. */
export const service = (world: World, definition: string, more: JsonObject = {}) =>
  world.declare("AWS::ECS::Service", "Service", {
    Cluster: "shop",
    ServiceName: "api",
    TaskDefinition: definition,
    LaunchType: "FARGATE",
    DesiredCount: 2,
    NetworkConfiguration: NETWORK,
    DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    ...more,
  });

/** The service as DescribeServices shows it. */
export const described = async (world: World): Promise<JsonObject> => {
  const answer = await world.call("DescribeServices", { cluster: "shop", services: ["api"], include: ["TAGS"] });
  const [first] = answer.services as readonly JsonObject[];
  if (first === undefined) throw new Error("there is no service shop/api");
  return first;
};

/** The newest service deployment as DescribeServiceDeployments shows it. */
export const deployment = async (world: World): Promise<JsonObject> => {
  const { currentServiceDeployment } = await described(world);
  const answer = await world.call("DescribeServiceDeployments", {
    serviceDeploymentArns: [currentServiceDeployment as string],
  });
  const [first] = answer.serviceDeployments as readonly JsonObject[];
  if (first === undefined) throw new Error("there is no service deployment");
  return first;
};

/** Registers a revision of `api` that differs from what was registered last. */
export const revise = async (world: World, change: JsonObject): Promise<string> => {
  const { taskDefinition } = await world.call("DescribeTaskDefinition", { taskDefinition: "api" });
  const {
    taskDefinitionArn,
    revision,
    status,
    requiresAttributes,
    compatibilities,
    registeredAt,
    registeredBy,
    ...kept
  } = taskDefinition as JsonObject;
  const answer = await world.call("RegisterTaskDefinition", { ...kept, ...change });
  return (answer.taskDefinition as JsonObject).taskDefinitionArn as string;
};
