import { expect, test } from "vitest";
import { fargatePrices, roundUsd, usdPerHour, usdPerMonth } from "./price.ts";

const vcpuAnd2GB = { cpuUnits: 1024, memoryMiB: 2048 };

test("one vCPU with 2 GB costs 0.04937 dollars an hour on x86 in us-east-1", () => {
  expect(usdPerHour(vcpuAnd2GB, fargatePrices("us-east-1", "X86_64"))).toBeCloseTo(0.04937, 6);
});

test("a month is 730 hours of every task", () => {
  expect(roundUsd(usdPerMonth(vcpuAnd2GB, 3, fargatePrices("us-east-1", "X86_64")))).toBe(108.12);
});

test("ARM costs less", () => {
  expect(usdPerHour(vcpuAnd2GB, fargatePrices("us-east-1", "ARM64"))).toBeCloseTo(0.0395, 6);
});

test("a region that is not in the table gets an estimate that says so", () => {
  expect(fargatePrices("us-east-1", "X86_64").isEstimate).toBe(false);
  expect(fargatePrices("eu-south-2", "X86_64")).toMatchObject({ isEstimate: true, usdPerVcpuHour: 0.04048 });
});
