/** Starting tasks of a deployment, as fast as the account, the roles and earlier failures allow. */
import type { IamDoor } from "../../../neighbours.ts";
import type { Deployment } from "../deployments/deployment.ts";
import type { Ecs } from "../state.ts";
import type { Task } from "../tasks/task.ts";
import { mayLaunch, startTask } from "./placement.ts";
import { note, serviceAction, taskWords } from "./say.ts";
import { wake } from "./wake.ts";

const ROLE_RETRY_SECONDS = 60;

/** Starts up to so many tasks; what could not be started is tried again later. */
export function launch(ecs: Ecs, deployment: Deployment, count: number): void {
  const { service } = deployment;
  if (!deployment.launching) return;
  const nowMs = ecs.cloud.clock.now();
  if (deployment.launchAfterMs > nowMs) {
    wake(ecs, service, (deployment.launchAfterMs - nowMs) / 1000);
    return;
  }
  const untrusting = rolesOf(deployment).find(
    (role) => !ecs.cloud.neighbour<IamDoor>("iam").trusts(role, "ecs-tasks.amazonaws.com"),
  );
  if (untrusting !== undefined) {
    refuseRole(ecs, deployment, untrusting);
    return;
  }
  // While starts keep failing, one task at a time finds out whether it works again.
  const attempts = deployment.impairedReported ? 1 : count;
  const started: Task[] = [];
  while (started.length < attempts && mayLaunch(ecs)) started.push(startTask(ecs, deployment));
  if (started.length > 0) note(ecs, service, `has started ${taskWords(started)}.`);
  if (started.length < attempts) wake(ecs, service, 1);
}

const rolesOf = ({ revision: { definition } }: Deployment): readonly string[] =>
  [definition.executionRoleArn, definition.taskRoleArn].filter((role) => role !== undefined);

/** Without a role that it may assume for the task, ECS makes no task at all. */
function refuseRole(ecs: Ecs, deployment: Deployment, role: string): void {
  const { service } = deployment;
  deployment.failedTasks += 1;
  deployment.launchAfterMs = ecs.cloud.clock.now() + ROLE_RETRY_SECONDS * 1000;
  note(
    ecs,
    service,
    `failed to launch a task with (error ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`,
  );
  serviceAction(ecs, service, "ERROR", "SERVICE_TASK_CONFIGURATION_FAILURE");
  wake(ecs, service, ROLE_RETRY_SECONDS);
}
