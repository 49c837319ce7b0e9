/** What the gate function may do: its steps' permissions and its ports'. */
import type { Permission } from "#shared/domain/permission.ts";
import { judgingPermissions, revisionPermissions } from "#shared/gate/permissions.ts";
import {
  admissionPermissions,
  deadLetterPermissions,
  ledgerPermissions,
  ownQueuePermissions,
  publisherPermissions,
} from "#shared/runtime/permissions.ts";
import { gateSteps } from "./steps.ts";

export const permissions: readonly Permission[] = [
  ...judgingPermissions,
  ...revisionPermissions,
  {
    actions: ["ecs:DescribeServiceDeployments"],
    on: "service-deployment",
    because: "what a deployment is about when the service does not tell, and where it stands",
  },
  {
    actions: ["ecr:DescribeImages"],
    on: "repository",
    because: "the tags of a repository are listed, to promote the newest and to name what could replace a bad image",
  },
  {
    actions: ["ecs:ListServiceDeployments"],
    on: "service",
    because: "the last completed deployment is where a rollback would go",
  },
  { actions: ["ecs:ListServices"], on: "cluster", because: "every round judges what all services run" },
  ...Object.values(gateSteps).flatMap((step) => step.permissions),
  ...ledgerPermissions,
  ...admissionPermissions,
  { actions: ["dynamodb:Query"], on: "ledger-images", because: "who waits for a scan is looked up" },
  { actions: ["dynamodb:Query"], on: "ledger-incidents", because: "what was proposed before is looked up" },
  { actions: ["dynamodb:UpdateItem"], on: "ledger-vulnerabilities", because: "what Inspector says is kept" },
  ...publisherPermissions,
  ...ownQueuePermissions,
  ...deadLetterPermissions,
];
