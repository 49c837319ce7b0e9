/** A task from PROVISIONING to RUNNING and healthy. */
import { arnOf, type JsonObject } from "../../../contract.ts";
import type { Deployment } from "../deployments/deployment.ts";
import type { Cluster, Ecs, EcsService, Tags, TaskDefinition } from "../state.ts";
import { announce, between, conditionsOf, isBehindBalancer, later } from "./change.ts";
import { containerDied, feel } from "./die.ts";
import { watchHealth } from "./health.ts";
import { deniedLogs } from "./log-streams.ts";
import { fixDigests, pullImages } from "./pull.ts";
import { failStart } from "./stop.ts";
import type { Container, Task } from "./task.ts";

/** Seconds from creation to start, met in captured events: 19.5 to 31.1. */
const START_LEAST_SECONDS = 19;
const START_MOST_SECONDS = 31;
/** Shares of the start time at which the network is attached, the pull begins and ends, as in those captures. */
const ATTACHED_FRACTION = 0.25;
const PULL_STARTED_FRACTION = 0.62;
const PULL_STOPPED_FRACTION = 0.88;

/** What a new task is made of. */
export interface Launch {
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly service?: EcsService;
  readonly deployment?: Deployment;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly capacityProviderName: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly overrides?: JsonObject;
  readonly containerOverrides: readonly JsonObject[];
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly subnetId: string;
  readonly zone: string;
  readonly tags: Tags;
}

/** Creates the task and sets it on its way. */
export function launchTask(ecs: Ecs, launch: Launch): Task {
  const task = newTask(ecs, launch);
  ecs.tasks.set(task.arn, task);
  task.cluster.tasks.add(task);
  task.service?.tasks.add(task);
  announce(ecs, task);
  const seconds = conditionsOf(task).startSeconds ?? between(ecs, START_LEAST_SECONDS, START_MOST_SECONDS);
  later(ecs, task, seconds * ATTACHED_FRACTION, "network", () => attach(ecs, task, seconds));
  return task;
}

function attach(ecs: Ecs, task: Task, seconds: number): void {
  task.attachmentStatus = "ATTACHED";
  task.connectivityAtMs = ecs.cloud.clock.now();
  task.lastStatus = "PENDING";
  announce(ecs, task);
  later(ecs, task, seconds * (PULL_STARTED_FRACTION - ATTACHED_FRACTION), "pull", () => {
    task.pullStartedAtMs = ecs.cloud.clock.now();
    const failure = pullImages(ecs, task) ?? deniedLogs(ecs, task);
    if (failure !== undefined) return failStart(ecs, task, failure);
    later(ecs, task, seconds * (PULL_STOPPED_FRACTION - PULL_STARTED_FRACTION), "end of pull", () =>
      pulled(ecs, task, seconds),
    );
  });
}

const DEFAULT_START_FAILURE =
  "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1";

function pulled(ecs: Ecs, task: Task, seconds: number): void {
  task.pullStoppedAtMs = ecs.cloud.clock.now();
  const failing = conditionsOf(task).failStart;
  const exits = typeof failing === "string" && /^exit \d+$/.test(failing);
  if (failing !== undefined && failing !== false && !exits) {
    failStart(ecs, task, typeof failing === "string" ? failing : DEFAULT_START_FAILURE);
    return;
  }
  fixDigests(task);
  if (isBehindBalancer(task)) {
    task.lastStatus = "ACTIVATING";
    announce(ecs, task);
  }
  later(ecs, task, seconds * (1 - PULL_STOPPED_FRACTION), "start", () => {
    run(ecs, task);
    if (exits) later(ecs, task, between(ecs, 1, 3), "crash", () => crash(ecs, task, Number(failing.slice(5))));
  });
}

function run(ecs: Ecs, task: Task): void {
  const nowMs = ecs.cloud.clock.now();
  for (const container of task.containers) {
    container.lastStatus = "RUNNING";
    container.started = true;
    container.startedAtMs = nowMs;
  }
  task.lastStatus = "RUNNING";
  task.startedAtMs = nowMs;
  if (task.deployment) task.deployment.startFailures = 0;
  feel(ecs, task);
  watchHealth(ecs, task);
  announce(ecs, task);
}

function crash(ecs: Ecs, task: Task, exitCode: number): void {
  const essential = task.containers.find(({ spec }) => spec.essential);
  if (essential) containerDied(ecs, task, essential, exitCode, undefined);
}

function newTask(ecs: Ecs, launch: Launch): Task {
  const { cloud } = ecs;
  const id = cloud.random.hex(32);
  const bytes = (count: number): readonly number[] =>
    Array.from({ length: count }, () => Math.floor(cloud.random.next() * 254) + 1);
  const container = (spec: TaskDefinition["containers"][number]): Container => ({
    spec,
    arn: arnOf(cloud, "ecs", `container/${launch.cluster.name}/${id}/${cloud.random.uuid()}`),
    runtimeId: `${id}-${String(Math.floor(cloud.random.next() * 1e10)).padStart(10, "0")}`,
    started: false,
    startedAtMs: undefined,
    imageDigest: undefined,
    lastStatus: "PENDING",
    exitCode: undefined,
    reason: undefined,
    healthStatus: "UNKNOWN",
  });
  return {
    arn: arnOf(cloud, "ecs", `task/${launch.cluster.name}/${id}`),
    id,
    cluster: launch.cluster,
    service: launch.service,
    deployment: launch.deployment,
    definition: launch.definition,
    group: launch.group,
    startedBy: launch.startedBy,
    capacityProviderName: launch.capacityProviderName,
    enableExecuteCommand: launch.enableExecuteCommand,
    overrides: launch.containerOverrides,
    cpuUnits: launch.cpuUnits,
    memoryMiB: launch.memoryMiB,
    placement: {
      zone: launch.zone,
      subnetId: launch.subnetId,
      address: ["10.0", ...bytes(2)].join("."),
      mac: ["02", ...bytes(5).map((byte) => byte.toString(16).padStart(2, "0"))].join(":"),
      eni: `eni-0${cloud.random.hex(16)}`,
      attachmentId: cloud.random.uuid(),
    },
    tags: launch.tags,
    containers: launch.definition.containers.map(container),
    memory: new Map(),
    timers: new Set(),
    memoryTimer: undefined,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    attachmentStatus: "PRECREATED",
    version: 0,
    healthy: false,
    healthyOnce: false,
    failedHealth: false,
    protectedUntilMs: undefined,
    protectionTimer: undefined,
    createdAtMs: cloud.clock.now(),
    updatedAtMs: cloud.clock.now(),
    connectivityAtMs: undefined,
    pullStartedAtMs: undefined,
    pullStoppedAtMs: undefined,
    startedAtMs: undefined,
    stoppingAtMs: undefined,
    executionStoppedAtMs: undefined,
    stoppedAtMs: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
  };
}
