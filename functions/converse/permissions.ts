/** What the converse function may do: write what people answered, and wake those who carry it out. No step, nothing of ECS. */
import type { Permission } from "#shared/domain/permission.ts";
import { publisherPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
    on: "ledger-services",
    because: "an answer is written into the service's item",
  },
  { actions: ["dynamodb:PutItem"], on: "ledger-requests", because: "each request counts once" },
  { actions: ["dynamodb:PutItem"], on: "ledger-incidents", because: "who turned the pause switch is recorded" },
  { actions: ["dynamodb:UpdateItem"], on: "ledger-account", because: "the pause switch is in the account's item" },
  { actions: ["secretsmanager:GetSecretValue"], on: "slack-secret", because: "the signing secret" },
  { actions: ["sqs:SendMessage"], on: "reaction-queues", because: "an approved plan is handed to its owner" },
  ...publisherPermissions,
];
