/** Deployments of a service, and the walk of a service deployment. */
import type { JsonObject, Timer } from "../../../contract.ts";
import type { EcsService, RevisionSettings, TaskDefinition } from "../state.ts";

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

/** What a deployment runs: one task definition under one set of settings. */
export interface ServiceRevision {
  readonly arn: string;
  readonly service: EcsService;
  readonly definition: TaskDefinition;
  readonly settings: RevisionSettings;
  readonly createdAtMs: number;
  /** By container name; set by the first task that started, then fixed. */
  readonly digests: Map<string, string>;
}

/** Where a service deployment stands. */
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
  /** Alarms that went off since the deployment began. */
  triggeredAlarms: readonly string[];
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
