/** What the account's ECS holds: records and the maps they live in. Transitions are in the folders beside it. */
import type { Cloud, JsonObject, Timer } from "../../contract.ts";
import type { Conditions } from "../../neighbours.ts";
import type { Deployment, ServiceDeployment, ServiceRevision } from "./deployments/deployment.ts";
import type { Task } from "./tasks/task.ts";

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
interface Listeners {
  /** Any change of status. */
  changed(task: Task): void;
  /** A task counts as healthy from now on. */
  healthy(task: Task): void;
  /** A task died by itself, never started, or failed its health checks. */
  failed(task: Task): void;
  /** SIGTERM was sent; answers how many seconds the work in hand still takes, or undefined when it knows no work. */
  terminated(task: Task): number | undefined;
  /** It is time for the scheduler to look at the service. */
  woken(service: EcsService): void;
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
interface LaunchBucket {
  tokens: number;
  filledAtMs: number;
}

/** Tags by key. */
export type Tags = Map<string, string>;

/** A cluster with what is in it. */
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

/** All revisions of a task definition, the first first. */
export interface Family {
  readonly name: string;
  readonly revisions: TaskDefinition[];
}

/** One revision of a task definition. */
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

/** What starting, killing and stopping a container depends on. */
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
  /** Of the awslogs driver. */
  readonly logGroup: string | undefined;
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

/** A service, its settings and what it runs. */
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
