import { expect, test } from "vitest";
import type { Sample } from "./arrivals.ts";
import { freshLateness, learnLateness, mayRisk } from "./lateness.ts";

/** Ten messages a second for so many reads ten seconds apart, each message starting so long after it was sent. */
const curveOf = (waitSeconds: number, reads = 20): readonly Sample[] =>
  Array.from({ length: reads }, (_, index): Sample => {
    const at = 1000 + index * 10;
    return [at, 100 * index + 1000, Math.min(10 * waitSeconds, 100 * index + 1000), 20];
  });

test("messages that start within the promise are counted, none of them as late", () => {
  const { started, late } = learnLateness(freshLateness, curveOf(50), 60);
  expect([Math.round(started), late]).toEqual([100, 0]);
});

test("messages that start after it are late", () => {
  expect(learnLateness(freshLateness, curveOf(75), 60).late).toBeCloseTo(100, 6);
  // Of those that start between two reads, the half that had waited for longer at the middle between them.
  expect(learnLateness(freshLateness, curveOf(60), 60).late).toBeCloseTo(50, 6);
});

test("what arrived before the curve began is not called late", () => {
  expect(learnLateness(freshLateness, curveOf(75, 3), 60).late).toBe(0);
  expect(learnLateness(freshLateness, curveOf(75, 1), 60)).toEqual(freshLateness);
});

test("a day later most of it is forgotten", () => {
  const [before, last] = curveOf(50).slice(-2) as [Sample, Sample];
  const tomorrow: readonly Sample[] = [before, [last[0] + 86_390, before[1], before[2], 20]];
  const { late } = learnLateness({ started: 1000, late: 1000 }, tomorrow, 60);
  expect(late).toBeCloseTo(1000 / Math.E, 0);
});

test("plans go to the edge of the promise only while what is left to forgive covers what they risk", () => {
  expect(mayRisk(freshLateness, 99.9, 0)).toBe(false);
  expect(mayRisk({ started: 1_000_000, late: 0 }, 99.9, 800)).toBe(true);
  expect(mayRisk({ started: 1_000_000, late: 900 }, 99.9, 800)).toBe(false);
  expect(mayRisk({ started: 1_000_000, late: 0 }, 99.9, 5000)).toBe(false);
});

test("a promise for every message risks none", () => {
  expect(mayRisk({ started: 1_000_000, late: 0 }, 100, 0)).toBe(false);
});
