/** What a service's item remembers of its kills: those that are counted, and the one that waits. */
import type { Kill, ObservedKill } from "#shared/domain/kill.ts";
import { addSeconds, epochMs, isBefore } from "#shared/domain/time.ts";
import type { ServiceItem, WaitingKill } from "#shared/ports/ledger.ts";

/** Kills kept per service: enough for any window's count, small in an item. */
const KILLS_KEPT = 50;

/** Kills that say nothing of the task's size: they count neither towards a threshold nor against a raise. */
const NOT_COUNTED: ReadonlySet<string> = new Set(["being-stopped", "injected-container"]);

/** Somebody else's change is under way: the kill is judged again when that is over. */
const WAITS: ReadonlySet<string> = new Set(["deployment-in-progress", "stack-in-progress"]);

/** How often at most a waiting kill is judged again; an event of the change's end comes sooner, as a rule. */
const LOOKS = 12;

const counted = ({ taskArn, container, revision, at, ranSeconds, version }: ObservedKill): Kill => ({
  taskArn,
  container,
  revision,
  at,
  ranSeconds,
  version,
});

const isSame = (kill: Kill, other: Kill): boolean =>
  kill.taskArn === other.taskArn && kill.container === other.container;

const withKill = (kills: readonly Kill[], kill: ObservedKill): readonly Kill[] =>
  [...kills.filter((one) => !isSame(one, kill)), counted(kill)]
    .sort((one, other) => epochMs(one.at) - epochMs(other.at))
    .slice(-KILLS_KEPT);

/** A kill older than all of a full count was counted once, or comes too late to matter. */
const isForgotten = (kills: readonly Kill[], kill: ObservedKill): boolean =>
  kills.length >= KILLS_KEPT && kills.every(({ at }) => isBefore(kill.at, at));

/** Whether nothing is left to decide of this kill. A waiting one is known and still to be decided. */
export const isDecided = ({ kills, waiting }: ServiceItem, kill: ObservedKill): boolean => {
  if (waiting && isSame(waiting.kill, kill)) return false;
  return isForgotten(kills, kill) || kills.some((one) => isSame(one, kill));
};

/** One kill of a service waits at a time: what is done for it is done for those that came after it. */
const waitingAfter = (
  waiting: WaitingKill | undefined,
  kill: ObservedKill,
  reason: string | undefined,
  { now, limitSeconds }: { readonly now: Date; readonly limitSeconds: number },
): WaitingKill | undefined => {
  if (reason !== undefined && waiting && !isSame(waiting.kill, kill)) return waiting;
  if (reason === undefined || !WAITS.has(reason)) return undefined;
  return { kill, since: waiting?.since ?? now.toISOString(), lookAt: addSeconds(now, Math.ceil(limitSeconds / LOOKS)) };
};

/** The item after a kill was answered with `reason`, or with a plan. */
export const withAnswered = (
  item: ServiceItem,
  kill: ObservedKill,
  reason: string | undefined,
  wait: { readonly now: Date; readonly limitSeconds: number },
): ServiceItem => ({
  ...item,
  kills: NOT_COUNTED.has(reason ?? "") ? item.kills : withKill(item.kills, kill),
  waiting: waitingAfter(item.waiting, kill, reason, wait),
});
