/** Service deployments: what goes on, what holds it, and the two ways to move it. */
import type { ServiceRef, ServiceState } from "#shared/domain/service.ts";

/** A lifecycle hook as a service's configuration names it. */
export interface LifecycleHook {
  readonly type: "AWS_LAMBDA" | "PAUSE";
  readonly targetArn: string | undefined;
  readonly stages: readonly string[];
}

/** A service with what its present deployment consists of. */
export interface DeployingService extends ServiceState {
  /** ARN of the service deployment that goes on, or of the last one. */
  readonly serviceDeployment: string | undefined;
  readonly hooks: readonly LifecycleHook[];
}

/** `rollback-failed`: it was to go back and could not, so what it brought may still run. */
export type ServiceDeploymentStatus = "going-on" | "completed" | "rolling-back" | "rollback-failed" | "ended";

export interface ServiceDeployment {
  readonly arn: string;
  readonly status: ServiceDeploymentStatus;
  readonly targetRevision: string;
  readonly sourceRevisions: readonly string[];
  readonly createdAt: string;
  readonly finishedAt: string | undefined;
  readonly stage: string | undefined;
  /** Ids of the PAUSE hooks that wait for an answer at this stage. */
  readonly waitingHooks: readonly string[];
}

export type HookAction = "CONTINUE" | "ROLLBACK";

export interface Deployments {
  service(ref: ServiceRef): Promise<DeployingService | undefined>;
  /** Every active service of the cluster. */
  services(cluster: string): Promise<readonly DeployingService[]>;
  deployment(arn: string): Promise<ServiceDeployment | undefined>;
  /** The last deployment that was completed before that instant; a rollback goes there. */
  completedBefore(ref: ServiceRef, before: Date): Promise<ServiceDeployment | undefined>;
  /** Answers a PAUSE hook; false when it waits for no answer any more. */
  answerHook(deployment: string, hookId: string, action: HookAction): Promise<boolean>;
  /** Stops a deployment and goes back; false when it can no longer be stopped. */
  rollBack(deployment: string): Promise<boolean>;
}
