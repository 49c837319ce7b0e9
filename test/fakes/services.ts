/** `Services` over one family and one service: revisions, deployments, digests behind tags that move. */
import type { JsonObject, JsonValue } from "#shared/domain/json.ts";
import type { Deployment, ServiceRef, ServiceRevision, ServiceState } from "#shared/domain/service.ts";
import { tagsOf } from "#shared/domain/tags.ts";
import { type TaskDefinition, taskDefinitionOf } from "#shared/domain/task-definition.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Services } from "#shared/ports/services.ts";
import type { FakeClock } from "./clock.ts";

export const PREFIX = "arn:aws:ecs:us-east-1:111122223333";
export const REF: ServiceRef = {
  arn: `${PREFIX}:service/production/order-service`,
  cluster: "production",
  name: "order-service",
};
export const REPOSITORY = "111122223333.dkr.ecr.us-east-1.amazonaws.com/order-service";

export const digestOf = (character: string): string => `sha256:${character.repeat(64)}`;

/** A world with one service, that a CI system may change as well. */
export interface FakeServices extends Services {
  state: ServiceState | undefined;
  /** What each tag of the repository means now. */
  readonly tags: Map<string, string>;
  readonly registered: readonly TaskDefinition[];
  /** Revisions deployed to the service, oldest first. */
  readonly deployed: readonly string[];
  /** Registers and deploys another image, as a pipeline does; answers the revision's ARN. */
  deployByPipeline(image: string, memoryMiB?: number): string;
  /** The deployment under way becomes steady. */
  settle(): void;
  /** The platform takes the last deployment back, to the one before. */
  takeBack(): void;
  /** The image reference that runs now, digest resolved. */
  running(): string;
}

export const fakeServices = (clock: FakeClock): FakeServices => {
  const definitions = new Map<string, TaskDefinition>();
  const revisions = new Map<string, ServiceRevision & { readonly createdAt: Date }>();
  const deployed: string[] = [];
  const takenBack = new Set<string>();
  const tags = new Map([["v1", digestOf("a")]]);
  let count = 0;

  const resolved = (image: string): string => {
    const [, digest] = image.split("@");
    return digest ?? tags.get(image.split(":").at(-1) ?? "") ?? digestOf("0");
  };

  const register = (document: JsonObject): string => {
    const revision = definitions.size + 1;
    const arn = `${PREFIX}:task-definition/order-service:${revision}`;
    const { tags: list, ...rest } = document;
    const described = { ...rest, taskDefinitionArn: arn, revision, status: "ACTIVE" };
    const definition = taskDefinitionOf(described, tagsOf(list as never));
    if (!definition) throw new Error(`no task definition in ${JSON.stringify(document)}`);
    definitions.set(arn, definition);
    return arn;
  };

  const deploymentOf = (taskDefinitionArn: string, rolloutState: Deployment["rolloutState"]): Deployment => ({
    id: `ecs-svc/${deployed.length}`,
    status: "PRIMARY",
    taskDefinitionArn,
    rolloutState,
    desiredCount: 3,
    runningCount: 3,
    failedTasks: 0,
    createdAt: clock.now(),
  });

  const world: FakeServices = {
    state: undefined,
    tags,
    deployed,
    get registered() {
      return [...definitions.values()];
    },

    async describe(ref) {
      clock.advance(0.02);
      return ref.arn === REF.arn ? structuredClone(world.state) : undefined;
    },
    async taskDefinition(arn) {
      return definitions.get(arn);
    },
    async revisions(arns) {
      return arns.flatMap((arn) => revisions.get(arn) ?? []);
    },
    async register(document) {
      return register(document);
    },
    async revisionTagged(family, { key, value }) {
      return [...definitions.values()].findLast((one) => one.family === family && one.tags[key] === value)?.arn;
    },
    async deploy(ref, arn) {
      const definition = definitions.get(arn);
      if (!world.state || !definition) throw new ReflexError("defect", `deploying ${arn} to ${ref.arn}: not there`);
      count += 1;
      clock.advance(0.02);
      const revisionArn = `${PREFIX}:service-revision/production/order-service/${count}`;
      revisions.set(revisionArn, {
        arn: revisionArn,
        taskDefinitionArn: arn,
        createdAt: clock.now(),
        images: definition.containers.map(({ name, image }) => ({ container: name, image, digest: resolved(image) })),
      });
      deployed.push(arn);
      world.state = {
        ...world.state,
        taskDefinitionArn: arn,
        serviceRevisionArns: [revisionArn],
        deployments: [deploymentOf(arn, "IN_PROGRESS")],
      };
      return structuredClone(world.state);
    },
    async deployedSince(ref, since) {
      const later = [...revisions.values()].filter(({ arn, createdAt }) => createdAt >= since && !takenBack.has(arn));
      return ref.arn === REF.arn ? later.reverse() : [];
    },

    deployByPipeline(image, memoryMiB = 1024) {
      const arn = register(orderService(image, memoryMiB));
      void world.deploy(REF, arn);
      return arn;
    },
    settle() {
      const current = world.state;
      if (current) world.state = { ...current, deployments: [deploymentOf(current.taskDefinitionArn, "COMPLETED")] };
    },
    takeBack() {
      const [last = "", before] = [...revisions.keys()].filter((arn) => !takenBack.has(arn)).reverse();
      const revision = revisions.get(before ?? "");
      if (!world.state || !revision) throw new Error(`taking back ${last}: there is nothing before it`);
      takenBack.add(last);
      const { arn, taskDefinitionArn } = revision;
      world.state = { ...world.state, taskDefinitionArn, serviceRevisionArns: [arn] };
      world.settle();
    },
    running() {
      const current = revisions.get(world.state?.serviceRevisionArns[0] ?? "");
      return `${current?.images[0]?.digest}`;
    },
  };

  world.state = {
    ref: REF,
    status: "ACTIVE",
    controller: "ECS",
    launchType: "FARGATE",
    isWindows: false,
    taskDefinitionArn: "",
    desiredCount: 3,
    runningCount: 3,
    pendingCount: 0,
    deployments: [],
    serviceRevisionArns: [],
    tags: { "reflex:oom:mode": "act" },
  };
  world.deployByPipeline(`${REPOSITORY}:v1`);
  world.settle();
  return world;
};

/** The task definition of `order-service`, as its pipeline registers it. */
const orderService = (image: string, memoryMiB = 1024): JsonObject => ({
  family: "order-service",
  cpu: "512",
  memory: String(memoryMiB),
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  executionRoleArn: "arn:aws:iam::111122223333:role/reflex-platform/order-execution",
  taskRoleArn: "arn:aws:iam::111122223333:role/reflex-platform/order-task",
  containerDefinitions: [{ name: "order-service", image, essential: true } satisfies Record<string, JsonValue>],
});
