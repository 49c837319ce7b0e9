import { expect, test } from "vitest";
import type { MissingData } from "./alarm.ts";
import { judge } from "./evaluate.ts";

const VALUES: Readonly<Record<string, number | undefined>> = { "0": 0, X: 9, "-": undefined };

const stateFor = (data: string, datapointsToAlarm: number, missing: MissingData): string => {
  const range = [...data].map((letter, index) => ({ atMs: index * 60_000, value: VALUES[letter] }));
  const comparison = "GreaterThanThreshold";
  return judge({ evaluationPeriods: 3, datapointsToAlarm, threshold: 5, comparison, missing }, range).value ?? "stays";
};

// The tables of the CloudWatch user guide: five periods, three to evaluate; X breaches, 0 does not, - is missing.
// biome-ignore format: a table reads as a table
test.each<[string, number, string, string, string, string]>([
  // data    of 3  missing              ignore   breaching  notBreaching
  ["0-X-X",  3,    "OK",                "OK",    "OK",      "OK"],
  ["0----",  3,    "OK",                "OK",    "OK",      "OK"],
  ["-----",  3,    "INSUFFICIENT_DATA", "stays", "ALARM",   "OK"],
  ["0XX-X",  3,    "ALARM",             "ALARM", "ALARM",   "ALARM"],
  ["--X--",  3,    "ALARM",             "stays", "ALARM",   "OK"],
  ["0-X-X",  2,    "ALARM",             "ALARM", "ALARM",   "ALARM"],
  ["00X-X",  2,    "ALARM",             "ALARM", "ALARM",   "ALARM"],
  ["0----",  2,    "OK",                "OK",    "ALARM",   "OK"],
  ["-----",  2,    "INSUFFICIENT_DATA", "stays", "ALARM",   "OK"],
  ["--X--",  2,    "ALARM",             "stays", "ALARM",   "OK"],
  ["----X",  3,    "stays",             "stays", "ALARM",   "OK"],
  ["0XXXX",  3,    "ALARM",             "ALARM", "ALARM",   "ALARM"],
  ["XXX00",  3,    "OK",                "OK",    "OK",      "OK"],
  ["XXXX0",  2,    "ALARM",             "ALARM", "ALARM",   "ALARM"],
])("%s with %i of 3 to alarm", (data, datapointsToAlarm, ...expected) => {
  const treatments: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];
  expect(treatments.map((missing) => stateFor(data, datapointsToAlarm, missing))).toEqual(expected);
});
