/** Tasks that fail: the slow-down of the scheduler, and the deployment circuit breaker. */

import type { Deployment } from "../deployments/deployment.ts";
import { flag, structure, text, whole } from "../input.ts";
import type { Ecs, EcsService } from "../state.ts";
import type { Task } from "../tasks/task.ts";
import { note, serviceAction } from "./say.ts";

/** Failed starts in a row before the scheduler slows down, and its slowest pace. Source: ECS/service-throttle-logic. */
const FAILURES_UNTIL_SLOW = 3;
const FIRST_DELAY_SECONDS = 30;
const SLOWEST_SECONDS = 27 * 60;

/** Counts a task that never ran, or ended before it was healthy. */
export function countFailure(ecs: Ecs, task: Task): void {
  const { deployment, service } = task;
  if (deployment === undefined || service === undefined || task.healthyOnce) return;
  if (deployment.breaker !== "MONITORING_COMPLETE") deployment.failedTasks += 1;
  deployment.updatedAtMs = ecs.cloud.clock.now();
  if (task.startedAtMs === undefined) slowDown(ecs, service, deployment);
}

/** A healthy task ends the breaker's watch, unless the service asks it to go on counting. */
export function countHealthy(deployment: Deployment): void {
  deployment.impairedReported = false;
  if (deployment.breaker === "TRIGGERED") return;
  if (flag(breakerOf(deployment.service), "resetOnHealthyTask") === false) return;
  deployment.failedTasks = 0;
  if (deployment.breaker === "MONITORING") deployment.breaker = "MONITORING_COMPLETE";
}

function slowDown(ecs: Ecs, service: EcsService, deployment: Deployment): void {
  deployment.startFailures += 1;
  if (deployment.startFailures < FAILURES_UNTIL_SLOW) return;
  const seconds = Math.min(
    SLOWEST_SECONDS,
    FIRST_DELAY_SECONDS * 2 ** (deployment.startFailures - FAILURES_UNTIL_SLOW),
  );
  deployment.launchAfterMs = ecs.cloud.clock.now() + seconds * 1000;
  if (deployment.impairedReported) return;
  deployment.impairedReported = true;
  note(
    ecs,
    service,
    "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
  );
  serviceAction(ecs, service, "WARN", "SERVICE_TASK_START_IMPAIRED");
}

/** The service's circuit breaker settings. */
export const breakerOf = (service: EcsService) =>
  structure(service.deploymentConfiguration, "deploymentCircuitBreaker") ?? {};

/**
 * Failed tasks that trip the breaker: half the desired count, within 3 and 200, unless configured otherwise.
 * Source: ECS/deployment-circuit-breaker, API ThresholdConfiguration.
 */
export function breakerThreshold(service: EcsService): number {
  const configuration = structure(breakerOf(service), "thresholdConfiguration") ?? {};
  const type = text(configuration, "type") ?? "BOUNDED_PERCENT";
  const value = whole(configuration, "value") ?? 50;
  if (type === "COUNT") return value;
  const tasks = Math.ceil((service.desiredCount * value) / 100);
  return type === "UNBOUNDED_PERCENT" ? Math.max(1, tasks) : Math.min(200, Math.max(3, tasks));
}
