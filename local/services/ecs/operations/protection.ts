/** UpdateTaskProtection, GetTaskProtection. Source: ECS/task-scale-in-protection. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { invalidParameter } from "../errors.ts";
import { flag, texts, whole } from "../input.ts";
import { wake } from "../scheduler/wake.ts";
import { findCluster } from "../services.ts";
import type { Ecs } from "../state.ts";
import type { Task } from "../tasks/task.ts";
import { protectionView } from "../tasks/view.ts";
import { taskArn, taskNeed } from "./needs.ts";

const MOST_UPDATED = 10;
const DEFAULT_MINUTES = 120;
const MOST_MINUTES = 2880;

/** Protects a task from scale-in, or takes the protection back. */
export function protect(ecs: Ecs, task: Task, minutes: number | undefined): void {
  const free = (): void => {
    task.protectedUntilMs = undefined;
    if (task.service) wake(ecs, task.service);
  };
  task.protectionTimer?.cancel();
  task.protectionTimer = undefined;
  if (minutes === undefined) {
    free();
    return;
  }
  task.protectedUntilMs = ecs.cloud.clock.now() + minutes * 60_000;
  task.protectionTimer = ecs.cloud.clock.at(task.protectedUntilMs, `protection of task ${task.id}`, free);
}

/** The operations on scale-in protection. */
export const protectionOperations = (ecs: Ecs): Record<string, Operation> => ({
  UpdateTaskProtection: {
    needs: (input) =>
      (texts(input, "tasks") ?? []).map((task) => taskNeed(ecs, "ecs:UpdateTaskProtection", input, task)),
    run: (input) => {
      const enabled = flag(input, "protectionEnabled");
      const minutes = whole(input, "expiresInMinutes");
      const references = texts(input, "tasks") ?? [];
      if (enabled === undefined) throw invalidParameter("protectionEnabled must be given.");
      if (references.length === 0 || references.length > MOST_UPDATED)
        throw invalidParameter(`tasks: give 1 to ${MOST_UPDATED}, not ${references.length}.`);
      if (minutes !== undefined && (minutes < 1 || minutes > MOST_MINUTES))
        throw invalidParameter(`expiresInMinutes must be between 1 and ${MOST_MINUTES}, not ${minutes}.`);
      return eachTask(ecs, input, references, (task) => {
        if (task.service === undefined) return "TASK_NOT_VALID";
        // A deployment that already waits for this task would wait for ever.
        if (enabled && task.deployment?.status !== "PRIMARY") return "DEPLOYMENT_BLOCKED";
        protect(ecs, task, enabled ? (minutes ?? DEFAULT_MINUTES) : undefined);
        return undefined;
      });
    },
  },
  GetTaskProtection: {
    needs: (input) => (texts(input, "tasks") ?? []).map((task) => taskNeed(ecs, "ecs:GetTaskProtection", input, task)),
    run: (input) =>
      eachTask(ecs, input, texts(input, "tasks") ?? [], (task) => (task.service ? undefined : "TASK_NOT_VALID")),
  },
});

function eachTask(
  ecs: Ecs,
  input: JsonObject,
  references: readonly string[],
  act: (task: Task) => string | undefined,
): JsonObject {
  const cluster = findCluster(ecs, input);
  const protectedTasks: JsonObject[] = [];
  const failures: JsonObject[] = [];
  for (const reference of references) {
    const arn = taskArn(ecs, input, reference);
    const task = ecs.tasks.get(arn);
    const isThere = task?.cluster === cluster && task.desiredStatus === "RUNNING";
    const reason = isThere ? act(task) : "MISSING";
    if (reason === undefined && task) protectedTasks.push(protectionView(task, ecs.cloud.clock.now()));
    else failures.push({ arn, reason: reason ?? "MISSING" });
  }
  return { protectedTasks, failures };
}
