/** What the oom function may do: its steps' permissions and its ports'. */
import type { Permission } from "#shared/domain/permission.ts";
import {
  admissionPermissions,
  deadLetterPermissions,
  ledgerPermissions,
  ownQueuePermissions,
  publisherPermissions,
} from "#shared/runtime/permissions.ts";
import { oomSteps } from "./steps.ts";

export const permissions: readonly Permission[] = [
  {
    actions: ["ecs:DescribeServices"],
    on: "service",
    because: "the killed task's service is read, its tags included",
  },
  { actions: ["ecs:DescribeServiceRevisions"], on: "service-revision", because: "the digests that run now are pinned" },
  {
    actions: ["cloudformation:DescribeStacks"],
    on: "stack",
    because: "a stack that is being updated is left alone",
  },
  ...Object.values(oomSteps).flatMap((step) => step.permissions),
  ...ledgerPermissions,
  ...admissionPermissions,
  ...publisherPermissions,
  ...ownQueuePermissions,
  ...deadLetterPermissions,
];
