/** Facts and settings of the oom policy: a service of three tasks, killed once at noon after hours of work. */
import type { ObservedKill } from "#shared/domain/kill.ts";
import type { OomFacts, OomHistory, OomSettings } from "../../functions/oom/facts.ts";
import type { ServiceRevision, ServiceState } from "../../shared/domain/service.ts";
import type { ContainerDefinition, TaskDefinition } from "../../shared/domain/task-definition.ts";

export const REVISION = "arn:aws:ecs:us-east-1:111122223333:task-definition/order-service:7";
export const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
export const DIGEST = `sha256:${"5b1c".repeat(16)}`;

/** A time on the day of the kill. */
export const at = (timeOfDay: string): string => `2026-11-23T${timeOfDay}.000Z`;

export const kill = (over: Partial<ObservedKill> = {}): ObservedKill => ({
  taskArn: "arn:aws:ecs:us-east-1:111122223333:task/production/1",
  container: "app",
  containers: ["app"],
  revision: REVISION,
  at: at("12:00:00"),
  ranSeconds: 9000,
  version: 6,
  group: "service:order-service",
  service: {
    arn: "arn:aws:ecs:us-east-1:111122223333:service/production/order-service",
    cluster: "production",
    name: "order-service",
  },
  wasBeingStopped: false,
  isInjected: false,
  injectedMiB: 0,
  ...over,
});

/** A kill of another task, so many hours and minutes before. */
export const earlierKill = (task: number, timeOfDay: string): ObservedKill =>
  kill({ taskArn: `arn:aws:ecs:us-east-1:111122223333:task/production/${task}`, at: at(timeOfDay) });

export const service = (over: Partial<ServiceState> = {}): ServiceState => ({
  ref: {
    arn: "arn:aws:ecs:us-east-1:111122223333:service/production/order-service",
    cluster: "production",
    name: "order-service",
  },
  status: "ACTIVE",
  controller: "ECS",
  launchType: "FARGATE",
  isWindows: false,
  taskDefinitionArn: REVISION,
  desiredCount: 3,
  runningCount: 3,
  pendingCount: 0,
  deployments: [],
  serviceRevisionArns: [],
  tags: {},
  ...over,
});

/** The service while somebody else's deployment is under way, or as it ended. */
export const deploying = (rolloutState: "IN_PROGRESS" | "COMPLETED" = "IN_PROGRESS"): ServiceState =>
  service({
    deployments: [
      {
        id: "ecs-svc/1",
        status: "PRIMARY",
        taskDefinitionArn: REVISION,
        rolloutState,
        desiredCount: 3,
        runningCount: 1,
        failedTasks: 0,
        createdAt: new Date(at("11:50:00")),
      },
    ],
  });

export const container = (over: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: "app",
  image: `${REGISTRY}/order-service:v1.0.0`,
  isEssential: true,
  memoryMiB: undefined,
  memoryReservationMiB: undefined,
  ...over,
});

export const taskDefinition = (over: Partial<TaskDefinition> = {}): TaskDefinition => ({
  arn: REVISION,
  family: "order-service",
  revision: 7,
  status: "ACTIVE",
  size: { cpuUnits: 512, memoryMiB: 1024 },
  networkMode: "awsvpc",
  requiresFargate: true,
  isWindows: false,
  architecture: "X86_64",
  containers: [container()],
  roles: { task: undefined, execution: undefined },
  tags: {},
  document: {},
  ...over,
});

export const running = (over: Partial<ServiceRevision> = {}): ServiceRevision => ({
  arn: "arn:aws:ecs:us-east-1:111122223333:service-revision/production/order-service/1",
  taskDefinitionArn: REVISION,
  images: [{ container: "app", image: `${REGISTRY}/order-service:v1.0.0`, digest: DIGEST }],
  ...over,
});

export const history = (over: Partial<OomHistory> = {}): OomHistory => ({
  kills: [],
  activePlan: undefined,
  cooldownUntil: undefined,
  raisesToday: 0,
  breakerOpenUntil: undefined,
  waitingForDeploymentSince: undefined,
  addedUsdPerMonth: 0,
  ...over,
});

export const facts = (over: Partial<OomFacts> = {}): OomFacts => ({
  trigger: "kill",
  now: at("12:01:00"),
  kill: kill(),
  service: service(),
  taskDefinition: taskDefinition(),
  running: running(),
  stack: undefined,
  history: history({ kills: [earlierKill(2, "09:00:00")] }),
  account: { isPaused: false, servicesInTrouble: 1, actsThisHour: 0, addedUsdThisMonth: 0 },
  ...over,
});

export const settings = (over: Partial<OomSettings> = {}): OomSettings => ({
  mode: "act",
  paused: false,
  killsInWindow: 2,
  windowHours: 24,
  killedTasksPercent: 90,
  earlySeconds: 600,
  raiseRatio: 1.5,
  earlyRaiseRatio: 2,
  maxRaisesPerDay: 3,
  watchSeconds: 3600,
  steadyWithinSeconds: 1800,
  staleAfterSeconds: 1800,
  foreignDeploymentLimitSeconds: 3600,
  maxMemoryMiB: 30_720,
  maxCpuUnits: 4096,
  maxAddedUsdPerMonth: 200,
  allow32Vcpu: false,
  correlationServices: 5,
  actsPerHour: 10,
  addedUsdPerMonth: 500,
  ...over,
});
