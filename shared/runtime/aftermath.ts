/** What a plan's end leaves behind in the service's item: cooldown, breaker, the money it added. */
import { ENDED, type PlanProgress } from "#shared/domain/plan.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";

const later = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();

const NOTHING_DONE: ReadonlySet<string> = new Set(["superseded", "held", "expired"]);

/** The item after its plan moved to `progress`: unchanged but for the plan while it still runs. */
export const settled = (item: ServiceItem, progress: PlanProgress, now: Date): ServiceItem => {
  const { aftermath } = progress.plan;
  if (!ENDED.has(progress.status)) return { ...item, active: progress };
  const { status } = progress;
  const didFail = status === "failed" || status === "stuck" || (status === "undone" && progress.didFail);
  const failures = didFail ? item.breaker.failures + 1 : progress.status === "done" ? 0 : item.breaker.failures;
  const opens = didFail && failures >= aftermath.failuresUntilOpen;
  const isInForce = progress.status === "done" || progress.status === "failed" || progress.status === "stuck";
  return {
    ...item,
    active: undefined,
    cooldownUntil: NOTHING_DONE.has(progress.status) ? item.cooldownUntil : later(now, aftermath.cooldownSeconds),
    breaker: { failures, openUntil: opens ? later(now, aftermath.breakerOpenSeconds) : item.breaker.openUntil },
    addedUsdPerMonth: item.addedUsdPerMonth + (isInForce ? progress.plan.usdPerMonth : 0),
    lastDone: progress.status === "done" ? progress : undefined,
  };
};

/** A crashed holder's plan is looked at again when its lease is over; an unpublished record after this long. */
const OUTBOX_AGAIN_SECONDS = 120;

/** When the sweep must look at the item again; undefined when it waits for nothing. */
export const dueAt = (item: ServiceItem, now: Date): Date | undefined => {
  const times: Date[] = [];
  if (item.active) {
    if (item.lease) times.push(new Date(item.lease.until));
    else if (item.active.nextCheckAt) times.push(new Date(item.active.nextCheckAt));
    else times.push(now);
  }
  if (item.waiting && !item.active) times.push(new Date(item.waiting.lookAt));
  // A wish is heard as soon as nobody runs the plan and no write of it is in doubt.
  if (item.undoAsked && !item.lease && item.active?.intent === undefined) times.push(now);
  if (item.outbox.length > 0) times.push(new Date(now.getTime() + OUTBOX_AGAIN_SECONDS * 1000));
  return times.sort((a, b) => a.getTime() - b.getTime())[0];
};
