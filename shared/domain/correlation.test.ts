import { expect, test } from "vitest";
import { inTroubleAround, lastTrouble } from "./correlation.ts";

const troubled = {
  long: "2026-11-23T02:40:00.000Z",
  before: "2026-11-23T02:50:00.000Z",
  same: "2026-11-23T03:00:00.000Z",
  after: "2026-11-23T03:10:00.000Z",
  later: "2026-11-23T03:10:01.000Z",
};

test("those within the window before and after the instant count, most recent first", () => {
  expect(inTroubleAround(troubled, "2026-11-23T03:00:00.000Z", 600)).toEqual(["after", "same", "before"]);
  expect(inTroubleAround({}, "2026-11-23T03:00:00.000Z", 600)).toEqual([]);
});

test("the last trouble is the newest instant", () => {
  expect(lastTrouble(troubled)).toBe("2026-11-23T03:10:01.000Z");
  expect(lastTrouble({})).toBeUndefined();
});
