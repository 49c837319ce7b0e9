/** What the deployment hook may do: read, and remember its answer. */
import type { Permission } from "#shared/domain/permission.ts";
import { judgingPermissions, revisionPermissions } from "#shared/gate/permissions.ts";
import { publisherPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  ...judgingPermissions,
  ...revisionPermissions,
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
    on: "ledger",
    because: "scans are kept by digest, the answer is remembered and recorded",
  },
  { actions: ["dynamodb:Query"], on: "ledger", because: "waivers given at runtime and what Inspector said are read" },
  ...publisherPermissions,
];
