/** An ECS service by its names; `arn` is the long form, cluster name included. */
export interface ServiceRef {
  readonly arn: string;
  readonly cluster: string;
  readonly name: string;
}

/** What Fargate bills: CPU units (1,024 are one vCPU) and memory. */
export interface TaskSize {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
}

/** Who decides about a service's tasks. */
export type DeploymentController = "ECS" | "CODE_DEPLOY" | "EXTERNAL";

/** A deployment of a service, as DescribeServices lists it. */
export interface Deployment {
  readonly id: string;
  readonly status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  readonly taskDefinitionArn: string;
  readonly rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED" | undefined;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly failedTasks: number;
  readonly createdAt: Date;
}

/** A service as it stands now; a domain word made from DescribeServices. */
export interface ServiceState {
  readonly ref: ServiceRef;
  readonly status: "ACTIVE" | "DRAINING" | "INACTIVE";
  readonly controller: DeploymentController;
  readonly launchType: "FARGATE" | "EC2" | "EXTERNAL";
  readonly isWindows: boolean;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly deployments: readonly Deployment[];
  /** ARNs of the service revisions in force; the digests that run hang on them. */
  readonly serviceRevisionArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A service revision: what a deployment really runs, digests included. */
export interface ServiceRevision {
  readonly arn: string;
  readonly taskDefinitionArn: string;
  readonly images: readonly {
    readonly container: string;
    readonly image: string;
    readonly digest: string | undefined;
  }[];
}
