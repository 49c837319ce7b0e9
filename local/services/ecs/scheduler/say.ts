/** What a service says of itself: lines of its event stream, and events on the bus. */
import type { JsonObject } from "../../../contract.ts";
import type { Deployment } from "../deployments/deployment.ts";
import type { Ecs, EcsService } from "../state.ts";
import type { Task } from "../tasks/task.ts";
import { asIso } from "../time.ts";

/** DescribeServices shows no more. */
const LINES_KEPT = 100;

/** Adds a line to the service's event stream, newest first. */
export function note(ecs: Ecs, service: EcsService, message: string): void {
  service.events.unshift({
    id: ecs.cloud.random.uuid(),
    createdAtMs: ecs.cloud.clock.now(),
    message: `(service ${service.name}) ${message}`,
  });
  if (service.events.length > LINES_KEPT) service.events.length = LINES_KEPT;
}

/** `ECS Service Action`. */
export function serviceAction(
  ecs: Ecs,
  service: EcsService,
  eventType: "INFO" | "WARN" | "ERROR",
  eventName: string,
  more: JsonObject = {},
): void {
  const createdAt = asIso(ecs.cloud.clock.now());
  const detail = { eventType, eventName, clusterArn: service.cluster.arn, createdAt, ...more };
  ecs.cloud.emit({ source: "aws.ecs", detailType: "ECS Service Action", resources: [service.arn], detail });
}

/** `ECS Deployment State Change`: it names no cluster, only the service among its resources. */
export function deploymentEvent(
  ecs: Ecs,
  deployment: Deployment,
  state: "IN_PROGRESS" | "COMPLETED" | "FAILED",
  reason: string,
): void {
  deployment.rolloutState = state;
  deployment.rolloutStateReason = reason;
  deployment.updatedAtMs = ecs.cloud.clock.now();
  // Of other controllers' deployments their own services tell.
  if (deployment.service.controller !== "ECS") return;
  ecs.cloud.emit({
    source: "aws.ecs",
    detailType: "ECS Deployment State Change",
    resources: [deployment.service.arn],
    detail: {
      eventType: state === "FAILED" ? "ERROR" : "INFO",
      eventName: `SERVICE_DEPLOYMENT_${state}`,
      deploymentId: deployment.id,
      updatedAt: asIso(deployment.updatedAtMs),
      reason,
    },
  });
}

/** `2 tasks: (task A) (task B)`, as the event stream lists them. */
export const taskWords = (tasks: readonly Task[]): string =>
  `${tasks.length} tasks: ${tasks.map(({ id }) => `(task ${id})`).join(" ")}`;
