/** What a step or an adapter must be allowed; each function's role is generated from those it imports. */
import type { LedgerPartition } from "./ledger-partitions.ts";

/** A kind of resource; `infra` turns it into ARNs and conditions. */
export type ResourceKind =
  /** Any resource: only for actions that IAM does not limit to one. */
  | "any"
  | "cluster"
  | "service"
  | "service-deployment"
  | "service-revision"
  | "task"
  | "task-definition"
  /** Task and execution roles under the configured role path; passed to ECS tasks only. */
  | "task-role"
  | "stack"
  | "repository"
  | "workload-queue"
  | "scalable-target"
  /** CodeDeploy's deployment groups and applications. */
  | "deployment-group"
  | "deployment-application"
  | LedgerPartition
  | "ledger-index"
  | "bus"
  | "own-queue"
  | "own-dead-letters"
  | "reaction-queues"
  | "slack-secret";

export interface Permission {
  /** IAM actions, such as `ecs:UpdateService`. */
  readonly actions: readonly string[];
  readonly on: ResourceKind;
  /** Why it is needed, in one sentence; printed in the generated reference. */
  readonly because: string;
}
