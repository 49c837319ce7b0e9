/** What the container platform must be able to tell and do. */

import type { JsonObject } from "#shared/domain/json.ts";
import type { ServiceRef, ServiceRevision, ServiceState } from "#shared/domain/service.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";

export interface Services {
  /** Undefined when there is no such service. */
  describe(ref: ServiceRef): Promise<ServiceState | undefined>;
  taskDefinition(arn: string): Promise<TaskDefinition | undefined>;
  /** Service revisions with the digests they run; a digest is absent until the first task has started. */
  revisions(arns: readonly string[]): Promise<readonly ServiceRevision[]>;
  /** Registers a revision, tags included; answers its ARN. */
  register(document: JsonObject): Promise<string>;
  /** The newest revision of the family that carries this tag, among the newest few; undefined if none. */
  revisionTagged(family: string, tag: { readonly key: string; readonly value: string }): Promise<string | undefined>;
  /** Starts a deployment of that revision; answers the service as ECS then shows it. */
  deploy(ref: ServiceRef, taskDefinitionArn: string): Promise<ServiceState>;
  /**
   * The service revisions deployed to the service since that instant of the platform's clock, newest first. What the platform
   * takes back, or has taken back, is nobody's will any more and left out.
   */
  deployedSince(ref: ServiceRef, since: Date): Promise<readonly ServiceRevision[]>;
}

export interface Stacks {
  /** Whether CloudFormation is at work on the stack; undefined when there is no such stack. */
  isUpdating(stackId: string): Promise<boolean | undefined>;
}
