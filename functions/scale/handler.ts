/** Divides minutes into ticks, and at each tick reads, decides, remembers and changes one service's count. */
import type { Config } from "#shared/config/schema.ts";
import { epochMs } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import type { Queues } from "#shared/ports/queues.ts";
import type { ScalableTargets } from "#shared/ports/scalable-targets.ts";
import type { TaskCounts } from "#shared/ports/task-counts.ts";
import type { Timers } from "#shared/ports/timers.ts";
import { dueAt } from "#shared/runtime/aftermath.ts";
import { createBrakes } from "#shared/runtime/brakes.ts";
import { type Message, parseEvent } from "#shared/runtime/inbox.ts";
import type { Invocation } from "#shared/runtime/lambda.ts";
import { flushOutbox } from "#shared/runtime/outbox.ts";
import type { Outcome } from "#shared/runtime/reaction.ts";
import { type Enrolment, enrolmentsOf } from "./enrolment.ts";
import { DEPTH_ALARM, DepthAlarm, MinuteSchedule, Tick } from "./event.ts";
import { heldBack, judge, refuse, type Verdict } from "./judge.ts";
import { type Intent, memoryOf, type ScaleMemory } from "./memory.ts";
import type { Readings } from "./observe.ts";
import { changed, ticked } from "./remember.ts";
import { isLate, ticksOf } from "./ticks.ts";

export interface ScaleDeps {
  readonly config: Config;
  /** What the ARN of every service of ours begins with. */
  readonly servicesArn: string;
  readonly queues: Queues;
  readonly metrics: Metrics;
  readonly tasks: TaskCounts;
  readonly targets: ScalableTargets;
  readonly timers: Timers;
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly invocation: Invocation;
}

/** Somebody else's scalable target is looked at again after this long. */
const TARGET_READ_SECONDS = 300;
/** Minutes of metrics are asked for this often at most, with messages and without: CloudWatch bills every question. */
const MINUTES_READ_SECONDS = 60;
const MINUTES_READ_WHEN_QUIET_SECONDS = 600;
/** A minute is published whole within this long. */
const PUBLISHED_SECONDS = 120;
/** As far back as a tick looks for minutes it has not seen; a question may come a minute late. */
const LOOK_BACK_SECONDS = MINUTES_READ_WHEN_QUIET_SECONDS + 60;
const MOST_CONFLICTS = 10;

const known: Outcome = { decision: "known", reason: undefined, incident: undefined };
const unread = {
  counts: { kind: "unreadable" },
  service: { kind: "unreadable" },
  minutes: undefined,
  target: undefined,
} as const;

const ignored = (reason: string): Outcome => ({ decision: "ignored", reason, incident: undefined });

/** The reaction to a queue's length, over its ports. */
export const createScale = (deps: ScaleDeps): ((message: Message) => Promise<Outcome>) => {
  const { config, servicesArn, queues, metrics, tasks, targets, timers, ledger, publisher, clock, invocation } = deps;
  const enrolments = new Map(enrolmentsOf(config).map((enrolment) => [enrolment.service, enrolment]));
  const brakes = createBrakes({ ledger, clock, secondsLeft: invocation.secondsLeft });
  const refOf = ({ service, cluster, name }: Enrolment) => ({ arn: `${servicesArn}${service}`, cluster, name });

  const minutesOf = ({ queueName, workerReports }: Enrolment, memory: ScaleMemory, now: Date) => {
    const nowSeconds = epochMs(now) / 1000;
    const [, , waiting = 0, busy = 0] = memory.state?.samples.at(-1) ?? [];
    const everySeconds = waiting + busy > 0 ? MINUTES_READ_SECONDS : MINUTES_READ_WHEN_QUIET_SECONDS;
    if (!memory.wantsMinutes || nowSeconds - memory.askedMinutesAtSeconds < everySeconds) return undefined;
    const toSeconds = Math.floor((nowSeconds - PUBLISHED_SECONDS) / 60) * 60;
    const fromSeconds = Math.max(memory.newestMinuteSeconds + 60, toSeconds - LOOK_BACK_SECONDS);
    if (fromSeconds >= toSeconds) return undefined;
    const span = { from: new Date(fromSeconds * 1000), to: new Date(toSeconds * 1000), isReported: workerReports };
    return metrics.queueMinutes(queueName, span);
  };

  const targetOf = (enrolment: Enrolment, { target, intent }: ScaleMemory, now: Date) => {
    const isFresh = target !== undefined && epochMs(now) / 1000 - target.readAtSeconds < TARGET_READ_SECONDS;
    return isFresh && intent === undefined ? undefined : targets.read(refOf(enrolment));
  };

  const read = async (enrolment: Enrolment, memory: ScaleMemory): Promise<Readings> => {
    const now = clock.now();
    const [counts, service, minutes, target] = await Promise.all([
      queues.counts(enrolment.queueName),
      tasks.read(refOf(enrolment)),
      minutesOf(enrolment, memory, now),
      targetOf(enrolment, memory, now),
    ]);
    return { now, counts, service, minutes, target };
  };

  /** Tries the change, and remembers what came of it on whatever somebody else wrote meanwhile. */
  const carryOut = async (intended: ServiceItem, verdict: Verdict, change: Intent): Promise<ServiceItem> => {
    const { ref } = intended;
    const { kind } =
      change.write === "minimum" ? await targets.setMinimum(ref, change.to) : await tasks.set(ref, change.to);
    let item = intended;
    for (;;) {
      const next = changed(item, verdict, change, kind, clock.now());
      const saved = await ledger.save(next, dueAt(next, clock.now()));
      if (saved.kind === "saved") return saved.item;
      item = saved.current;
    }
  };

  const braked = async (verdict: Verdict): Promise<Verdict> => {
    const stop = verdict.acts ? await brakes.stopped() : undefined;
    if (stop === undefined) return verdict;
    return heldBack(verdict, "because" in stop && stop.because === "paused" ? "paused" : "out-of-time");
  };

  const outcomeOf = ({ evidence, hold, acts, troubles }: Verdict): Outcome => {
    const sentence = [evidence.sentence, ...troubles].filter((part) => part !== undefined).join("; ");
    return {
      decision: acts ? "act" : troubles.length > 0 ? "escalate" : "hold",
      reason: acts ? undefined : hold,
      incident: undefined,
      ...(sentence !== "" && { sentence }),
    };
  };

  /** One look at one service; `slot` is undefined when an alarm asks for it. */
  const tick = async (enrolment: Enrolment, slot: number | undefined): Promise<Outcome> => {
    const { refusal } = enrolment;
    let item = await ledger.service(refOf(enrolment));
    let readings: Readings | undefined;
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const memory = memoryOf(item.scaling);
      if (slot !== undefined && slot <= memory.slot) return known;
      readings ??= refusal ? { ...unread, now: clock.now() } : await read(enrolment, memory);
      const verdict = refusal
        ? refuse(item, enrolment, refusal)
        : await braked(judge({ item, enrolment, config, readings }));
      const next = ticked(item, verdict, { ...readings, slot });
      const saved = await ledger.save(next, dueAt(next, clock.now()));
      if (saved.kind === "saved") {
        const { acts, change } = verdict;
        const last = acts && change ? await carryOut(saved.item, verdict, change) : saved.item;
        await flushOutbox(last, { ledger, publisher, clock });
        return outcomeOf(verdict);
      }
      item = saved.current;
    }
    throw new ReflexError("conflict", `remembering a tick of ${item.ref.arn}: lost the race ${MOST_CONFLICTS} times`);
  };

  const divide = async (event: unknown): Promise<Outcome> => {
    const { time } = parseEvent(MinuteSchedule, event, "a minute of the schedule");
    await timers.set(ticksOf([...enrolments.values()], time, clock.now()));
    return { decision: "resumed", reason: `${enrolments.size} services`, incident: undefined };
  };

  const onTick = async (event: unknown): Promise<Outcome> => {
    const { detail } = parseEvent(Tick, event, "a tick");
    const enrolment = enrolments.get(detail.service);
    if (!enrolment) return ignored("not-enrolled");
    if (isLate(detail.dueAt, clock.now(), enrolment.tickSeconds)) return ignored("late");
    return tick(enrolment, detail.slot);
  };

  const onAlarm = async (event: unknown): Promise<Outcome> => {
    const { detail } = parseEvent(DepthAlarm, event, "an alarm on a queue's depth");
    const enrolment = enrolments.get(detail.alarmName.slice(DEPTH_ALARM.length));
    return enrolment ? tick(enrolment, undefined) : ignored("not-enrolled");
  };

  return async (message) => {
    if (message.kind === "resume") {
      await flushOutbox(await ledger.service(message.service), { ledger, publisher, clock });
      return { decision: "resumed", reason: undefined, incident: undefined };
    }
    if (message.kind === "resend") return ignored("not-ours");
    if (message.detailType === "Reflex Schedule") return divide(message.event);
    if (message.detailType === "Reflex Tick") return onTick(message.event);
    return onAlarm(message.event);
  };
};
