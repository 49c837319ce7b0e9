/** What the account's ECS holds: records and the maps they live in. Transitions are in the folders beside it. */
import type { Cloud, JsonObject, Timer } from "../../contract.ts";
import type { Conditions } from "../../neighbours.ts";

/** Everything of ECS in this account, and the hooks by which its parts hear of each other. */
export interface Ecs {
  readonly cloud: Cloud;
  /** By name. */
  readonly clusters: Map<string, Cluster>;
  readonly families: Map<string, Family>;
  /** By ARN; a stopped task stays for an hour. */
  readonly tasks: Map<string, Task>;
  readonly serviceDeployments: Map<string, ServiceDeployment>;
  readonly serviceRevisions: Map<string, ServiceRevision>;
  readonly launches: LaunchBucket;
  /** Deregistration delay by target group, where one was told. */
  readonly drainSeconds: Map<string, number>;
  readonly listeners: Listeners;
}

/** Who wants to know when a task changes; set once, where the service is put together. */
export interface Listeners {
  /** Any change of status. */
  changed(task: Task): void;
  /** A task counts as healthy from now on. */
  healthy(task: Task): void;
  /** A task died by itself, never started, or failed its health checks. */
  failed(task: Task): void;
  /** SIGTERM was sent; answers how many seconds the work in hand still takes, or undefined when it knows no work. */
  terminated(task: Task): number | undefined;
  /** The scheduler has looked at the service: its deployment may be able to go on. */
  reconciled(deployment: ServiceDeployment): void;
  /** Too many tasks of the deployment failed. */
  tripped(deployment: ServiceDeployment): void;
  /** No process of the task runs any more. */
  ended(task: Task): void;
  /** How busy the task's work on queues was since the last question, 0 to 1; undefined when it works none. */
  busyFraction(task: Task): number | undefined;
}

/** Fargate's own limit on task launches: 100 at once, 20 a second. Source: ECS developer guide, "throttling". */
export interface LaunchBucket {
  tokens: number;
  filledAtMs: number;
}

export type Tags = Map<string, string>;

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  status: "ACTIVE" | "INACTIVE";
  settings: readonly JsonObject[];
  capacityProviders: readonly string[];
  defaultStrategy: readonly JsonObject[];
  readonly tags: Tags;
  readonly services: Map<string, EcsService>;
  readonly tasks: Set<Task>;
}

export interface Family {
  readonly name: string;
  readonly revisions: TaskDefinition[];
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: "ACTIVE" | "INACTIVE";
  /** The members that were registered, normalised as a describe call answers them. */
  readonly body: JsonObject;
  readonly tags: Tags;
  readonly cpuUnits: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
  readonly containers: readonly ContainerSpec[];
  readonly registeredAtMs: number;
  readonly registeredBy: string;
  deregisteredAtMs: number | undefined;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly cpuUnits: number;
  readonly memoryMiB: number | undefined;
  readonly memoryReservationMiB: number | undefined;
  readonly stopTimeoutSeconds: number;
  readonly versionConsistency: boolean;
  readonly healthCheck:
    | { readonly intervalSeconds: number; readonly retries: number; readonly startPeriodSeconds: number }
    | undefined;
  /** Seconds that a container must have run to be restarted in place; undefined without a restart policy. */
  readonly restartAfterSeconds: number | undefined;
}

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

export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

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

/** The members of a service whose change makes a new service revision. */
export interface RevisionSettings {
  readonly launchType: string | undefined;
  readonly capacityProviderStrategy: readonly JsonObject[];
  readonly platformVersion: string;
  readonly networkConfiguration: JsonObject;
  readonly loadBalancers: readonly JsonObject[];
  readonly serviceRegistries: readonly JsonObject[];
  readonly serviceConnectConfiguration: JsonObject | undefined;
  readonly volumeConfigurations: readonly JsonObject[];
  readonly vpcLatticeConfigurations: readonly JsonObject[];
}

export interface EcsService {
  readonly arn: string;
  readonly name: string;
  readonly cluster: Cluster;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  settings: RevisionSettings;
  deploymentConfiguration: JsonObject;
  readonly controller: "ECS" | "CODE_DEPLOY" | "EXTERNAL";
  healthCheckGracePeriodSeconds: number;
  availabilityZoneRebalancing: string;
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: string;
  placementConstraints: readonly JsonObject[];
  placementStrategy: readonly JsonObject[];
  readonly tags: Tags;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly events: { readonly id: string; readonly createdAtMs: number; readonly message: string }[];
  /** PRIMARY first. */
  deployments: Deployment[];
  currentServiceDeployment: ServiceDeployment | undefined;
  readonly history: ServiceDeployment[];
  /** What a rollback goes back to. */
  lastCompleted: Deployment | undefined;
  readonly tasks: Set<Task>;
  conditions: Conditions;
  wake: { readonly timer: Timer; readonly atMs: number } | undefined;
  steady: boolean;
  steadyTimer: Timer | undefined;
  blockedReported: boolean;
  readonly bill: { vcpuSeconds: number; gbSeconds: number };
}

/** `ecs-svc/N`: the running of one service revision. */
export interface Deployment {
  readonly id: string;
  readonly service: EcsService;
  readonly revision: ServiceRevision;
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  rolloutStateReason: string;
  failedTasks: number;
  readonly createdAtMs: number;
  updatedAtMs: number;
  /** Whether tasks may be launched: false while a hook of PRE_SCALE_UP is unanswered and after failure. */
  launching: boolean;
  /** Outside rolling updates: whether this deployment is to have all desired tasks, or none. */
  wanted: boolean;
  /** Tasks in a row that never ran; the scheduler slows down by it. */
  startFailures: number;
  launchAfterMs: number;
  impairedReported: boolean;
  breaker: "DISABLED" | "MONITORING" | "MONITORING_COMPLETE" | "TRIGGERED";
}

export interface ServiceRevision {
  readonly arn: string;
  readonly service: EcsService;
  readonly definition: TaskDefinition;
  readonly settings: RevisionSettings;
  readonly createdAtMs: number;
  /** By container name; set by the first task that started, then fixed. */
  readonly digests: Map<string, string>;
}

export type ServiceDeploymentStatus =
  | "PENDING"
  | "IN_PROGRESS"
  | "SUCCESSFUL"
  | "STOP_REQUESTED"
  | "STOPPED"
  | "ROLLBACK_REQUESTED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCESSFUL"
  | "ROLLBACK_FAILED";

/** A whole change of a service, with the stages it walks. */
export interface ServiceDeployment {
  readonly arn: string;
  readonly service: EcsService;
  readonly deployment: Deployment;
  readonly sources: readonly ServiceRevision[];
  readonly target: ServiceRevision;
  /** What to go back to; a first deployment has none. */
  readonly fallback: Deployment | undefined;
  readonly configuration: JsonObject;
  readonly createdAtMs: number;
  startedAtMs: number | undefined;
  finishedAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  updatedAtMs: number;
  status: ServiceDeploymentStatus;
  statusReason: string | undefined;
  rollback: { readonly reason: string; readonly startedAtMs: number; readonly revision: ServiceRevision } | undefined;
  lifecycleStage: string | undefined;
  hooks: Hook[];
  steps: readonly Step[];
  stepIndex: number;
  stepTimer: Timer | undefined;
  testShifted: boolean;
  /** Whole percent of production traffic that the target serves. */
  targetWeight: number;
}

/** One thing that a deployment does on its way. */
export type Step =
  | { readonly kind: "hooks"; readonly stage: string; readonly targetPercent?: number }
  | { readonly kind: "scale-up"; readonly stage: "SCALE_UP" }
  | { readonly kind: "wait"; readonly stage: string; readonly minutes: number }
  | { readonly kind: "clean-up"; readonly stage: "CLEAN_UP" };

/** One hook at work in one stage of one deployment. */
export interface Hook {
  readonly id: string;
  readonly type: "AWS_LAMBDA" | "PAUSE";
  readonly stage: string;
  readonly targetArn: string | undefined;
  readonly roleArn: string | undefined;
  status: "AWAITING_ACTION" | "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "TIMED_OUT";
  readonly expiresAtMs: number;
  readonly timeoutAction: "ROLLBACK" | "CONTINUE";
  details: JsonObject;
  readonly timers: Timer[];
  /** Ends the hook; does nothing once nobody waits for it. */
  settle: (status: "SUCCEEDED" | "FAILED" | "TIMED_OUT") => void;
}
