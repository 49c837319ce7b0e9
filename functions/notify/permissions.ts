/** What the notify function may do. */
import type { Permission } from "#shared/domain/permission.ts";
import { deadLetterPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
    on: "ledger-incidents",
    because: "where an incident's message is, and what it says, is remembered",
  },
  {
    actions: ["dynamodb:Query"],
    on: "ledger-incidents",
    because: "a message is made from all records of its incident",
  },
  { actions: ["dynamodb:GetItem"], on: "ledger-account", because: "services in trouble together are told together" },
  { actions: ["secretsmanager:GetSecretValue"], on: "slack-secret", because: "the bot token" },
  ...deadLetterPermissions,
];
