import { describe, expect, test } from "vitest";
import { boundTaskHours } from "./bound.ts";
import { reflex } from "./reflex.ts";
import { type Faults, goodDay, mainScenario, type Scenario } from "./scenario.ts";
import { type Outcome, simulate } from "./simulator.ts";
import type { Trace } from "./traces.ts";
import { drawWorkload } from "./workload.ts";

const traceOf = (name: string, minutes: number, rate: (second: number) => number): Trace => ({
  name,
  binSeconds: 10,
  counts: Float64Array.from({ length: minutes * 6 }, (_, bin) => rate(bin * 10)),
});
const steady = traceOf("steady", 60, () => 10);
const flood = traceOf("flood", 60, (second) => (second >= 1800 && second < 2700 ? 100 : 10));
const wandering = traceOf("wandering", 60, (second) => 10 + 2 * Math.sin(second / 30) + 2 * Math.sin(second / 71));
const pulse = traceOf("pulse", 60, (second) => (second === 1800 ? 600 : 10));
const burstAfterSilence = traceOf("burst after silence", 120, (second) => (second >= 6000 && second < 6600 ? 100 : 0));

const scenarioOf = (over: Partial<Scenario> = {}, faults: Partial<Faults> = {}): Scenario => ({
  ...mainScenario,
  ...over,
  faults: { ...goodDay, ...faults },
});

const play = (trace: Trace, scenario = scenarioOf(), seed = 1): Outcome =>
  simulate(scenario, drawWorkload(trace, scenario, seed), reflex(scenario), { record: true });
const latePercent = ({ late, messages }: Outcome): number => (100 * late) / messages;
const desiredFrom = ({ history }: Outcome, second: number): number[] =>
  history.filter(([at]) => at >= second).map(([, desired]) => desired);

describe("a good day", () => {
  test("a steady queue is never late, costs little more than its work, and does not flap", async () => {
    const scenario = scenarioOf();
    const workload = drawWorkload(steady, scenario, 2);
    const outcome = simulate(scenario, workload, reflex(scenario));
    expect(outcome.late).toBe(0);
    expect(outcome.taskHours / (await boundTaskHours(scenario, workload))).toBeLessThan(1.05);
    expect(outcome.changes).toBeLessThanOrEqual(20);
  });

  test("a queue that wanders by a third within minutes is not followed at every turn", () => {
    const { late, changes } = play(wandering);
    expect(late).toBe(0);
    expect(changes).toBeLessThanOrEqual(26);
  });

  test("a flood of ten times the load makes nothing late", () => {
    expect(play(flood).late).toBe(0);
  });

  test("a pulse is not a level: five minutes later the count is back", () => {
    const desired = desiredFrom(play(pulse), 2150);
    expect(Math.max(...desired)).toBeLessThanOrEqual(12);
  });

  test("a burst after hours of silence is met, from a service that learned nothing yet", () => {
    expect(play(burstAfterSilence).late).toBe(0);
  });

  test("a service may sleep at zero and wake in time", () => {
    const outcome = play(burstAfterSilence, scenarioOf({ min: 0, latencySeconds: 120, load: 1 }));
    expect(outcome.late).toBe(0);
    expect(Math.min(...desiredFrom(outcome, 3000).slice(0, 200))).toBe(0);
  });
});

describe("a service time that is not what it seems", () => {
  // biome-ignore format: a table reads as a table
  test.each<[string, Partial<Scenario>, Partial<Faults>]>([
    ["told 30 % too long",           { toldServiceFactor: 1.3 }, {}],
    ["told 30 % too short",          { toldServiceFactor: 0.7 }, {}],
    ["drifting to twice its length", {},                         { drift: 2 }],
    ["of CV 2",                      { serviceShape: "cv2" },    {}],
    ["of two classes",               { serviceShape: "two-class" }, {}],
  ])("%s makes nothing late", (_, over, faults) => {
    expect(play(flood, scenarioOf(over, faults)).late).toBe(0);
  });
});

describe("a world that is worse than promised", () => {
  // biome-ignore format: a table reads as a table
  test.each<[string, number, Partial<Scenario>, Partial<Faults>]>([
    ["counts half a minute old",            0,    { lagSeconds: [25, 35] }, {}],
    ["counts off by a tenth",               0,    { noise: 0.1 },           {}],
    ["ghosts in one empty read of ten",     0,    {},                       { ghosts: 0.1 }],
    ["one read in ten fails",               0,    {},                       { failedReads: 0.1 }],
    ["five minutes without any metric",     0,    {},                       { blackout: { fromSeconds: 900, forSeconds: 300 } }],
    ["ticks late, lost and doubled",        0,    {},                       { lostTicks: 0.1, duplicateTicks: 0.1, lateTickSeconds: 8 }],
    ["one start in ten fails",              0,    {},                       { failedStarts: 0.1 }],
    ["slow starts",                         0,    { start: "slow" },        {}],
    ["one message in a hundred is poison",  0,    {},                       { poison: 0.01 }],
    ["workers that take ten at once",       0.5,  { prefetch: 10, slotsPerTask: 1 }, {}],
  ])("%s: at most %s percent of a steady queue is late", (_, most, over, faults) => {
    expect(latePercent(play(steady, scenarioOf(over, faults)))).toBeLessThanOrEqual(most);
  });

  test("poison does not look like load", () => {
    const clean = play(steady).taskHours;
    expect(play(steady, scenarioOf({}, { poison: 0.01 })).taskHours).toBeLessThan(1.1 * clean);
  });

  test("a blackout in the middle of a flood never takes a task away", () => {
    const { history } = play(flood, scenarioOf({}, { blackout: { fromSeconds: 1900, forSeconds: 300 } }));
    const during = history.filter(([at]) => at > 1910 && at < 2190).map(([, desired]) => desired);
    expect(during).toEqual(during.toSorted((a, b) => a - b));
  });
});

describe("what is being worked on", () => {
  test("no message is killed while tasks protect themselves", () => {
    const outcome = play(
      flood,
      scenarioOf({
        stops: "protected",
        serviceSeconds: 20,
        latencySeconds: 300,
        slotsPerTask: 2,
        visibilitySeconds: 600,
      }),
    );
    expect([outcome.killedMessages, outcome.late]).toEqual([0, 0]);
  });

  test("the count never leaves its limits, and a maximum that is too small is used up", () => {
    const desired = desiredFrom(play(flood, scenarioOf({ min: 3, max: 20 })), 0);
    expect([Math.min(...desired) >= 3, Math.max(...desired)]).toEqual([true, 20]);
  });
});
