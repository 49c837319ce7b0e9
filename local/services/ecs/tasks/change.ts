/** Every change of a task goes through here: its version rises, its event goes out, its timers are its own. */
import type { Ecs } from "../state.ts";
import { asIso } from "../time.ts";
import type { Task } from "./task.ts";
import { taskEventDetail } from "./view.ts";

/** Counts the change, tells EventBridge and whoever listens. */
export function announce(ecs: Ecs, task: Task): void {
  task.version += 1;
  task.updatedAtMs = ecs.cloud.clock.now();
  ecs.cloud.emit({
    source: "aws.ecs",
    detailType: "ECS Task State Change",
    resources: [task.arn],
    detail: taskEventDetail(task),
    time: asIso(Math.floor(task.updatedAtMs / 1000) * 1000),
  });
  ecs.listeners.changed(task);
}

/** Runs something of the task's life after a delay, unless the task's timers are cleared first. */
export function later(ecs: Ecs, task: Task, seconds: number, what: string, run: () => void): void {
  const timer = ecs.cloud.clock.at(
    ecs.cloud.clock.now() + Math.round(seconds * 1000),
    `${what} of task ${task.id}`,
    () => {
      task.timers.delete(timer);
      run();
    },
  );
  task.timers.add(timer);
}

/** Takes back everything planned for the task but its memory kill. */
export function clearTimers(task: Task): void {
  for (const timer of task.timers) timer.cancel();
  task.timers.clear();
}

/** Seeded, in [from, to). */
export const between = (ecs: Ecs, from: number, to: number): number => from + (to - from) * ecs.cloud.random.next();

/** Where a behaviour of the world is set for the service's tasks. */
export const conditionsOf = (task: Task) => task.service?.conditions ?? {};

/** Tasks that a load balancer or a registry must learn of pass through ACTIVATING and DEACTIVATING. */
export const isBehindBalancer = (task: Task): boolean => {
  const settings = task.deployment?.revision.settings;
  return settings !== undefined && settings.loadBalancers.length + settings.serviceRegistries.length > 0;
};
