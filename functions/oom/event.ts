/** "ECS Task State Change": the fields this reaction reads, and the kill it may tell of. Unknown fields pass. */
import * as v from "valibot";
import { serviceRef } from "#shared/domain/arn.ts";
import type { ObservedKill } from "#shared/domain/kill.ts";
import { isBefore, isInstant, secondsBetween } from "#shared/domain/time.ts";

const instant = v.pipe(v.string(), v.check(isInstant, "must be an ISO 8601 date and time"));

const Container = v.object({
  name: v.string(),
  /** Absent on containers that AWS put beside ours. */
  image: v.nullish(v.string()),
  exitCode: v.nullish(v.number()),
  reason: v.nullish(v.string()),
});

const Override = v.object({ name: v.nullish(v.string()), memory: v.nullish(v.number()) });

/** One task as the event's detail and, with dates as text, as DescribeTasks shows it. Source: ECS developer guide, ecs_task_events. */
const Task = v.object({
  taskArn: v.string(),
  clusterArn: v.string(),
  taskDefinitionArn: v.string(),
  group: v.nullish(v.string()),
  version: v.pipe(v.number(), v.integer()),
  stopCode: v.nullish(v.string()),
  stoppedReason: v.nullish(v.string()),
  containers: v.array(Container),
  overrides: v.nullish(v.object({ containerOverrides: v.nullish(v.array(Override)) })),
  startedAt: v.nullish(instant),
  pullStoppedAt: v.nullish(instant),
  stoppingAt: v.nullish(instant),
  executionStoppedAt: v.nullish(instant),
  stoppedAt: v.nullish(instant),
  updatedAt: v.nullish(instant),
});

export const TaskStateChange = v.object({
  "detail-type": v.literal("ECS Task State Change"),
  time: instant,
  detail: Task,
});
export type TaskStateChange = v.InferOutput<typeof TaskStateChange>;

type Task = v.InferOutput<typeof Task>;
type Container = v.InferOutput<typeof Container>;

/** Stands for the container when only the task's own reason names memory and nothing tells which container it was. */
export const WHOLE_TASK = "(task)";

/** ECS joins name and message; the documentation and older agents spell them differently. Exit code 137 alone may be any SIGKILL. */
const namesMemory = (reason: string | null | undefined): boolean => /^outofmemory/i.test(reason ?? "");

/** Stop codes of those who stop a task from outside; a task that died by itself has another. */
const STOPPED_FROM_OUTSIDE: ReadonlySet<string> = new Set([
  "ServiceSchedulerInitiated",
  "UserInitiated",
  "SpotInterruption",
  "TerminationNotice",
  "InfrastructureHealth",
]);

/** Without a stop code the order of the times tells: a task that died by itself ended before ECS began to stop it. */
function isStoppedFromOutside({ stopCode, stoppingAt, executionStoppedAt }: Task): boolean {
  if (stopCode) return STOPPED_FROM_OUTSIDE.has(stopCode);
  if (!stoppingAt) return false;
  return !executionStoppedAt || isBefore(stoppingAt, executionStoppedAt);
}

/** AWS put it beside ours: its image is not told. */
const isInjected = ({ image }: Container): boolean => !image;

/** The containers killed for memory, ours first; when only the task's own reason says so, the likeliest. */
function killedContainers({ containers, stoppedReason }: Task): readonly string[] {
  const killed = containers
    .filter(({ reason }) => namesMemory(reason))
    .toSorted((one, other) => Number(isInjected(one)) - Number(isInjected(other)))
    .map(({ name }) => name);
  if (killed.length > 0 || !namesMemory(stoppedReason)) return killed;
  const ours = containers.filter((container) => !isInjected(container));
  const killedBySignal = ours.filter(({ exitCode }) => exitCode === 137);
  const [suspect, ...others] = killedBySignal.length > 0 ? killedBySignal : ours;
  return [suspect && others.length === 0 ? suspect.name : WHOLE_TASK];
}

/** When the container died; a task that goes on without it tells only when it was updated. */
const diedAt = ({ time, detail }: TaskStateChange): string =>
  detail.executionStoppedAt ?? detail.stoppingAt ?? detail.stoppedAt ?? detail.updatedAt ?? time;

/** Limits that AWS gave the containers it added, in MiB together. */
function injectedLimitsMiB({ containers, overrides }: Task): number {
  const injected = new Set(containers.filter(isInjected).map(({ name }) => name));
  return (overrides?.containerOverrides ?? [])
    .filter(({ name }) => name && injected.has(name))
    .reduce((sum, { memory }) => sum + (memory ?? 0), 0);
}

/** The kill an event tells of; undefined when no container was killed for memory. */
export function killOf(event: TaskStateChange): ObservedKill | undefined {
  const { detail } = event;
  const [container, ...others] = killedContainers(detail);
  if (container === undefined) return undefined;
  const group = detail.group ?? "";
  const at = diedAt(event);
  const startedAt = detail.startedAt ?? detail.pullStoppedAt;
  return {
    taskArn: detail.taskArn,
    container,
    containers: [container, ...others],
    revision: detail.taskDefinitionArn,
    at,
    ranSeconds: startedAt ? Math.max(0, secondsBetween(startedAt, at)) : undefined,
    version: detail.version,
    group,
    service: group.startsWith("service:") ? serviceRef(detail.clusterArn, group.slice("service:".length)) : undefined,
    wasBeingStopped: isStoppedFromOutside(detail),
    isInjected: detail.containers.some((one) => one.name === container && isInjected(one)),
    injectedMiB: injectedLimitsMiB(detail),
  };
}
