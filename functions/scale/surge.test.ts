import { expect, test } from "vitest";
import type { Sample } from "./arrivals.ts";
import type { Situation } from "./demand.ts";
import { startTimeOf } from "./starts.ts";
import { withSurgeUntilNow } from "./surge.ts";

const situation = (samples: readonly Sample[]): Situation => ({
  nowSeconds: 1016,
  samples,
  runningCount: 1,
  launches: [],
  start: startTimeOf({ median: 35, p95: 60 }),
  taskRate: 2,
});

test("a surge that the counts show the beginning of has gone on since they were taken", () => {
  const seen: readonly Sample[] = [
    [1000, 100, 0, 4],
    [1010, 400, 290, 4],
  ];
  // Thirty a second for six seconds more, less the twelve that the one task has started meanwhile.
  expect(withSurgeUntilNow(situation(seen)).samples).toEqual([...seen, [1016, 580, 458, 4]]);
});

test("a curve that falls back, or has only begun, is left as it is", () => {
  const fallen = withSurgeUntilNow(
    situation([
      [1000, 400, 300, 4],
      [1010, 390, 290, 4],
    ]),
  );
  expect(fallen.samples.at(-1)).toEqual([1016, 390, 278, 4]);
  const begun = situation([[1010, 400, 290, 4]]);
  expect(withSurgeUntilNow(begun)).toBe(begun);
});
