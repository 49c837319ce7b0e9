/**
 * What the processes of a task use of its memory.
 *
 * The need of a service applies to its main container: the essential one with the greatest share (`memory`, else
 * `memoryReservation`; the first of equals). A container is killed when what it uses passes its own hard limit, or
 * what the task has left beside the needs of the others.
 */
import type { Conditions } from "../../../neighbours.ts";
import type { ContainerSpec, Ecs } from "../state.ts";
import type { Container, MemoryUse, Task } from "./task.ts";

const HOUR_MS = 3_600_000;
/** A service of which nothing is known uses this much of what its main container may. */
const DEFAULT_NEED_FRACTION = 0.6;
const RAMP_LEAST_SECONDS = 30;
const RAMP_SPREAD_SECONDS = 60;
/** What a process uses the moment it starts. */
const FIRST_FRACTION = 0.15;

/** The container to which a service's need applies. */
export function mainContainer(containers: readonly ContainerSpec[]): ContainerSpec {
  const share = (spec: ContainerSpec): number => spec.memoryMiB ?? spec.memoryReservationMiB ?? 0;
  const [first, ...rest] = containers.filter(({ essential }) => essential);
  if (first === undefined) throw new Error("finding a task's main container: it has no essential container");
  return rest.reduce((best, spec) => (share(spec) > share(best) ? spec : best), first);
}

/** MiB in use at an instant. */
function usedMiB(use: MemoryUse, atMs: number): number {
  const { fromMiB, toMiB, rampStartMs, rampEndMs } = use;
  const progress =
    rampEndMs <= rampStartMs ? 1 : Math.min(1, Math.max(0, (atMs - rampStartMs) / (rampEndMs - rampStartMs)));
  const leaked = use.leakedMiB + (use.leakMiBPerHour * Math.max(0, atMs - use.leakSinceMs)) / HOUR_MS;
  return fromMiB + (toMiB - fromMiB) * progress + leaked;
}

/** MiB that all containers of a task use now. */
export const taskMemoryUsedMiB = (task: Task, nowMs: number): number =>
  [...task.memory.values()].reduce((total, use) => total + usedMiB(use, nowMs), 0);

/** What the container may use before it is killed, in MiB. */
export function memoryLimitMiB(task: Task, name: string): number {
  const spec = task.containers.find((container) => container.spec.name === name)?.spec;
  const others = [...task.memory].reduce((total, [other, use]) => (other === name ? total : total + use.toMiB), 0);
  return Math.min(spec?.memoryMiB ?? Number.POSITIVE_INFINITY, task.memoryMiB - others);
}

/** Starts or redirects the growth of the containers that the conditions name, and plans the next kill. */
export function feelMemory(ecs: Ecs, task: Task, conditions: Conditions, kill: (container: Container) => void): void {
  const main = mainContainer(task.definition.containers).name;
  const named = task.containers.some(({ spec }) => spec.name === conditions.container) ? conditions.container : main;
  for (const { spec, lastStatus } of task.containers) {
    if (lastStatus !== "RUNNING" || (spec.name !== main && spec.name !== named)) continue;
    const own = spec.name === named ? conditions : {};
    const defaultMiB =
      spec.name === main
        ? DEFAULT_NEED_FRACTION * Math.min(spec.memoryMiB ?? task.memoryMiB, task.memoryMiB)
        : DEFAULT_NEED_FRACTION * (spec.memoryMiB ?? spec.memoryReservationMiB ?? 0);
    grow(ecs, task, spec.name, own.memoryMiB ?? defaultMiB, own.leakMiBPerHour ?? 0);
  }
  planKill(ecs, task, kill);
}

function grow(ecs: Ecs, task: Task, name: string, needMiB: number, leakMiBPerHour: number): void {
  const nowMs = ecs.cloud.clock.now();
  const present = task.memory.get(name);
  if (present?.toMiB === needMiB && present.leakMiBPerHour === leakMiBPerHour) return;
  const leakedMiB = present
    ? present.leakedMiB + (present.leakMiBPerHour * (nowMs - present.leakSinceMs)) / HOUR_MS
    : 0;
  task.memory.set(name, {
    fromMiB: present ? usedMiB(present, nowMs) - leakedMiB : needMiB * FIRST_FRACTION,
    toMiB: needMiB,
    rampStartMs: nowMs,
    rampEndMs: nowMs + (RAMP_LEAST_SECONDS + RAMP_SPREAD_SECONDS * ecs.cloud.random.next()) * 1000,
    leakedMiB,
    leakMiBPerHour,
    leakSinceMs: nowMs,
  });
}

/** Plans the kill of the container that first passes its limit; takes back an earlier plan. */
function planKill(ecs: Ecs, task: Task, kill: (container: Container) => void): void {
  task.memoryTimer?.cancel();
  task.memoryTimer = undefined;
  const plans = [...task.memory].flatMap(([name, use]) => {
    const atMs = crossingMs(use, memoryLimitMiB(task, name), ecs.cloud.clock.now());
    const container = task.containers.find(({ spec }) => spec.name === name);
    return atMs === undefined || container === undefined ? [] : [{ atMs, container }];
  });
  const [first] = plans.toSorted((left, right) => left.atMs - right.atMs);
  if (first === undefined) return;
  task.memoryTimer = ecs.cloud.clock.at(first.atMs, `memory of ${task.id} runs out`, () => {
    task.memoryTimer = undefined;
    kill(first.container);
  });
}

/** The instant at which use passes the limit, if it ever does. */
function crossingMs(use: MemoryUse, limitMiB: number, nowMs: number): number | undefined {
  if (usedMiB(use, nowMs) > limitMiB) return nowMs;
  const rampSlope = (use.toMiB - use.fromMiB) / Math.max(1, use.rampEndMs - use.rampStartMs);
  const leakSlope = use.leakMiBPerHour / HOUR_MS;
  const atEndMiB = usedMiB(use, Math.max(nowMs, use.rampEndMs));
  if (atEndMiB > limitMiB) return Math.ceil(nowMs + (limitMiB - usedMiB(use, nowMs)) / (rampSlope + leakSlope)) + 1;
  if (leakSlope <= 0) return undefined;
  return Math.ceil(Math.max(nowMs, use.rampEndMs) + (limitMiB - atEndMiB) / leakSlope) + 1;
}
