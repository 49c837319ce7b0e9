/** A task and its containers, as the world knows them. */
import type { JsonObject, Timer } from "../../../contract.ts";
import type { Deployment } from "../deployments/deployment.ts";
import type { Cluster, ContainerSpec, EcsService, Tags, TaskDefinition } from "../state.ts";

/** A container of a task. */
export interface Container {
  readonly spec: ContainerSpec;
  readonly arn: string;
  readonly runtimeId: string;
  started: boolean;
  startedAtMs: number | undefined;
  imageDigest: string | undefined;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  exitCode: number | undefined;
  reason: string | undefined;
  healthStatus: "UNKNOWN" | "HEALTHY" | "UNHEALTHY";
}

/** The states of a task, in the order in which it walks them. */
export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

/** A task, from PROVISIONING until an hour after it stopped. */
export interface Task {
  readonly arn: string;
  readonly id: string;
  readonly cluster: Cluster;
  readonly service: EcsService | undefined;
  readonly deployment: Deployment | undefined;
  readonly definition: TaskDefinition;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly capacityProviderName: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly overrides: readonly JsonObject[];
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly placement: {
    readonly zone: string;
    readonly subnetId: string;
    readonly address: string;
    readonly mac: string;
    readonly eni: string;
    readonly attachmentId: string;
  };
  readonly tags: Tags;
  readonly containers: readonly Container[];
  /** By container name: what its processes use. */
  readonly memory: Map<string, MemoryUse>;
  readonly timers: Set<Timer>;
  memoryTimer: Timer | undefined;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  attachmentStatus: "PRECREATED" | "ATTACHED" | "DELETED";
  version: number;
  /** Counts as healthy for the service scheduler. */
  healthy: boolean;
  /** Was healthy at some time: its later death is no failure of the deployment. */
  healthyOnce: boolean;
  failedHealth: boolean;
  protectedUntilMs: number | undefined;
  protectionTimer: Timer | undefined;
  readonly createdAtMs: number;
  updatedAtMs: number;
  connectivityAtMs: number | undefined;
  pullStartedAtMs: number | undefined;
  pullStoppedAtMs: number | undefined;
  startedAtMs: number | undefined;
  stoppingAtMs: number | undefined;
  executionStoppedAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  stopCode: string | undefined;
  stoppedReason: string | undefined;
}

/** Memory of one container: a ramp towards its need, and a leak on top. */
export interface MemoryUse {
  fromMiB: number;
  toMiB: number;
  rampStartMs: number;
  rampEndMs: number;
  leakedMiB: number;
  leakMiBPerHour: number;
  leakSinceMs: number;
}
