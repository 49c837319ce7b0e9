/** What stands between a plan and its next write to AWS: time left, the pause switch, budgets and rate. */
import type { PlanProgress } from "#shared/domain/plan.ts";
import { addSeconds, isOlderThan } from "#shared/domain/time.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AccountState, Ledger } from "#shared/ports/ledger.ts";
import type { StepOutcome } from "./step-definition.ts";

export interface BrakeDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** How long this invocation may still run. */
  readonly secondsLeft: () => number;
}

export interface Brakes {
  /** Takes the account as somebody read it just now, which saves a read. */
  saw(account: AccountState): void;
  /** What stops every write, with a plan or without one: too little time left, or the pause switch. */
  stopped(): Promise<StepOutcome | undefined>;
  /** Why the next write must not be begun now; undefined when it may. */
  heldBack(progress: PlanProgress): Promise<StepOutcome | undefined>;
}

/** No write is begun with less time left, for its answer could not be remembered. */
const SECONDS_A_WRITE_NEEDS = 10;

/** The pause switch is read again after this long, and while it is on a plan asks again so often. */
const SWITCH_READ_SECONDS = 5;
const PAUSED_AGAIN_SECONDS = 300;

/** Plans that come late all come at once: who comes later than the next slot begins has to take another. */
const hasMissedItsSlot = ({ slotAt, plan }: PlanProgress, now: Date): boolean =>
  slotAt !== undefined && plan.admission !== undefined && isOlderThan(slotAt, plan.admission.intervalMs / 1000, now);

/** A wait for a slot is an admission; a second one means that the first slot was missed. */
export const slotted = (progress: PlanProgress, brake: StepOutcome): PlanProgress =>
  brake.kind === "wait" && brake.because === "rate"
    ? {
        ...progress,
        isAdmitted: true,
        slotAt: brake.until.toISOString(),
        slotsMissed: (progress.slotsMissed ?? 0) + (progress.isAdmitted ? 1 : 0),
      }
    : progress;

export const createBrakes = ({ ledger, clock, secondsLeft }: BrakeDeps): Brakes => {
  let seen: { readonly at: Date; readonly account: AccountState } | undefined;

  const accountNow = async (now: Date): Promise<AccountState> => {
    if (!seen || isOlderThan(seen.at, SWITCH_READ_SECONDS, now)) seen = { at: now, account: await ledger.account() };
    return seen.account;
  };

  const stoppedAt = async (now: Date): Promise<StepOutcome | undefined> => {
    if (secondsLeft() < SECONDS_A_WRITE_NEEDS) return { kind: "wait", until: now, because: "out-of-time" };
    const { isPaused } = await accountNow(now);
    if (!isPaused) return undefined;
    return { kind: "wait", until: new Date(addSeconds(now, PAUSED_AGAIN_SECONDS)), because: "paused" };
  };

  /** A place in AWS's rate limit and in the budgets; the budgets are spent once per plan. */
  const admission = async (
    { plan, isAdmitted }: PlanProgress,
    account: AccountState,
    now: Date,
  ): Promise<StepOutcome | undefined> => {
    if (!plan.admission) return undefined;
    const { usdPerMonth } = plan;
    const admitted = await ledger.admit({ ...plan.admission, usdPerMonth, isFirst: !isAdmitted, seen: account, now });
    if (admitted.kind === "over-budget") {
      return { kind: "held", because: "budget-account", evidence: { spent: admitted.spent } };
    }
    return admitted.slotAt > now ? { kind: "wait", until: admitted.slotAt, because: "rate" } : undefined;
  };

  return {
    saw(account) {
      seen = { at: clock.now(), account };
    },

    async stopped() {
      return stoppedAt(clock.now());
    },

    async heldBack(progress) {
      const now = clock.now();
      const stopped = await stoppedAt(now);
      if (stopped || (progress.isAdmitted && !hasMissedItsSlot(progress, now))) return stopped;
      return admission(progress, await accountNow(now), now);
    },
  };
};
