import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundTaskHours } from "./bound.ts";
import { eager } from "./causal.ts";
import { Completions } from "./completions.ts";
import type { Controller } from "./controller.ts";
import { goodDay, mainScenario, type Scenario } from "./scenario.ts";
import { simulate } from "./simulator.ts";
import { isForTuning, peakWindow, type Trace } from "./traces.ts";
import { drawWorkload, type Workload } from "./workload.ts";

const scenario: Scenario = {
  ...mainScenario,
  faults: { ...goodDay, failedStarts: 0, failedReads: 0, ghosts: 0 },
  noise: 0,
};
const constant = (count: number): Controller => ({
  name: "constant",
  variant: `${count}`,
  periodSeconds: 10,
  usdPerMonth: 0,
  decide: () => count,
});
const workloadOf = (sentAt: readonly number[], serviceSeconds: number, horizonSeconds = 600): Workload => ({
  trace: "by hand",
  seed: 1,
  horizonSeconds,
  sentAt: Float64Array.from(sentAt),
  serviceSeconds: Float32Array.from(sentAt, () => serviceSeconds),
  poison: new Uint8Array(sentAt.length),
});

describe("the queue", () => {
  test("four slots take four messages at once, the fifth waits for the first to be done", () => {
    const outcome = simulate({ ...scenario, latencySeconds: 5 }, workloadOf([10, 10, 10, 10, 10], 30), constant(1));
    expect([outcome.messages, outcome.late, outcome.waitMaxSeconds]).toEqual([5, 1, 30]);
  });

  test("a message that never starts is late", () => {
    const outcome = simulate({ ...scenario, slotsPerTask: 1, max: 1 }, workloadOf([1, 2, 3], 10_000), constant(1));
    expect([outcome.messages, outcome.late]).toEqual([3, 2]);
  });

  test("a message that outlives the stop timeout is killed, comes back, and is worked on again", () => {
    const stopping: Controller = { ...constant(2), decide: ({ nowSeconds }) => (nowSeconds < 100 ? 2 : 1) };
    const given = { ...scenario, min: 1, slotsPerTask: 1, stopTimeoutSeconds: 30, visibilitySeconds: 180, load: 2 };
    const outcome = simulate(given, workloadOf([1, 2], 200, 900), stopping);
    expect([outcome.killedMessages, outcome.messages]).toEqual([1, 3]);
  });

  test("a protected task is not stopped while it works", () => {
    const stopping: Controller = { ...constant(2), decide: ({ nowSeconds }) => (nowSeconds < 100 ? 2 : 1) };
    const outcome = simulate(
      { ...scenario, slotsPerTask: 1, stops: "protected" },
      workloadOf([1, 2], 200, 900),
      stopping,
    );
    expect(outcome.killedMessages).toBe(0);
  });
});

describe("the bill", () => {
  test("a task that runs throughout costs its time", () => {
    expect(simulate(scenario, workloadOf([1], 1), constant(1)).taskHours).toBeCloseTo(660 / 3600, 6);
  });

  test("a task costs a minute at least, even when it is stopped before it works", () => {
    const flapping: Controller = {
      ...constant(1),
      decide: ({ nowSeconds }) => (nowSeconds >= 100 && nowSeconds < 120 ? 11 : 1),
    };
    const { taskHours, starts } = simulate({ ...scenario, start: "slow" }, workloadOf([1], 1), flapping);
    const begun = (taskHours * 3600 - 660) / 60;
    expect(starts).toBe(10);
    expect(Number.isInteger(Math.round(begun * 1e6) / 1e6)).toBe(true);
    expect(begun).toBeLessThanOrEqual(10);
  });
});

describe("the bound", () => {
  const rows: Trace = {
    name: "rows",
    binSeconds: 10,
    counts: Float64Array.from({ length: 90 }, (_, bin) => (bin % 30 === 10 ? 300 : 5)),
  };

  test("no run without late messages is cheaper, whoever runs it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 4, max: 60 }), async (seed, count) => {
        const workload = drawWorkload(rows, scenario, seed);
        const bound = await boundTaskHours(scenario, workload);
        for (const controller of [constant(count), eager(scenario)]) {
          const { late, taskHours } = simulate(scenario, workload, controller);
          if (late === 0) expect(taskHours).toBeGreaterThanOrEqual(bound);
        }
      }),
      { numRuns: 8 },
    );
  });

  test("one batch that must start within the minute needs as many tasks as its work has minutes", async () => {
    // 240 messages of 30 s on four slots are 1,800 task-seconds, due within 60 + 30 s: 20 tasks for about 90 s.
    const bound = await boundTaskHours({ ...scenario, min: 0 }, workloadOf(Array(240).fill(300), 30));
    expect(bound * 3600).toBeGreaterThan(1800);
    expect(bound * 3600).toBeLessThan(1800 + 20 * 40);
  });

  test("forgiving one percent is never dearer", async () => {
    const workload = drawWorkload(rows, scenario, 3);
    const strict = await boundTaskHours(scenario, workload);
    expect(await boundTaskHours({ ...scenario, percentile: 99 }, workload)).toBeLessThanOrEqual(strict + 1e-6);
  });
});

test("the same seed plays the same run", () => {
  const trace: Trace = {
    name: "t",
    binSeconds: 10,
    counts: Float64Array.from({ length: 60 }, (_, bin) => 5 + (bin % 7)),
  };
  const run = () => simulate(scenario, drawWorkload(trace, scenario, 7), eager(scenario));
  expect(run()).toEqual(run());
});

test("slots finish in the order of their times", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 3000 }), (times) => {
      const completions = new Completions();
      times.forEach((at, slot) => {
        completions.push(at, slot);
      });
      const order: number[] = [];
      while (completions.size > 0) {
        order.push(completions.nextAt());
        completions.pop();
      }
      expect(order).toEqual(times.toSorted((a, b) => a - b));
    }),
    { numRuns: 20 },
  );
});

test("a long trace is cut to the day that holds its highest bin", () => {
  const counts = Float64Array.from({ length: 72 }, (_, hour) => (hour === 30 ? 9 : 1));
  const window = peakWindow({ name: "three days", binSeconds: 3600, counts }, 24);
  expect([window.counts.length, window.counts.indexOf(9)]).toEqual([24, 6]);
});

test("every second trace by name tunes and a single one never does", () => {
  const all = ["b", "a", "c"].map((name): Trace => ({ name, binSeconds: 60, counts: new Float64Array(1) }));
  expect(all.filter((trace) => isForTuning(trace, all)).map(({ name }) => name)).toEqual(["a", "c"].sort());
  expect(isForTuning(all[0] as Trace, all.slice(0, 1))).toBe(false);
});
