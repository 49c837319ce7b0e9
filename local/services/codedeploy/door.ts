/** `codedeploy`: deployments as a pipeline makes them; no traffic moves, hooks are asked and heard. */
export interface CodeDeployDoor {
  /** A deployment of an ECS service that has begun; answers its id. */
  create(deployment: GivenCodeDeployment): string;
  /** Asks a function as the lifecycle event's hook; answers the execution's id. An hour without an answer is a no. */
  askHook(deploymentId: string, functionArn: string): string;
  /** What the hook was answered, and by which status the deployment stands. */
  look(deploymentId: string): { readonly status: string; readonly answers: readonly string[] };
}

export interface GivenCodeDeployment {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly ecsServices: readonly { readonly clusterName: string; readonly serviceName: string }[];
  /** Text of the AppSpec. */
  readonly appSpec: string;
  /** How it was given: `AppSpecContent` unless told; an AppSpec in a bucket is known by its place alone. */
  readonly revisionType?: "AppSpecContent" | "String" | "S3";
  /** `user` unless told. */
  readonly creator?: string;
}
