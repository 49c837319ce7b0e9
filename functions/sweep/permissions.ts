/** What the sweep function may do: read, and write to our own queues. */
import type { Permission } from "#shared/domain/permission.ts";
import { deadLetterPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  { actions: ["dynamodb:Query"], on: "ledger-index", because: "what is due is looked up by its time" },
  {
    actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
    on: "ledger-account",
    because: "old trouble is forgotten in the account's item",
  },
  { actions: ["ecs:ListTasks"], on: "cluster", because: "stopped tasks are listed; IAM limits it by cluster only" },
  { actions: ["ecs:DescribeTasks"], on: "task", because: "why they stopped" },
  { actions: ["sqs:SendMessage"], on: "reaction-queues", because: "plans and messages go back to their owners" },
  ...deadLetterPermissions,
];
