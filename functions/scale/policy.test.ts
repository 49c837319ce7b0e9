import { expect, test } from "vitest";
import { sentence } from "./explanation.ts";
import type { ScaleObservation } from "./observation.ts";
import { decide, type ScaleDecision } from "./policy.ts";
import type { ScaleSettings } from "./settings.ts";
import type { ScaleState } from "./state.ts";

const settings = (over: Partial<ScaleSettings> = {}): ScaleSettings => ({
  latencySeconds: 60,
  percentile: 100,
  min: 1,
  max: 50,
  secondsPerMessage: 2,
  slotsPerTask: 4,
  tickSeconds: 10,
  startSeconds: { median: 35, p95: 60 },
  ...over,
});

interface Seen {
  readonly visible: number;
  readonly inFlight: number;
  readonly running: number;
  readonly pending?: number;
  readonly over?: Partial<ScaleObservation>;
}

const observe = (nowSeconds: number, { visible, inFlight, running, pending = 0, over }: Seen): ScaleObservation => ({
  nowSeconds,
  counts: { visibleMessages: visible, inFlightMessages: inFlight },
  tasks: { desiredCount: running + pending, runningCount: running, pendingCount: pending },
  ...over,
});

/** Ticks of ten seconds, the last one's decision; each is shown what the list says, whatever was decided. */
const after = (seen: readonly Seen[], given = settings()): ScaleDecision => {
  let state: ScaleState | undefined;
  let decision: ScaleDecision | undefined;
  for (const [tick, entry] of seen.entries()) {
    decision = decide(observe(1000 + tick * given.tickSeconds, entry), state, given);
    state = decision.state;
  }
  if (decision === undefined) throw new Error("there is no tick to decide on");
  return decision;
};

const times = (count: number, seen: (tick: number) => Seen): readonly Seen[] =>
  Array.from({ length: count }, (_, tick) => seen(tick));
const busy = (running: number): Seen => ({ visible: running * 40, inFlight: running * 4, running });
const idle = (running: number): Seen => ({ visible: 0, inFlight: 0, running });
const flooded = (tick: number, running = 2): Seen => ({ visible: 400 * (tick + 1), inFlight: running * 4, running });

test("a steady queue whose tasks keep up is left alone", () => {
  const { desiredCount, explanation } = after(times(30, () => busy(5)));
  expect([desiredCount, explanation.reason]).toEqual([5, "fits"]);
});

test("a queue that was not watched before is not taken for a surge", () => {
  for (const ticks of [1, 2, 3, 4]) expect(after(times(ticks, () => busy(5))).desiredCount).toBe(5);
});

test("a flood adds tasks at the first tick that shows it", () => {
  const { desiredCount, explanation } = after([...times(20, () => busy(2)), flooded(0)]);
  expect(desiredCount).toBeGreaterThan(5);
  expect(explanation.reason).toBe("backlog-needs-tasks");
});

test("tasks that are already starting are not ordered twice", () => {
  const flood = after([...times(20, () => busy(2)), flooded(0)]);
  const added = flood.desiredCount - 2;
  const next = decide(
    observe(1210, { visible: 400, inFlight: 8, running: 2, pending: added }),
    flood.state,
    settings(),
  );
  expect(next.desiredCount).toBeLessThanOrEqual(flood.desiredCount);
});

test("an empty queue gives its tasks back down to the minimum", () => {
  expect(after([...times(20, () => busy(8)), ...times(40, () => idle(8))], settings({ min: 2 })).desiredCount).toBe(2);
});

test("nothing is taken away in the minute after tasks were added", () => {
  const flood = after([...times(20, () => busy(2)), flooded(0)]);
  const running = flood.desiredCount;
  let { state } = flood;
  for (let tick = 1; tick <= 5; tick += 1) {
    const decision = decide(
      observe(1200 + tick * 10, { visible: 0, inFlight: 0, running }),
      state,
      settings({ max: running }),
    );
    expect(decision.desiredCount).toBe(running);
    state = decision.state;
  }
  expect(decide(observe(1260, idle(running)), state, settings({ max: running })).desiredCount).toBeLessThan(running);
});

// biome-ignore format: a table reads as a table
test.each<[string, Partial<ScaleObservation>, string]>([
  ["counts that cannot be read",       { counts: undefined as never },     "counts-unreadable"],
  ["a service that cannot be read",    { tasks: undefined as never },      "tasks-unreadable"],
  ["a deployment in progress",         { deploymentInProgress: true },     "deployment-in-progress"],
  ["a tick from the past",             { nowSeconds: 900 },                "stale-tick"],
])("%s changes nothing, though the queue looks empty", (_, over, reason) => {
  const { desiredCount, explanation } = after([...times(20, () => busy(8)), ...times(20, () => ({ ...idle(8) })), { ...idle(8), over }]
    .map((seen, tick, all) => (tick < all.length - 1 ? { ...seen, over: { deploymentInProgress: true } } : seen)));
  expect([desiredCount, explanation.reason]).toEqual([8, reason]);
});

test("workers that are killed for memory are not multiplied", () => {
  const { desiredCount, explanation } = after([
    ...times(20, () => busy(2)),
    { ...flooded(3), over: { killedForMemory: true } },
  ]);
  expect([desiredCount, explanation.reason]).toEqual([2, "killed-for-memory"]);
});

test("at the maximum it says that the maximum is too small", () => {
  const { desiredCount, explanation } = after(
    [...times(20, () => busy(3)), ...times(5, (tick) => flooded(tick, 3))],
    settings({ max: 3 }),
  );
  expect([desiredCount, explanation.reason, explanation.warnings]).toEqual([3, "at-maximum", ["maximum-too-small"]]);
});

test("a count outside the limits is brought back at once", () => {
  const { desiredCount, explanation } = after([busy(80)]);
  expect([desiredCount, explanation.reason]).toEqual([50, "outside-limits"]);
});

test("a promise shorter than the way to a new task is called so", () => {
  expect(after([busy(2)], settings({ latencySeconds: 30 })).explanation.warnings).toContain("promise-below-lead-time");
});

test("a queue that is empty for long lets the last task go when zero is allowed", () => {
  const zero = settings({ min: 0, latencySeconds: 300 });
  expect(after([...times(20, () => busy(2)), ...times(60, () => idle(2))], zero).desiredCount).toBe(0);
});

test("the last task stays when a start from zero would break the promise", () => {
  expect(after([...times(20, () => busy(2)), ...times(60, () => idle(2))], settings({ min: 0 })).desiredCount).toBe(1);
});

test("the last task is not taken from the message it works on", () => {
  const zero = settings({ min: 0, latencySeconds: 300 });
  expect(
    after(
      times(80, () => ({ visible: 0, inFlight: 1, running: 1 })),
      zero,
    ).desiredCount,
  ).toBe(1);
});

test("a service at zero wakes for one message seen twice, not for a ghost", () => {
  const zero = settings({ min: 0, latencySeconds: 300 });
  const ghost = { visible: 1, inFlight: 0, running: 0 };
  expect(after([...times(5, () => idle(0)), ghost], zero).desiredCount).toBe(0);
  const woken = after([...times(5, () => idle(0)), ghost, ghost], zero);
  expect([woken.desiredCount, woken.explanation.reason]).toEqual([1, "wakes-from-zero"]);
});

test("before it knows how long a message takes, it takes nothing away", () => {
  const { secondsPerMessage: _, ...unknown } = settings();
  const { desiredCount, explanation } = after([...times(20, () => idle(8))], unknown);
  expect([desiredCount, explanation.reason]).toEqual([8, "service-time-unknown"]);
});

test("more tasks that get no more done stop the adding, and it is said", () => {
  const given = settings();
  let state: ScaleState | undefined;
  let last: ScaleDecision | undefined;
  for (let tick = 0; tick < 24; tick += 1) {
    const running = tick < 6 ? 4 : 12;
    const startSeconds = 1200 + Math.floor((tick - 1) / 6) * 60;
    const minutes =
      tick % 6 === 1 && tick > 6 ? [{ startSeconds: startSeconds - 60, sentMessages: 900, deletedMessages: 300 }] : [];
    last = decide(
      observe(1206 + tick * 10, { visible: 3000 + tick * 100, inFlight: running * 4, running, over: { minutes } }),
      state,
      given,
    );
    state = last.state;
  }
  expect(last?.explanation.reason).toBe("downstream-is-the-bottleneck");
  expect(last?.explanation.warnings).toContain("downstream-is-the-bottleneck");
  expect(last?.desiredCount).toBe(12);
});

test("a change is told in one sentence with the numbers behind it", () => {
  const { explanation } = after([...times(20, () => busy(2)), flooded(0)]);
  expect(sentence(explanation)).toMatch(
    /^goes from 2 to \d+ tasks: [\d.]+ tasks are missing to start every message within 60 s \(.*2\.00 s a message/,
  );
});

const keepsUp = (running: number): Seen => ({ visible: 500, inFlight: running * 4, running });

test("few spare tasks go once they have stood idle for as long as a change is worth", () => {
  let state: ScaleState | undefined;
  const told = Array.from({ length: 60 }, (_, tick) => {
    const decision = decide(observe(1000 + tick * 10, keepsUp(20)), state, settings());
    ({ state } = decision);
    return decision.explanation;
  });
  // Two of twenty are spare: they idle away forty seconds of the twenty, a little less by then, at twenty task-seconds a tick.
  const went = told.findIndex(({ reason }) => reason === "tasks-are-spare");
  expect(told[went]).toMatchObject({ from: 20, to: 18, spareTasks: 2 });
  expect(told[went - 1]).toMatchObject({ reason: "spare-too-briefly", to: 20 });
  expect([went >= 6 + 35, went <= 6 + 40]).toEqual([true, true]);
});

test("many spare tasks go at once", () => {
  const { desiredCount, explanation } = after([...times(20, () => busy(8)), ...times(7, () => idle(8))]);
  expect([explanation.reason, desiredCount < 5]).toEqual(["tasks-are-spare", true]);
});

test("a backlog that is late already starts no more tasks than it has minutes of work for", () => {
  // 600 messages that trickle in at two a second are 300 task-seconds; half of the 35 s of work that a billed minute has room for must be used.
  const { desiredCount, explanation } = after(times(31, () => ({ visible: 600, inFlight: 4, running: 1 })));
  expect(explanation.missingTasks).toBeGreaterThan(20);
  expect(desiredCount).toBeLessThanOrEqual(19);
});

test("while arrivals grow, more than the one missing task is added, so that not every step is a change", () => {
  const growing = (tick: number): Seen => ({ visible: 100 + 60 * Math.max(0, tick - 30), inFlight: 32, running: 8 });
  const before = after(times(36, growing));
  expect([before.desiredCount, before.explanation.missingTasks]).toEqual([8, 0]);
  const { desiredCount, explanation } = after(times(37, growing));
  expect([desiredCount, explanation.missingTasks < 1]).toEqual([10, true]);
});

test("the beginning of a pulse is met as a pulse, also by a queue that learned that its pulses end at once", () => {
  const quiet = after(times(30, () => ({ visible: 0, inFlight: 1, running: 1 })));
  const learned: ScaleState = {
    ...quiet.state,
    forecasting: { ...quiet.state.forecasting, large: [100, 0, 100, 0, 0] },
  };
  const { desiredCount } = decide(observe(1300, { visible: 300, inFlight: 4, running: 1 }), learned, settings());
  expect(desiredCount).toBeGreaterThanOrEqual(16);
});

test("a promise that forgives one message in a thousand is planned closer to its edge only once enough of them were kept", () => {
  const flooding = after([...times(30, () => ({ visible: 100, inFlight: 32, running: 8 }))]);
  const added = (percentile: number, started: number) =>
    decide(
      observe(1300, { visible: 700, inFlight: 32, running: 8 }),
      { ...flooding.state, lateness: { started, late: 0 } },
      settings({ percentile }),
    ).desiredCount;
  const strict = added(100, 1e7);
  expect(added(99.9, 1e5)).toBe(strict);
  expect(added(99.9, 1e7)).toBeLessThan(strict);
});

test("nothing is taken away on the first read after one that failed", () => {
  const seen = [...times(20, () => busy(8)), ...times(7, () => idle(8))];
  expect(after(seen).explanation.reason).toBe("tasks-are-spare");
  const missed: Seen = { ...idle(8), over: { counts: undefined as never } };
  const { desiredCount, explanation } = after([...seen.slice(0, -2), missed, idle(8)]);
  expect([desiredCount, explanation.reason]).toEqual([8, "arrivals-unknown"]);
});
