import { expect, test } from "vitest";
import { reactions } from "../../infra/reactions.ts";
import { billedSeconds, billTable, billUsd, memoryMiB, runsTable } from "./bill.ts";

test("a quiet queue costs at most two dollars a month with ten-second ticks and one with minute ticks", () => {
  expect(billUsd(10)).toBeLessThanOrEqual(2);
  expect(billUsd(60)).toBeLessThanOrEqual(1);
});

test("the bill is that of the function as it is deployed", () => {
  expect(reactions([]).find(({ name }) => name === "scale")?.memoryMiB).toBe(memoryMiB);
});

test("what a run computes takes longer on a share of a vCPU, what it waits for does not", () => {
  expect(billedSeconds({ cpuMs: 0, waitMs: 120 })).toBeCloseTo(0.12);
  expect(billedSeconds({ cpuMs: 10, waitMs: 0 })).toBeCloseTo(0.0346, 4);
});

test("the bill fits a terminal of eighty columns", () => {
  const run = { cpuMs: 1234.5, waitMs: 12_345 };
  const lines = `${billTable(10)}\n${runsTable({ tick: run, minute: run })}`.split("\n");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
