/** The one interpreter of plans: claims, runs steps, remembers before and after each write, tells, and leaves. */
import { ENDED, PLAN_SCHEMA_VERSION, type Plan, type PlanProgress, type ReactionName } from "#shared/domain/plan.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { StepName } from "#shared/domain/step.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AccountState, Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { dueAt, settled } from "./aftermath.ts";
import { createBrakes, slotted } from "./brakes.ts";
import { madeWay } from "./made-way.ts";
import { flushOutbox, type Untold, withRecord, withRecords } from "./outbox.ts";
import {
  expired,
  initialProgress,
  intending,
  movedOn,
  progressRecord,
  resultsSoFar,
  type StepMeanings,
} from "./progress.ts";
import type { AnyStepDefinition, StepOutcome } from "./step-definition.ts";
import { wishHeard } from "./undo-wish.ts";

/** The steps a function carries, by import; a step that is not here cannot be run by it. */
export type StepTable<Ports> = Readonly<Partial<Record<StepName, AnyStepDefinition<Ports>>>>;

export interface EngineDeps<Ports> {
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly ports: Ports;
  readonly steps: StepTable<Ports>;
  /** Whose plans it runs; another reaction's plan of the same service is left alone. */
  readonly reaction: ReactionName;
  /** Names this invocation; a lease of the same name is ours. */
  readonly owner: () => string;
  /** Longer than the function may run, so that a holder whose lease is over is dead. */
  readonly leaseSeconds: number;
  /** How long this invocation may still run. */
  readonly secondsLeft: () => number;
  /** Whether a proposal's service changed so that no answer could carry it out; asked when an event tells of a change. */
  readonly isVoid?: (plan: Plan) => Promise<boolean>;
}

export type Started =
  | { readonly kind: "started"; readonly item: ServiceItem }
  /** Somebody else wrote first; decide again from what is there now. */
  | { readonly kind: "conflict"; readonly current: ServiceItem };

export interface Engine {
  /** Records the plan, then runs it as far as it goes now. `account` is the account as read just now. */
  start(item: ServiceItem, plan: Plan, account: AccountState | undefined): Promise<Started>;
  /** Goes on with a plan of this service if it is due; `isWoken` asks now, whatever the time. Answers the item where there is no plan. */
  resume(ref: ServiceRef, options: { readonly isWoken: boolean }): Promise<ServiceItem | undefined>;
  /** Writes the records an item still holds into history and onto the bus. */
  flush(item: ServiceItem): Promise<void>;
}

/** A plan sends itself back to its queue at most so often, well below Lambda's limit of 16 rounds. */
const MOST_SELF_SENT = 8;

/** Each slot may take two messages of a quarter of an hour; after so many missed ones the sweep goes on with the plan. */
const MOST_SLOTS_MISSED = 3;

const GOING_ON: ReadonlySet<string> = new Set(["running", "undoing"]);

const afterSeconds = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

export const createEngine = <Ports>(deps: EngineDeps<Ports>): Engine => {
  const { reaction, ledger, publisher, mailbox, clock, ports, steps, owner, leaseSeconds, secondsLeft } = deps;
  const { isVoid = async () => false } = deps;
  const brakes = createBrakes({ ledger, clock, secondsLeft });

  const meanings: StepMeanings = {
    undo: (step, result) => steps[step.do]?.undo(step, result) ?? [],
    rebase: (step, revision, by) => steps[step.do]?.rebase(step, revision, by) ?? step,
    writes: (step) => steps[step.do]?.writes ?? false,
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

  /** Another reaction's: its steps and permissions are not ours. */
  const isForeign = (progress: PlanProgress | undefined): boolean =>
    progress !== undefined && progress.plan.reaction !== reaction;

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
    if (plan.schemaVersion !== PLAN_SCHEMA_VERSION)
      return new ReflexError(
        "defect",
        `running plan ${plan.id}: its version is ${plan.schemaVersion}, ours is ${PLAN_SCHEMA_VERSION}`,
      );
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

  const writesNext = ({ steps: all, cursor }: PlanProgress): boolean => {
    const step = all[cursor];
    return step !== undefined && meanings.writes(step);
  };

  /** Asks the step at the cursor, unless a brake is on. What was not begun leaves no intent behind. */
  const advance = async (item: ServiceItem, progress: PlanProgress, ownIntentAt: string | undefined) => {
    const isOwnIntent = progress.intent?.at === ownIntentAt;
    const wasTried = progress.attempts > 0 || (progress.intent !== undefined && !isOwnIntent);
    if (!writesNext(progress)) return { outcome: await ask(item, progress, wasTried), from: progress };
    const brake = await brakes.heldBack(progress);
    if (!brake) {
      return {
        outcome: await ask(item, progress, wasTried),
        from: { ...progress, isAdmitted: true, slotAt: undefined },
      };
    }
    return { outcome: brake, from: { ...slotted(progress, brake), ...(isOwnIntent && { intent: undefined }) } };
  };

  /** Runs steps until the plan waits or ends. We hold the lease; `intentAt` is the intent that this very run wrote. */
  const drive = async (held: ServiceItem, intentAt: string | undefined): Promise<ServiceItem> => {
    let item = held;
    let ownIntentAt = intentAt;
    // Told by the next save on whatever it finds: somebody else's write must not lose the record of a step before.
    let untold: Untold[] = [];
    const tell = (fresh: ServiceItem): ServiceItem => ({ ...fresh, outbox: withRecords(fresh, untold) });
    for (;;) {
      let before = item.active;
      if (!before) return item;
      if (writesNext(before) && before.intent === undefined) {
        ownIntentAt = clock.now().toISOString();
        before = intending(before, ownIntentAt);
        const intended = before;
        item = await write(item, (fresh) => ({ ...fresh, active: intended }));
      }
      const { outcome, from } = await advance(item, before, ownIntentAt);
      const now = clock.now();
      const after = movedOn(from, outcome, meanings, now);
      if (isNews(from, after)) untold.push(progressRecord(from, after, outcome, meanings, now));
      if (ENDED.has(after.status) || after.nextCheckAt !== undefined) {
        return write(item, (fresh) => ({ ...settled(tell(fresh), after, now), lease: undefined }));
      }
      if (writesNext(after)) {
        ownIntentAt = now.toISOString();
        const intended = intending(after, ownIntentAt);
        item = await write(item, (fresh) => ({ ...tell(fresh), active: intended }));
        untold = [];
      } else {
        // Nothing is written to AWS before the next save, so a crash here costs only a second look.
        item = { ...item, active: after };
      }
    }
  };

  /** Goes on by itself when its slot has come or after AWS refused; the sweep would come too, only later. */
  const askAgainSoon = async ({ ref, active }: ServiceItem): Promise<void> => {
    const isExpected = active?.because === "rate" || (active !== undefined && active.attempts > 0);
    const isLeftToTheSweep =
      active !== undefined && (active.attempts > MOST_SELF_SENT || (active.slotsMissed ?? 0) > MOST_SLOTS_MISSED);
    if (!isExpected || !active.nextCheckAt || isLeftToTheSweep) return;
    const delaySeconds = (new Date(active.nextCheckAt).getTime() - clock.now().getTime()) / 1000;
    await mailbox.send({ resume: active.plan.id, service: ref }, { delaySeconds });
  };

  const run = async (held: ServiceItem, intentAt: string | undefined): Promise<ServiceItem> => {
    const item = await drive(held, intentAt);
    await askAgainSoon(item);
    await flush(item);
    return item;
  };

  const flush = (item: ServiceItem): Promise<void> => flushOutbox(item, { ledger, publisher, clock });

  /** A proposal that nobody answered in time is over: silence is a no. So is one that has become void. */
  const endProposal = async (item: ServiceItem, active: PlanProgress, isWoken: boolean): Promise<void> => {
    const now = clock.now();
    const isLate = active.nextCheckAt !== undefined && new Date(active.nextCheckAt) <= now;
    if (!isLate && !(isWoken && (await isVoid(active.plan)))) return flush(item);
    const said = { kind: "superseded", because: isLate ? "not-answered" : "already-replaced" } as const;
    const after = isLate ? expired(active) : movedOn(active, said, meanings, now);
    const record = progressRecord(active, after, said, meanings, now);
    const over = settled({ ...item, outbox: withRecord(item, record) }, after, now);
    const result = await ledger.save(over, dueAt(over, now));
    if (result.kind === "saved") await flush(result.item);
  };

  const told = async (item: ServiceItem): Promise<ServiceItem> => {
    await flush(item);
    return item;
  };

  return {
    flush,

    async start(before, plan, account) {
      if (account) brakes.saw(account);
      const now = clock.now();
      const outbox = madeWay(before, plan, meanings, now);
      const item = { ...before, outbox, lastDone: undefined, undoAsked: undefined };
      const progress = initialProgress(plan, now);
      if (progress.status !== "running") {
        const result = await ledger.save({ ...item, active: progress }, dueAt({ ...item, active: progress }, now));
        if (result.kind === "conflict") return result;
        await flush(result.item);
        return { kind: "started", item: result.item };
      }
      const intentAt = now.toISOString();
      const claimed = leased({ ...item, active: intending(progress, intentAt) }, now);
      const result = await ledger.save(claimed, dueAt(claimed, now));
      if (result.kind === "conflict") return result;
      return { kind: "started", item: await run(result.item, intentAt) };
    },

    async resume(ref, { isWoken }) {
      let stored = await ledger.service(ref);
      for (;;) {
        const now = clock.now();
        if (stored.lease && new Date(stored.lease.until) > now) return undefined;
        if (isForeign(stored.active)) return undefined;
        const item = isForeign(stored.lastDone) ? stored : wishHeard(stored, meanings, now);
        const { active } = item;
        if (!active && item !== stored) {
          const result = await ledger.save(item, dueAt(item, now));
          if (result.kind === "saved") return told(result.item);
          stored = result.current;
          continue;
        }
        if (!active) return told(item);
        if (!GOING_ON.has(active.status)) {
          await endProposal(item, active, isWoken);
          return undefined;
        }
        const isEarly = active.nextCheckAt !== undefined && new Date(active.nextCheckAt) > now;
        // A slot of the rate limit and the pause after a failure are not cut short by an event.
        const mayBeWoken = isWoken && active.attempts === 0 && active.because !== "rate";
        if (isEarly && !mayBeWoken) {
          // A queue delays a message by a quarter of an hour at most; a slot further ahead takes several.
          if (!isWoken && active.because === "rate") await askAgainSoon(item);
          return undefined;
        }
        const claimed = leased({ ...item, active: { ...active, nextCheckAt: undefined } }, now);
        const result = await ledger.save(claimed, dueAt(claimed, now));
        if (result.kind === "saved") {
          await run(result.item, undefined);
          return undefined;
        }
        // Somebody noted a kill meanwhile, or goes on with the plan already: look again.
        stored = result.current;
      }
    },
  };
};

/** Waiting on is no news: only a change of step, status or reason is told. */
const isNews = (before: PlanProgress, after: PlanProgress): boolean =>
  before.cursor !== after.cursor || before.status !== after.status || before.because !== after.because;
