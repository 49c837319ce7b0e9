import { expect, test } from "vitest";
import { addSeconds, dayOf, hourOf, isBefore, isInstant, isOlderThan, monthOf, secondsBetween } from "./time.ts";

const noon = "2026-11-23T12:00:00.000Z";

test("seconds are counted across text and Date, with milliseconds and offsets", () => {
  expect(secondsBetween(noon, new Date("2026-11-23T12:00:01.500Z"))).toBe(1.5);
  expect(secondsBetween(noon, "2026-11-23T13:00:00+01:00")).toBe(0);
  expect(secondsBetween(noon, "2026-11-23T11:59:00Z")).toBe(-60);
});

test("an instant exactly as old as allowed is not too old, a millisecond more is", () => {
  expect(isOlderThan("2026-11-23T11:59:00.000Z", 60, noon)).toBe(false);
  expect(isOlderThan("2026-11-23T11:58:59.999Z", 60, noon)).toBe(true);
});

test("seconds are added across the end of a month", () => {
  expect(addSeconds("2026-11-30T23:59:59Z", 2)).toBe("2026-12-01T00:00:01.000Z");
});

test("day, hour and month are those of UTC, whatever the offset of the text", () => {
  const instant = "2026-12-01T00:30:00+02:00";
  expect([dayOf(instant), hourOf(instant), monthOf(instant)]).toEqual(["2026-11-30", "2026-11-30T22", "2026-11"]);
});

test("the same instant is not before itself", () => {
  expect(isBefore(noon, new Date(noon))).toBe(false);
  expect(isBefore("2026-11-23T11:59:59.999Z", noon)).toBe(true);
});

test("what is no instant is refused instead of passing as an early one", () => {
  expect(() => isBefore("soon", noon)).toThrow(/soon is not an ISO 8601/);
  expect([isInstant("soon"), isInstant("2026-11-23T12:00:00.123456789Z")]).toEqual([false, true]);
});
