import { expect, test } from "vitest";
import { billTable, billUsd } from "./bill.ts";

test("a quiet queue costs at most two dollars a month with ten-second ticks and one with minute ticks", () => {
  expect(billUsd(10)).toBeLessThanOrEqual(2);
  expect(billUsd(60)).toBeLessThanOrEqual(1);
});

test("the bill fits a terminal of eighty columns", () => {
  for (const line of billTable(10).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
