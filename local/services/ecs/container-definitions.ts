/** Container definitions: what the world needs of them, and how a describe call shows them. */
import type { JsonObject } from "../../contract.ts";
import { flag, structure, structures, text, whole } from "./input.ts";
import type { ContainerSpec } from "./state.ts";

/** Seconds; ECS developer guide, "task_definition_parameters". */
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;
const DEFAULT_RESTART_ATTEMPT_SECONDS = 60;

/** What starting, killing and stopping the container depends on. */
export function containerSpec(container: JsonObject): ContainerSpec {
  const check = structure(container, "healthCheck");
  const restart = structure(container, "restartPolicy");
  return {
    name: text(container, "name") ?? "",
    image: text(container, "image") ?? "",
    essential: flag(container, "essential") ?? true,
    cpuUnits: whole(container, "cpu") ?? 0,
    memoryMiB: whole(container, "memory"),
    memoryReservationMiB: whole(container, "memoryReservation"),
    stopTimeoutSeconds: whole(container, "stopTimeout") ?? DEFAULT_STOP_TIMEOUT_SECONDS,
    versionConsistency: text(container, "versionConsistency") !== "disabled",
    healthCheck:
      check === undefined
        ? undefined
        : {
            intervalSeconds: whole(check, "interval") ?? 30,
            retries: whole(check, "retries") ?? 3,
            startPeriodSeconds: whole(check, "startPeriod") ?? 0,
          },
    restartAfterSeconds:
      restart !== undefined && flag(restart, "enabled")
        ? (whole(restart, "restartAttemptPeriod") ?? DEFAULT_RESTART_ATTEMPT_SECONDS)
        : undefined,
    logGroup: logGroupOf(structure(container, "logConfiguration")),
  };
}

const logGroupOf = (logging: JsonObject | undefined): string | undefined =>
  logging && text(logging, "logDriver") === "awslogs"
    ? text(structure(logging, "options") ?? {}, "awslogs-group")
    : undefined;

/** The definition with the members that ECS fills in by itself. */
export const describedContainer = (container: JsonObject, networkMode: string | undefined): JsonObject => ({
  ...container,
  cpu: whole(container, "cpu") ?? 0,
  portMappings: (structures(container, "portMappings") ?? []).map((mapping) => ({
    ...mapping,
    ...(networkMode === "awsvpc" ? { hostPort: whole(mapping, "containerPort") ?? 0 } : {}),
    protocol: text(mapping, "protocol") ?? "tcp",
  })),
  essential: flag(container, "essential") ?? true,
  environment: structures(container, "environment") ?? [],
  mountPoints: structures(container, "mountPoints") ?? [],
  volumesFrom: structures(container, "volumesFrom") ?? [],
  systemControls: structures(container, "systemControls") ?? [],
});
