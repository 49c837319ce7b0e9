import { expect, test } from "vitest";
import type { Points } from "../metrics.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./parse.ts";

const MINUTE = 60_000;
const series = (...values: (number | undefined)[]): Points =>
  new Map(values.flatMap((value, index) => (value === undefined ? [] : [[index * MINUTE, value] as const])));

const NAMES: Readonly<Record<string, Points>> = {
  m1: series(1, 2, 3),
  m2: series(10, undefined, 0),
  none: series(),
};

const compute = (text: string): unknown => {
  const value = evaluate(parseExpression(text), {
    periods: { startMs: 0, endMs: 3 * MINUTE, periodMs: MINUTE },
    named: (name) => {
      const points = NAMES[name];
      if (!points) throw new SyntaxError(`there is no '${name}'`);
      return points;
    },
    metrics: (containing) =>
      Object.entries(NAMES).flatMap(([name, points]) => (name.includes(containing) ? [points] : [])),
  });
  if (typeof value === "number") return value;
  const told = (points: Points) => [0, 1, 2].map((minute) => points.get(minute * MINUTE) ?? null);
  return Array.isArray(value) ? value.map(told) : told(value as Points);
};

// biome-ignore format: a table reads as a table
test.each<[string, unknown]>([
  ["1 + 2 * 3 ^ 2 - 4 / 2",                 17],
  ["-(2 - 5) * 2",                          6],
  ["2 ^ 3 ^ 2",                             512],
  ["m1 * 2",                                [2, 4, 6]],
  ["m1 / m2",                               [0.1, null, null]],
  ["m1 > 1",                                [0, 1, 1]],
  ["m1 >= 2 AND m1 < 3 || m1 == 1",         [1, 1, 0]],
  ["FILL(m2, 0)",                           [10, 0, 0]],
  ["FILL(m2, REPEAT)",                      [10, 10, 0]],
  ["FILL(none, 0)",                         [0, 0, 0]],
  ["IF(m1 > 1, 5)",                         [null, 5, 5]],
  ["IF(m1 > 1, m2, 7)",                     [7, null, 0]],
  ["IF(FILL(m2,0)<1 AND m1>1,1,0)",         [0, 1, 1]],
  ["SUM(m1)",                               6],
  ["MAX([m1, m2])",                         [10, 2, 3]],
  ["SUM(METRICS())",                        [11, 2, 3]],
  ["AVG(METRICS('m'))",                     [5.5, 2, 1.5]],
  ["MIN(m1)",                               1],
  ["ABS(1 - m1)",                           [0, 1, 2]],
  ["CEIL(m1 / 2)",                          [1, 1, 2]],
  ["FLOOR(m1 / 2)",                         [0, 1, 1]],
  ["TIME_SERIES(4)",                        [4, 4, 4]],
  ["DATAPOINT_COUNT(m2)",                   2],
  ["PERIOD(m1)",                            60],
  ["METRICS('m') * 2",                      [[2, 4, 6], [20, null, 0]]],
])("%s", (text, expected) => {
  expect(compute(text)).toEqual(expected);
});

test.each([
  "m1 +",
  "(m1",
  "m1 m2",
  "[m1",
  "SEARCH('x')",
  "IF(m1)",
  "nothing",
  "m1 $ 2",
  "METRICS() + METRICS()",
  "SUM()",
  "FILL(m1, LINEAR)",
])("%s is refused", (text) => {
  expect(() => compute(text)).toThrow(SyntaxError);
});
