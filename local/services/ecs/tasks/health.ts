/** When a task counts as healthy, and what happens when its checks fail. */
import { deniedAtTargets } from "../balancers.ts";
import { note } from "../scheduler/say.ts";
import type { Ecs } from "../state.ts";
import { between, conditionsOf, later } from "./change.ts";
import { stopTask } from "./stop.ts";
import type { Task } from "./task.ts";

/** A task without any check counts after this long. Source: ECS API, `minimumHealthyPercent`. */
const UNCHECKED_SECONDS = 40;
/** A new target needs one passed check; 30 s is the balancer's default interval. */
const BALANCER_LEAST_SECONDS = 5;
const BALANCER_MOST_SECONDS = 35;
/** A balancer gives a target up after so many failed checks. */
const BALANCER_FAILURES = 2;
const BALANCER_INTERVAL_SECONDS = 30;

/** Plans the verdict of the container checks and of the load balancer's; a task that cannot be made a target never has one. */
export function watchHealth(ecs: Ecs, task: Task): void {
  const settings = task.deployment?.revision.settings;
  const denied =
    settings &&
    (deniedAtTargets(ecs, settings, "RegisterTargets") ?? deniedAtTargets(ecs, settings, "DescribeTargetHealth"));
  if (denied !== undefined && task.service) {
    note(ecs, task.service, denied);
    return;
  }
  const checked = task.containers.filter(({ spec }) => spec.essential && spec.healthCheck !== undefined);
  const targetGroup = settings?.loadBalancers.find(({ targetGroupArn }) => targetGroupArn);
  const fails = conditionsOf(task).failHealth === true;
  if (fails && checked.length > 0) {
    watchFailing(ecs, task);
    return;
  }
  if (fails && targetGroup) {
    const graceSeconds = task.service?.healthCheckGracePeriodSeconds ?? 0;
    const seconds = Math.max(graceSeconds, BALANCER_FAILURES * BALANCER_INTERVAL_SECONDS) + between(ecs, 0, 5);
    later(ecs, task, seconds, "failed balancer check", () =>
      giveUp(ecs, task, `Task failed ELB health checks in (target-group ${targetGroup.targetGroupArn})`),
    );
    return;
  }
  const checkSeconds = Math.max(0, ...checked.map(({ spec }) => spec.healthCheck?.intervalSeconds ?? 0));
  const balancerSeconds = targetGroup ? between(ecs, BALANCER_LEAST_SECONDS, BALANCER_MOST_SECONDS) : 0;
  const seconds = checked.length === 0 && !targetGroup ? UNCHECKED_SECONDS : Math.max(checkSeconds, balancerSeconds);
  later(ecs, task, seconds, "health", () => {
    for (const container of checked) if (container.lastStatus === "RUNNING") container.healthStatus = "HEALTHY";
    task.healthy = true;
    task.healthyOnce = true;
    ecs.listeners.healthy(task);
  });
}

function watchFailing(ecs: Ecs, task: Task): void {
  const verdictSeconds = task.containers.flatMap(({ spec: { healthCheck } }) =>
    healthCheck ? [healthCheck.startPeriodSeconds + healthCheck.intervalSeconds * healthCheck.retries] : [],
  );
  later(ecs, task, Math.min(...verdictSeconds), "failed health check", () => {
    for (const container of task.containers) if (container.spec.healthCheck) container.healthStatus = "UNHEALTHY";
    giveUp(ecs, task, "Task failed container health checks");
  });
}

function giveUp(ecs: Ecs, task: Task, reason: string): void {
  task.failedHealth = true;
  task.healthy = false;
  // Only a service replaces unhealthy tasks; a standalone one goes on.
  if (task.service === undefined) return;
  ecs.listeners.failed(task);
  stopTask(ecs, task, "ServiceSchedulerInitiated", reason);
}
