/** What CodeDeploy's hook may do: read, remember its answer, and give it. */
import type { Permission } from "#shared/domain/permission.ts";
import { answeringPermissions, judgingPermissions } from "#shared/gate/permissions.ts";
import { publisherPermissions } from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  ...judgingPermissions,
  {
    actions: ["ecs:ListTasks"],
    on: "cluster",
    because: "the service's tasks are listed; IAM limits it by cluster only",
  },
  { actions: ["ecs:DescribeTasks"], on: "task", because: "which images run: those are never blocked" },
  {
    actions: ["codedeploy:GetDeployment", "codedeploy:GetDeploymentGroup"],
    on: "deployment-group",
    because: "which service a deployment is about, and whether it goes back",
  },
  {
    actions: ["codedeploy:GetApplicationRevision"],
    on: "deployment-application",
    because: "which task definition its AppSpec brings",
  },
  {
    actions: ["codedeploy:PutLifecycleEventHookExecutionStatus"],
    on: "any",
    because: "the answer to CodeDeploy; IAM does not limit it to one deployment group",
  },
  ...answeringPermissions,
  ...publisherPermissions,
];
