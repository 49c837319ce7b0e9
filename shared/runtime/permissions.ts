/** What the shared ports need; a function's own list takes those it uses. */
import type { Permission } from "#shared/domain/permission.ts";

export const ledgerPermissions: readonly Permission[] = [
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
    on: "ledger-services",
    because: "the service's item is read and claimed",
  },
  { actions: ["dynamodb:GetItem"], on: "ledger-account", because: "the pause switch is asked before each write" },
  { actions: ["dynamodb:PutItem"], on: "ledger-incidents", because: "records are appended" },
];

/** For reactions that carry out plans. */
export const admissionPermissions: readonly Permission[] = [
  { actions: ["dynamodb:UpdateItem"], on: "ledger-account", because: "trouble is noted and slots are taken" },
];

export const publisherPermissions: readonly Permission[] = [
  { actions: ["events:PutEvents"], on: "bus", because: "every record is published" },
];

export const ownQueuePermissions: readonly Permission[] = [
  { actions: ["sqs:SendMessage"], on: "own-queue", because: "a plan whose slot lies ahead sends itself there" },
];

export const deadLetterPermissions: readonly Permission[] = [
  { actions: ["sqs:SendMessage"], on: "own-dead-letters", because: "what cannot be read is parked with its reason" },
];
