/** Starting tasks of a deployment, as fast as the account, the roles and earlier failures allow. */
import type { Deployment } from "../deployments/deployment.ts";
import type { Ecs } from "../state.ts";
import { roleRefusal } from "../tasks/roles.ts";
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
  const refusal = roleRefusal(ecs, deployment.revision.definition);
  if (refusal !== undefined) {
    refuseRole(ecs, deployment, refusal);
    return;
  }
  // While starts keep failing, one task at a time finds out whether it works again.
  const attempts = deployment.impairedReported ? 1 : count;
  const started: Task[] = [];
  while (started.length < attempts && mayLaunch(ecs)) started.push(startTask(ecs, deployment));
  if (started.length > 0) note(ecs, service, `has started ${taskWords(started)}.`);
  if (started.length < attempts) wake(ecs, service, 1);
}

/** Without a role that it may assume for the task, ECS makes no task at all. */
function refuseRole(ecs: Ecs, deployment: Deployment, refusal: string): void {
  const { service } = deployment;
  deployment.failedTasks += 1;
  deployment.launchAfterMs = ecs.cloud.clock.now() + ROLE_RETRY_SECONDS * 1000;
  note(ecs, service, `failed to launch a task with (error ${refusal}).`);
  serviceAction(ecs, service, "ERROR", "SERVICE_TASK_CONFIGURATION_FAILURE");
  wake(ecs, service, ROLE_RETRY_SECONDS);
}
