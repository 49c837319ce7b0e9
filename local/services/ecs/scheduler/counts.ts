/** How many tasks of a service or deployment are where. */
import type { Deployment } from "../deployments/deployment.ts";
import type { EcsService } from "../state.ts";
import type { Task, TaskStatus } from "../tasks/task.ts";

const PENDING: ReadonlySet<TaskStatus> = new Set(["PROVISIONING", "PENDING", "ACTIVATING"]);
const GONE: ReadonlySet<TaskStatus> = new Set(["DEPROVISIONING", "STOPPED"]);

/** Tasks that are meant to run and have not died. */
export const isLive = (task: Task): boolean =>
  task.desiredStatus === "RUNNING" && task.executionStoppedAtMs === undefined;

/** Tasks that are on their way to RUNNING. */
export const isPending = (task: Task): boolean => isLive(task) && PENDING.has(task.lastStatus);

/** Whether the task still has, or may still get, processes. */
export const isPresent = (task: Task): boolean => !GONE.has(task.lastStatus);

/** The tasks of one deployment that are not yet STOPPED. */
export const tasksOf = (deployment: Deployment): readonly Task[] =>
  [...deployment.service.tasks].filter((task) => task.deployment === deployment);

/** Running and pending tasks, as describe calls count them. */
export const counts = (tasks: Iterable<Task>): { readonly runningCount: number; readonly pendingCount: number } => {
  let runningCount = 0;
  let pendingCount = 0;
  for (const task of tasks) {
    if (task.lastStatus === "RUNNING") runningCount += 1;
    if (isPending(task)) pendingCount += 1;
  }
  return { runningCount, pendingCount };
};

/** The deployment that the service is to run. */
export const primaryOf = (service: EcsService): Deployment | undefined =>
  service.deployments.find(({ status }) => status === "PRIMARY");
