/** A task from its last RUNNING moment to STOPPED. */
import { deniedAtTargets } from "../balancers.ts";
import { note } from "../scheduler/say.ts";
import type { Ecs } from "../state.ts";
import { announce, between, clearTimers, conditionsOf, later } from "./change.ts";
import type { Task, TaskStatus } from "./task.ts";

/** What is left of a task after its last process: interface and host go back. Captured: 20 to 24 s. */
const DEPROVISION_LEAST_SECONDS = 18;
const DEPROVISION_MOST_SECONDS = 26;
/** Elastic Load Balancing's default deregistration delay. */
const DEFAULT_DRAIN_SECONDS = 300;
const STOPPED_TASKS_STAY_SECONDS = 3600;
/** A process that handles SIGTERM and has nothing in hand ends within this. */
const QUICK_EXIT_MOST_SECONDS = 5;

const RUNS: ReadonlySet<TaskStatus> = new Set(["RUNNING", "DEACTIVATING"]);

/** Asks a task to stop; a second request changes nothing, nor does one that comes after an essential container's death. */
export function stopTask(ecs: Ecs, task: Task, stopCode: string, reason: string): void {
  if (task.desiredStatus === "STOPPED" || task.executionStoppedAtMs !== undefined) return;
  task.desiredStatus = "STOPPED";
  task.stopCode = stopCode;
  task.stoppedReason = reason;
  task.stoppingAtMs = ecs.cloud.clock.now();
  clearTimers(task);
  if (!RUNS.has(task.lastStatus)) {
    endExecution(ecs, task);
    return;
  }
  const settings = task.deployment?.revision.settings;
  const denied = settings && deniedAtTargets(ecs, settings, "DeregisterTargets");
  if (denied !== undefined && task.service) note(ecs, task.service, denied);
  const targetGroup = settings?.loadBalancers.find(({ targetGroupArn }) => targetGroupArn)?.targetGroupArn;
  if (typeof targetGroup === "string") {
    drain(ecs, task, ecs.drainSeconds.get(targetGroup) ?? DEFAULT_DRAIN_SECONDS);
    return;
  }
  terminate(ecs, task);
}

/** A task that never ran: no exit code, no digest where the pull failed. */
export function failStart(ecs: Ecs, task: Task, reason: string): void {
  clearTimers(task);
  task.desiredStatus = "STOPPED";
  task.stopCode = "TaskFailedToStart";
  task.stoppedReason = reason;
  task.stoppingAtMs = ecs.cloud.clock.now();
  ecs.listeners.failed(task);
  endExecution(ecs, task);
}

/** Takes the task out of its target groups before its processes are told. */
export function drain(ecs: Ecs, task: Task, seconds: number): void {
  task.lastStatus = "DEACTIVATING";
  announce(ecs, task);
  later(ecs, task, seconds + between(ecs, 0.5, 2), "drain", () => {
    if (task.containers.some(({ lastStatus }) => lastStatus === "RUNNING")) return terminate(ecs, task);
    endExecution(ecs, task);
  });
}

/** SIGTERM, then SIGKILL when the stop timeout is over. */
export function terminate(ecs: Ecs, task: Task): void {
  task.lastStatus = "STOPPING";
  task.memoryTimer?.cancel();
  task.memoryTimer = undefined;
  announce(ecs, task);
  const running = task.containers.filter(({ lastStatus }) => lastStatus === "RUNNING");
  const timeoutSeconds = Math.max(...running.map(({ spec }) => spec.stopTimeoutSeconds));
  const workSeconds = ecs.listeners.terminated(task);
  const wantedSeconds =
    conditionsOf(task).ignoreSigterm === true
      ? Number.POSITIVE_INFINITY
      : (workSeconds ?? between(ecs, 0.5, Math.min(QUICK_EXIT_MOST_SECONDS, timeoutSeconds)));
  const killed = wantedSeconds > timeoutSeconds;
  later(ecs, task, killed ? timeoutSeconds + between(ecs, 0.2, 1.5) : wantedSeconds, "exit", () => {
    for (const container of running) {
      if (container.lastStatus === "STOPPED") continue;
      container.lastStatus = "STOPPED";
      container.exitCode = killed ? 137 : 143;
    }
    endExecution(ecs, task);
  });
}

/** No process runs any more: give interface and host back. */
export function endExecution(ecs: Ecs, task: Task): void {
  const ran = task.startedAtMs !== undefined;
  if (ran) task.executionStoppedAtMs ??= ecs.cloud.clock.now();
  task.memoryTimer?.cancel();
  task.memoryTimer = undefined;
  task.memory.clear();
  task.healthy = false;
  for (const container of task.containers) container.lastStatus = "STOPPED";
  task.lastStatus = "DEPROVISIONING";
  ecs.listeners.ended(task);
  announce(ecs, task);
  later(ecs, task, between(ecs, DEPROVISION_LEAST_SECONDS, DEPROVISION_MOST_SECONDS), "deprovisioning", () => {
    task.attachmentStatus = "DELETED";
    task.lastStatus = "STOPPED";
    task.stoppedAtMs = ecs.cloud.clock.now();
    task.service?.tasks.delete(task);
    announce(ecs, task);
    later(ecs, task, STOPPED_TASKS_STAY_SECONDS, "forgetting", () => {
      ecs.tasks.delete(task.arn);
      task.cluster.tasks.delete(task);
    });
  });
}
