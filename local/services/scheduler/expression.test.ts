import { expect, test } from "vitest";
import { nextDueMs, scheduleOf } from "./expression.ts";

/** The next three due instants after a time, as ISO text without seconds. */
const dues = (text: string, after: string, timeZone?: string): string[] => {
  const schedule = scheduleOf(text, timeZone);
  if (!schedule) throw new Error(`${text} was refused`);
  const sinceMs = Date.parse(after);
  const found: string[] = [];
  for (let afterMs = sinceMs; found.length < 3; ) {
    const dueMs = nextDueMs(schedule, sinceMs, afterMs);
    if (dueMs === undefined) break;
    found.push(new Date(dueMs).toISOString().slice(0, 16));
    afterMs = dueMs;
  }
  return found;
};

const FRIDAY = "2026-01-02T03:04:05Z";

// biome-ignore format: a table reads as a table
test.each<[string, string[]]>([
  ["rate(5 minutes)",                ["2026-01-02T03:09", "2026-01-02T03:14", "2026-01-02T03:19"]],
  ["rate(1 hour)",                   ["2026-01-02T04:04", "2026-01-02T05:04", "2026-01-02T06:04"]],
  ["rate(2 days)",                   ["2026-01-04T03:04", "2026-01-06T03:04", "2026-01-08T03:04"]],
  ["at(2026-02-01T00:00:00)",        ["2026-02-01T00:00"]],
  ["at(2026-01-01T00:00:00)",        []],
  ["cron(0/15 * * * ? *)",           ["2026-01-02T03:15", "2026-01-02T03:30", "2026-01-02T03:45"]],
  ["cron(30 9 ? * MON-FRI *)",       ["2026-01-02T09:30", "2026-01-05T09:30", "2026-01-06T09:30"]],
  ["cron(0 0 L * ? *)",              ["2026-01-31T00:00", "2026-02-28T00:00", "2026-03-31T00:00"]],
  ["cron(0 0 15W * ? *)",            ["2026-01-15T00:00", "2026-02-16T00:00", "2026-03-16T00:00"]],
  ["cron(0 0 1W 8 ? 2026)",          ["2026-08-03T00:00"]],
  ["cron(0 0 31W 5 ? 2026)",         ["2026-05-29T00:00"]],
  ["cron(0 0 ? * 6L *)",             ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-27T00:00"]],
  ["cron(0 0 ? * TUE#2 *)",          ["2026-01-13T00:00", "2026-02-10T00:00", "2026-03-10T00:00"]],
  ["cron(0 12 1,20 FEB,6 ? 2026)",   ["2026-02-01T12:00", "2026-02-20T12:00", "2026-06-01T12:00"]],
  ["cron(0 12 29 2 ? 2026-2029)",    ["2028-02-29T12:00"]],
  ["cron(5,10-11 22/1 * * ? *)",     ["2026-01-02T22:05", "2026-01-02T22:10", "2026-01-02T22:11"]],
])("%s falls due when AWS says", (text, expected) => {
  expect(dues(text, FRIDAY)).toEqual(expected);
});

test("a wall clock is followed over the change to summer time", () => {
  expect(dues("cron(0 9 ? * * *)", "2026-03-28T00:00:00Z", "Europe/Berlin")).toEqual([
    "2026-03-28T08:00",
    "2026-03-29T07:00",
    "2026-03-30T07:00",
  ]);
});

// biome-ignore format: a table reads as a table
test.each([
  "rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(5 seconds)", "rate(1.5 hours)", "5 minutes",
  "cron(* * * * * *)", "cron(0 0 ? * ? *)", "cron(60 0 * * ? *)", "cron(0 24 * * ? *)", "cron(0 0 * * ?)",
  "cron(0 0 0 * ? *)", "cron(0 0 ? * 8 *)", "cron(0 0 ? * 2#6 *)", "cron(0/0 0 * * ? *)", "cron(5-1 0 * * ? *)", "at(2026-13-01T00:00:00)",
])("%s is refused", (text) => {
  expect(scheduleOf(text)).toBeUndefined();
});

test("an unknown time zone is refused", () => {
  expect(scheduleOf("rate(1 minute)", "Mars/Olympus")).toBeUndefined();
});
