/** Stopping tasks that are too many, and saying so when they may not be stopped. */
import type { Deployment } from "../deployments/deployment.ts";
import type { Ecs, EcsService } from "../state.ts";
import { stopTask } from "../tasks/stop.ts";
import type { Task } from "../tasks/task.ts";
import { stopOrder } from "./placement.ts";
import { note, taskWords } from "./say.ts";

/** Stops so many of the live tasks, protected ones left out. */
export function stopSurplus(ecs: Ecs, deployment: Deployment, live: readonly Task[], count: number): void {
  const leaving = stopOrder(ecs, live, count);
  stopAll(ecs, deployment, leaving);
  if (leaving.length < count) reportProtected(ecs, deployment);
}

/** Stops these tasks in the name of their deployment. */
export function stopAll(ecs: Ecs, deployment: Deployment, tasks: readonly Task[]): void {
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
  for (const task of tasks)
    stopTask(
      ecs,
      task,
      "ServiceSchedulerInitiated",
      `Scaling activity initiated by (deployment ${task.deployment?.id ?? deployment.id})`,
    );
  if (running.length > 0)
    note(ecs, deployment.service, `has stopped ${running.length} running ${taskWords(running).replace(/^\d+ /, "")}.`);
}

/** Says once that a deployment has no room to move. */
export function reportBlocked(ecs: Ecs, service: EcsService): void {
  if (service.blockedReported) return;
  service.blockedReported = true;
  note(
    ecs,
    service,
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
  );
}

function reportProtected(ecs: Ecs, deployment: Deployment): void {
  const { service } = deployment;
  if (service.blockedReported) return;
  service.blockedReported = true;
  note(
    ecs,
    service,
    `was unable to reach steady state because task set (${deployment.id}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks`,
  );
}
