/** What the notify function may do. */
import type { Permission } from "#shared/domain/permission.ts";
import { deadLetterPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
    on: "ledger",
    because: "the account's state is read, and where a message is remembered",
  },
  { actions: ["dynamodb:Query"], on: "ledger", because: "a message is made from all records of its incident" },
  { actions: ["secretsmanager:GetSecretValue"], on: "slack-secret", because: "the bot token" },
  ...deadLetterPermissions,
];
