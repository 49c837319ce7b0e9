import { expect, test } from "vitest";
import { followLaunches, learnStart, startedShare, startQuantile, startTimeOf } from "./starts.ts";

const start = startTimeOf({ median: 35, p95: 60 });

test("half of the starts are through at the median, nineteen of twenty at the 95th percentile", () => {
  expect(
    [startedShare(start, 35), startedShare(start, 60), startedShare(start, 0)].map(
      (share) => Math.round(share * 1000) / 1000,
    ),
  ).toEqual([0.5, 0.95, 0]);
});

test("one standard deviation is about a third longer than the median", () => {
  expect(startQuantile(start, 1)).toBeCloseTo(48.6, 1);
});

test("tasks that are no longer pending are the oldest launches, and tell how long they took", () => {
  expect(
    followLaunches(
      [
        [100, 3],
        [120, 2],
      ],
      3,
      0,
      150,
    ),
  ).toEqual({
    launches: [
      [100, 1],
      [120, 2],
    ],
    startedAfterSeconds: [50],
  });
});

test("cancelled tasks are the newest launches and teach nothing", () => {
  expect(
    followLaunches(
      [
        [100, 3],
        [120, 2],
      ],
      2,
      3,
      150,
    ),
  ).toEqual({ launches: [[100, 2]], startedAfterSeconds: [] });
});

test("pending tasks that nobody here launched count from now", () => {
  expect(followLaunches([], 2, 0, 150)).toEqual({ launches: [[150, 2]], startedAfterSeconds: [] });
});

test("starts of two minutes are believed after some dozens, one of them is not", () => {
  expect(learnStart(start, [125], 10).medianSeconds).toBeLessThan(40);
  expect(learnStart(start, Array(100).fill(125), 10).medianSeconds).toBeGreaterThan(95);
});
