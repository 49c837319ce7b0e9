import fc from "fast-check";
import { expect, test } from "vitest";
import type { ScaleObservation } from "./observation.ts";
import { decide } from "./policy.ts";
import type { ScaleSettings } from "./settings.ts";
import type { ScaleState } from "./state.ts";

const settings = fc.record({
  latencySeconds: fc.integer({ min: 10, max: 900 }),
  percentile: fc.constantFrom(99, 99.9, 100),
  min: fc.integer({ min: 0, max: 5 }),
  max: fc.integer({ min: 5, max: 400 }),
  slotsPerTask: fc.integer({ min: 1, max: 10 }),
  tickSeconds: fc.constantFrom(10, 60),
  startSeconds: fc.constantFrom({ median: 23, p95: 35 }, { median: 35, p95: 60 }, { median: 60, p95: 120 }),
});

const counts = fc.option(fc.record({ visibleMessages: fc.nat(100_000), inFlightMessages: fc.nat(5_000) }), {
  nil: undefined,
  freq: 8,
});

const tick = fc.record({
  counts,
  tasksReadable: fc.boolean().map((odd) => odd || true),
  running: fc.nat(400),
  pending: fc.nat(50),
  afterSeconds: fc.oneof(
    { weight: 8, arbitrary: fc.constant(10) },
    { weight: 2, arbitrary: fc.integer({ min: -20, max: 400 }) },
  ),
  deleted: fc.nat(50_000),
  hasMinute: fc.boolean(),
  killedForMemory: fc.boolean(),
  deploymentInProgress: fc.boolean(),
  reported: fc.option(fc.double({ min: 0.01, max: 300, noNaN: true }), { nil: undefined, freq: 2 }),
});

type Tick = typeof tick extends fc.Arbitrary<infer T> ? T : never;

const observationOf = (seen: Tick, nowSeconds: number, tasksReadable = true): ScaleObservation => ({
  nowSeconds,
  ...(seen.counts === undefined ? {} : { counts: seen.counts }),
  ...(tasksReadable
    ? { tasks: { desiredCount: seen.running + seen.pending, runningCount: seen.running, pendingCount: seen.pending } }
    : {}),
  ...(seen.hasMinute
    ? {
        minutes: [
          {
            startSeconds: Math.floor(nowSeconds / 60) * 60 - 120,
            sentMessages: seen.deleted,
            deletedMessages: seen.deleted,
          },
        ],
      }
    : {}),
  ...(seen.reported === undefined ? {} : { reportedSecondsPerMessage: seen.reported }),
  killedForMemory: seen.killedForMemory,
  deploymentInProgress: seen.deploymentInProgress,
});

const play = (
  given: ScaleSettings,
  ticks: readonly Tick[],
  look: (before: ScaleState | undefined, observation: ScaleObservation, decision: ReturnType<typeof decide>) => void,
) => {
  let state: ScaleState | undefined;
  let nowSeconds = 1_790_000_000;
  for (const [index, seen] of ticks.entries()) {
    nowSeconds += seen.afterSeconds;
    const observation = observationOf(seen, nowSeconds, index % 7 !== 6);
    const decision = decide(observation, state, given);
    look(state, observation, decision);
    state = decision.state;
  }
};

test("whatever it sees, the count stays within the limits and every number is a number", () => {
  fc.assert(
    fc.property(settings, fc.array(tick, { maxLength: 60 }), (given, ticks) => {
      play(given, ticks, (_, __, { desiredCount, explanation }) => {
        expect(desiredCount).toBeGreaterThanOrEqual(given.min);
        expect(desiredCount).toBeLessThanOrEqual(given.max);
        expect(Number.isInteger(desiredCount)).toBe(true);
        for (const value of Object.values(explanation))
          if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
      });
    }),
    { numRuns: 150 },
  );
});

test("what it remembers stays under four kilobytes and survives being written down", () => {
  fc.assert(
    fc.property(settings, fc.array(tick, { minLength: 60, maxLength: 120 }), (given, ticks) => {
      play(given, ticks, (before, observation, decision) => {
        const written = JSON.stringify(decision.state);
        expect(written.length).toBeLessThan(4096);
        expect(JSON.parse(written)).toEqual(decision.state);
        const reread = before === undefined ? undefined : JSON.parse(JSON.stringify(before));
        expect(decide(observation, reread, given).desiredCount).toBe(decision.desiredCount);
      });
    }),
    { numRuns: 30 },
  );
});

test("a read that failed never shrinks a service", () => {
  fc.assert(
    fc.property(settings, fc.array(tick, { minLength: 2, maxLength: 40 }), (given, ticks) => {
      play(given, ticks, (before, { counts: read, tasks }, { desiredCount }) => {
        const had = tasks?.desiredCount ?? before?.desiredCount;
        if ((read === undefined || tasks === undefined) && had !== undefined)
          expect(desiredCount).toBeGreaterThanOrEqual(Math.min(given.max, had));
      });
    }),
    { numRuns: 100 },
  );
});

test("the same tick delivered again changes nothing", () => {
  fc.assert(
    fc.property(settings, fc.array(tick, { minLength: 1, maxLength: 30 }), (given, ticks) => {
      play(given, ticks, (_, observation, { state, desiredCount }) => {
        const again = decide(
          observation.tasks === undefined
            ? observation
            : { ...observation, tasks: { ...observation.tasks, desiredCount } },
          state,
          given,
        );
        expect(again.desiredCount).toBe(desiredCount);
      });
    }),
    { numRuns: 80 },
  );
});

test("it never removes more tasks than would still leave one for each message being worked on", () => {
  fc.assert(
    fc.property(settings, fc.nat(200), fc.integer({ min: 1, max: 60 }), (given, inFlight, running) => {
      let state: ScaleState | undefined;
      for (let index = 0; index < 40; index += 1) {
        const decision = decide(
          {
            nowSeconds: 1_790_000_000 + index * 10,
            counts: { visibleMessages: 0, inFlightMessages: Math.min(inFlight, running * given.slotsPerTask) },
            tasks: { desiredCount: running, runningCount: running, pendingCount: 0 },
            reportedSecondsPerMessage: 600,
          },
          state,
          given,
        );
        state = decision.state;
        if (decision.explanation.reason !== "outside-limits" && inFlight > 0)
          expect(decision.desiredCount).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 40 },
  );
});

test("a queue whose few messages come and go between the reads leaves every number a number", () => {
  const quiet = fc.record({ isMet: fc.boolean(), deleted: fc.integer({ min: 1, max: 6 }) });
  const given: ScaleSettings = {
    latencySeconds: 60,
    percentile: 100,
    min: 1,
    max: 50,
    slotsPerTask: 4,
    tickSeconds: 10,
    startSeconds: { median: 35, p95: 60 },
  };
  fc.assert(
    fc.property(fc.array(quiet, { minLength: 1, maxLength: 10 }), fc.nat(9), (minutes, unmetMinutes) => {
      let state: ScaleState | undefined;
      const first = 1_790_000_040;
      for (let second = 0; second < minutes.length * 60 + 180; second += 10) {
        const startSeconds = first + Math.floor(second / 60) * 60 - 120;
        const index = Math.floor((startSeconds - first) / 60);
        const { deleted } = minutes[index] ?? { deleted: 0 };
        const isMet = second % 60 === 30 && index + 2 >= unmetMinutes && (minutes[index + 2]?.isMet ?? false);
        const decision = decide(
          {
            nowSeconds: first + second,
            counts: { visibleMessages: 0, inFlightMessages: isMet ? 1 : 0 },
            tasks: { desiredCount: 1, runningCount: 1, pendingCount: 0 },
            ...(second % 60 === 0 && { minutes: [{ startSeconds, sentMessages: deleted, deletedMessages: deleted }] }),
          },
          state,
          given,
        );
        state = decision.state;
        for (const value of Object.values(decision.explanation))
          if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
        expect(decision.desiredCount).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 60 },
  );
});
