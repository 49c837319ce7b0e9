/** A container ends by itself, or by the kernel's hand. */
import type { Ecs } from "../state.ts";
import { announce, between, clearTimers, conditionsOf, isBehindBalancer, later } from "./change.ts";
import { feelMemory } from "./memory.ts";
import { drain, endExecution, terminate } from "./stop.ts";
import type { Container, Task } from "./task.ts";

/** Marks the container STOPPED; an essential one takes the task with it. */
export function containerDied(
  ecs: Ecs,
  task: Task,
  container: Container,
  exitCode: number,
  reason: string | undefined,
): void {
  const nowMs = ecs.cloud.clock.now();
  const ranSeconds = (nowMs - (container.startedAtMs ?? nowMs)) / 1000;
  container.lastStatus = "STOPPED";
  container.exitCode = exitCode;
  container.reason = reason;
  task.memory.delete(container.spec.name);
  const { restartAfterSeconds, essential } = container.spec;
  if (task.desiredStatus === "RUNNING" && restartAfterSeconds !== undefined && ranSeconds >= restartAfterSeconds) {
    restart(ecs, task, container);
    return;
  }
  if (!essential) {
    announce(ecs, task);
    if (task.desiredStatus === "RUNNING") feel(ecs, task);
    return;
  }
  task.healthy = false;
  task.executionStoppedAtMs ??= nowMs;
  if (task.desiredStatus === "STOPPED") {
    afterDeathWhileStopping(ecs, task);
    return;
  }
  clearTimers(task);
  // ECS notices a moment after the fact: captured events have the stop 0.7 s behind the death.
  later(ecs, task, between(ecs, 0.3, 0.9), "notice of death", () => {
    task.desiredStatus = "STOPPED";
    task.stopCode = "EssentialContainerExited";
    task.stoppedReason = "Essential container in task exited";
    task.stoppingAtMs = ecs.cloud.clock.now();
    ecs.listeners.failed(task);
    if (isBehindBalancer(task)) return drain(ecs, task, 0);
    if (task.containers.some(({ lastStatus }) => lastStatus === "RUNNING")) return terminate(ecs, task);
    endExecution(ecs, task);
  });
}

function afterDeathWhileStopping(ecs: Ecs, task: Task): void {
  if (task.containers.every(({ lastStatus }) => lastStatus === "STOPPED")) {
    clearTimers(task);
    endExecution(ecs, task);
  }
}

/** With a restart policy the container comes back in place and the task's state does not change. */
function restart(ecs: Ecs, task: Task, container: Container): void {
  later(ecs, task, between(ecs, 1, 3), `restart of ${container.spec.name}`, () => {
    container.lastStatus = "RUNNING";
    container.startedAtMs = ecs.cloud.clock.now();
    feel(ecs, task);
  });
}

/** Lets a running task feel its service's conditions. */
export const feel = (ecs: Ecs, task: Task): void =>
  feelMemory(ecs, task, conditionsOf(task), (container) =>
    containerDied(ecs, task, container, 137, "OutOfMemoryError: Container killed due to memory usage"),
  );
