/** What the deployment hook may do: read, and remember its answer. */
import type { Permission } from "#shared/domain/permission.ts";
import { answeringPermissions, judgingPermissions, revisionPermissions } from "#shared/gate/permissions.ts";
import { publisherPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  ...judgingPermissions,
  ...revisionPermissions,
  ...answeringPermissions,
  ...publisherPermissions,
];
