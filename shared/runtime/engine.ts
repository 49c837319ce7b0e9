/** The one interpreter of plans: claims, runs steps, remembers before and after each write, tells, and leaves. */
import { ENDED, type Plan, type PlanProgress } from "#shared/domain/plan.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { StepName } from "#shared/domain/step.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { dueAt, settled } from "./aftermath.ts";
import { withRecord } from "./outbox.ts";
import { intending, movedOn, progressRecord, resultsSoFar, type StepMeanings } from "./progress.ts";
import type { AnyStepDefinition, StepOutcome } from "./step-definition.ts";

/** The steps a function carries, by import; a step that is not here cannot be run by it. */
export type StepTable<Ports> = Readonly<Partial<Record<StepName, AnyStepDefinition<Ports>>>>;

export interface EngineDeps<Ports> {
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly ports: Ports;
  readonly steps: StepTable<Ports>;
  /** Names this invocation; a lease of the same name is ours. */
  readonly owner: () => string;
  /** Longer than the function may run, so that a holder whose lease is over is dead. */
  readonly leaseSeconds: number;
  /** How long this invocation may still run. */
  readonly secondsLeft: () => number;
}

export type Started =
  | { readonly kind: "started"; readonly item: ServiceItem }
  /** Somebody else wrote first; decide again from what is there now. */
  | { readonly kind: "conflict"; readonly current: ServiceItem };

/** `slotAt` is when the plan's first write may happen; `isPaused` is the switch as read a moment ago. */
export interface Admitted {
  readonly slotAt: Date;
  readonly isPaused: boolean;
}

export interface Engine {
  /** Records the plan, then runs it as far as it goes now. */
  start(item: ServiceItem, plan: Plan, admitted: Admitted): Promise<Started>;
  /** Goes on with a plan of this service if it is due; `isWoken` asks now, whatever the time. */
  resume(ref: ServiceRef, options: { readonly isWoken: boolean }): Promise<void>;
  /** Writes the records an item still holds into history and onto the bus. */
  flush(item: ServiceItem): Promise<void>;
}

/** The pause switch is looked at again after this long, and while it is on a plan asks again so often. */
const PAUSE_READ_SECONDS = 5;
const PAUSED_AGAIN_SECONDS = 300;

/** A plan sends itself back to its queue at most so often, well below Lambda's limit of 16 rounds. */
const MOST_SELF_SENT = 8;

const GOING_ON: ReadonlySet<string> = new Set(["running", "undoing"]);

const afterSeconds = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

const initialProgress = (plan: Plan, now: Date, slotAt: Date): PlanProgress => ({
  plan,
  status: plan.mode === "ask" ? "awaiting-approval" : "running",
  steps: plan.steps,
  cursor: 0,
  results: {},
  intent: undefined,
  stepStartedAt: now.toISOString(),
  nextCheckAt: slotAt > now ? slotAt.toISOString() : undefined,
  derivations: 0,
  attempts: 0,
  because: slotAt > now ? "rate" : undefined,
});

/** No write to AWS is begun with less time left, for its answer could not be remembered. */
const SECONDS_A_WRITE_NEEDS = 10;

export const createEngine = <Ports>(deps: EngineDeps<Ports>): Engine => {
  const { ledger, publisher, mailbox, clock, ports, steps, owner, leaseSeconds, secondsLeft } = deps;
  let pauseSeen: { readonly at: Date; readonly isPaused: boolean } | undefined;

  const meanings: StepMeanings = {
    undo: (step, result) => steps[step.do]?.undo(step, result) ?? [],
    rebase: (step, revision, by) => steps[step.do]?.rebase(step, revision, by) ?? step,
    writes: (step) => steps[step.do]?.writes ?? false,
  };

  const isPaused = async (now: Date): Promise<boolean> => {
    if (!pauseSeen || now.getTime() - pauseSeen.at.getTime() > PAUSE_READ_SECONDS * 1000) {
      pauseSeen = { at: now, isPaused: (await ledger.account()).isPaused };
    }
    return pauseSeen.isPaused;
  };

  /** Writes a change of an item we hold; when a kill was noted meanwhile, the change is made again on that. */
  const write = async (item: ServiceItem, change: (fresh: ServiceItem) => ServiceItem): Promise<ServiceItem> => {
    let fresh = item;
    for (;;) {
      const changed = change(fresh);
      const result = await ledger.save(changed, dueAt(changed, clock.now()));
      if (result.kind === "saved") return result.item;
      if (result.current.lease?.owner !== owner()) {
        throw new ReflexError(
          "conflict",
          `saving the plan of ${item.ref.arn}: its lease is now ${result.current.lease?.owner ?? "free"}'s`,
        );
      }
      fresh = result.current;
    }
  };

  const leased = (item: ServiceItem, now: Date): ServiceItem => ({
    ...item,
    lease: { owner: owner(), until: afterSeconds(now, leaseSeconds).toISOString() },
  });

  /** What the step at the cursor says; a failure of any kind is an answer too, so that it is remembered. */
  const ask = async (
    item: ServiceItem,
    progress: PlanProgress,
    isRetry: boolean,
  ): Promise<StepOutcome | ReflexError> => {
    const { plan, steps: all, cursor } = progress;
    const step = all[cursor];
    const definition = step && steps[step.do];
    if (!definition)
      return new ReflexError("defect", `running ${step?.do} of plan ${plan.id}: not a step of this function`);
    try {
      return await definition.run(step, {
        ports,
        plan,
        now: clock.now(),
        startedAt: new Date(progress.stepStartedAt),
        isRetry,
        results: resultsSoFar(progress),
        kills: item.kills,
      });
    } catch (error) {
      if (error instanceof ReflexError) return error;
      return new ReflexError("defect", `running ${step.do} of plan ${plan.id}: ${String(error)}`, { cause: error });
    }
  };

  /** Why the next write must not be begun now. */
  const heldBack = async (): Promise<StepOutcome | undefined> => {
    const now = clock.now();
    if (secondsLeft() < SECONDS_A_WRITE_NEEDS) return { kind: "wait", until: now, because: "out-of-time" };
    if (!(await isPaused(now))) return undefined;
    return { kind: "wait", until: afterSeconds(now, PAUSED_AGAIN_SECONDS), because: "paused" };
  };

  const writesNext = ({ steps: all, cursor }: PlanProgress): boolean => {
    const step = all[cursor];
    return step !== undefined && meanings.writes(step);
  };

  /** Runs steps until the plan waits or ends. We hold the lease; `intentAt` is the intent that this very run wrote. */
  const drive = async (held: ServiceItem, intentAt: string | undefined): Promise<ServiceItem> => {
    let item = held;
    let ownIntentAt = intentAt;
    for (;;) {
      const before = item.active;
      if (!before) return item;
      const brake = writesNext(before) ? await heldBack() : undefined;
      if (!brake && writesNext(before) && before.intent === undefined) {
        ownIntentAt = clock.now().toISOString();
        const intended = intending(before, ownIntentAt);
        item = await write(item, (fresh) => ({ ...fresh, active: intended }));
      }
      const wasTried = before.attempts > 0 || (before.intent !== undefined && before.intent.at !== ownIntentAt);
      const outcome = brake ?? (await ask(item, before, wasTried));
      const now = clock.now();
      const after = movedOn(before, outcome, meanings, now);
      const record = progressRecord(before, after, outcome, now);
      const tell = (fresh: ServiceItem): ServiceItem => ({
        ...fresh,
        outbox: isNews(before, after) ? withRecord(fresh, record) : fresh.outbox,
      });
      if (ENDED.has(after.status) || after.nextCheckAt !== undefined) {
        return write(item, (fresh) => ({ ...settled(tell(fresh), after, now), lease: undefined }));
      }
      if (writesNext(after)) {
        ownIntentAt = now.toISOString();
        const intended = intending(after, ownIntentAt);
        item = await write(item, (fresh) => ({ ...tell(fresh), active: intended }));
      } else {
        // Nothing is written to AWS before the next save, so a crash here costs only a second look.
        item = { ...tell(item), active: after };
      }
    }
  };

  /** Goes on by itself soon after AWS refused; the sweep would come too, only later. */
  const askAgainSoon = async ({ ref, active }: ServiceItem): Promise<void> => {
    if (!active?.nextCheckAt || active.attempts === 0 || active.attempts > MOST_SELF_SENT) return;
    const delaySeconds = (new Date(active.nextCheckAt).getTime() - clock.now().getTime()) / 1000;
    await mailbox.send({ resume: active.plan.id, service: ref }, { delaySeconds });
  };

  const run = async (held: ServiceItem, intentAt: string | undefined): Promise<ServiceItem> => {
    const item = await drive(held, intentAt);
    await askAgainSoon(item);
    await flush(item);
    return item;
  };

  const flush = async (item: ServiceItem): Promise<void> => {
    if (item.outbox.length === 0) return;
    await Promise.all(item.outbox.map((record) => ledger.append(record)));
    await publisher.publish(item.outbox);
    const sent = new Set(item.outbox.map(({ id }) => id));
    let fresh = item;
    for (;;) {
      const emptied = { ...fresh, outbox: fresh.outbox.filter(({ id }) => !sent.has(id)) };
      const result = await ledger.save(emptied, dueAt(emptied, clock.now()));
      if (result.kind === "saved") return;
      fresh = result.current;
    }
  };

  return {
    flush,

    async start(item, plan, { slotAt, isPaused: isSwitchOn }) {
      const now = clock.now();
      pauseSeen = { at: now, isPaused: isSwitchOn };
      const progress = initialProgress(plan, now, slotAt);
      const runsNow = progress.status === "running" && progress.nextCheckAt === undefined;
      const intentAt = now.toISOString();
      const claimed = runsNow
        ? leased({ ...item, active: intending(progress, intentAt) }, now)
        : { ...item, active: progress };
      const result = await ledger.save(claimed, dueAt(claimed, now));
      if (result.kind === "conflict") return result;
      if (runsNow) return { kind: "started", item: await run(result.item, intentAt) };
      if (progress.status === "running") {
        const delaySeconds = (slotAt.getTime() - now.getTime()) / 1000;
        await mailbox.send({ resume: plan.id, service: item.ref }, { delaySeconds });
      }
      await flush(result.item);
      return { kind: "started", item: result.item };
    },

    async resume(ref, { isWoken }) {
      const now = clock.now();
      const item = await ledger.service(ref);
      if (item.lease && new Date(item.lease.until) > now) return;
      const { active } = item;
      if (!active || !GOING_ON.has(active.status)) return flush(item);
      const isEarly = active.nextCheckAt !== undefined && new Date(active.nextCheckAt) > now;
      // A slot of the rate limit and the pause after a failure are not cut short by an event.
      const mayBeWoken = isWoken && active.attempts === 0 && active.because !== "rate";
      if (isEarly && !mayBeWoken) return;
      const claimed = leased({ ...item, active: { ...active, nextCheckAt: undefined } }, now);
      const result = await ledger.save(claimed, dueAt(claimed, now));
      if (result.kind === "saved") await run(result.item, undefined);
    },
  };
};

/** Waiting on is no news: only a change of step, status or reason is told. */
const isNews = (before: PlanProgress, after: PlanProgress): boolean =>
  before.cursor !== after.cursor || before.status !== after.status || before.because !== after.because;
