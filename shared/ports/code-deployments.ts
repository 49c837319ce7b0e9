/** Deployments that CodeDeploy carries out, and the answer to the hook in which it asks about one. */

export interface CodeDeployment {
  readonly id: string;
  /** CodeDeploy or CloudFormation made it by themselves, to go back to what ran. */
  readonly isRollback: boolean;
  /** The one ECS service of its deployment group; undefined when the group has none or several. */
  readonly service: { readonly cluster: string; readonly name: string } | undefined;
  /** Text of its AppSpec, JSON or YAML; undefined when the revision lies elsewhere, such as in S3. */
  readonly appSpec: string | undefined;
}

/** What CodeDeploy takes as the end of a hook. */
export type HookResult = "Succeeded" | "Failed";

export interface CodeDeployments {
  /** Undefined when there is no such deployment. */
  deployment(id: string): Promise<CodeDeployment | undefined>;
  /** Ends a hook; false when it has ended already, or its deployment has. */
  endHook(deploymentId: string, executionId: string, result: HookResult): Promise<boolean>;
}
