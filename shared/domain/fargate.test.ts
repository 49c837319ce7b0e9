import fc from "fast-check";
import { expect, test } from "vitest";
import { cheapestSizeHolding, fargateSizes, isFargateSize } from "./fargate.ts";
import { fargatePrices, usdPerHour } from "./price.ts";

const prices = fargatePrices("us-east-1", "X86_64");
const size = (cpuUnits: number, memoryMiB: number) => ({ cpuUnits, memoryMiB });

test("the table has as many sizes as the documentation's rows", () => {
  const perRow = Object.groupBy(fargateSizes({ allow32Vcpu: true }), ({ cpuUnits }) => String(cpuUnits));
  expect(Object.fromEntries(Object.entries(perRow).map(([row, sizes]) => [row, sizes?.length]))).toEqual({
    256: 3,
    512: 4,
    1024: 7,
    2048: 13,
    4096: 23,
    8192: 12,
    16384: 12,
    32768: 3,
  });
});

// biome-ignore format: a table reads as a table
test.each([
  ["the smallest",                               size(256, 512),       true],
  ["no 1.5 GB at a quarter vCPU",                size(256, 1536),      false],
  ["top of half a vCPU",                         size(512, 4096),      true],
  ["5 GB needs a whole vCPU",                    size(512, 5120),      false],
  ["a whole vCPU starts at 2 GB",                size(1024, 1024),     false],
  ["30 GB at 4 vCPU",                            size(4096, 30_720),   true],
  ["8 vCPU go in steps of 4 GB",                 size(8192, 18_432),   false],
  ["16 vCPU go in steps of 8 GB",                size(16_384, 122_880), true],
  ["a CPU that is not sold",                     size(300, 512),       false],
  ["32 vCPU only when asked for",                size(32_768, 61_440), false],
])("%s", (_, pair, expected) => {
  expect(isFargateSize(pair)).toBe(expected);
});

test("32 vCPU have three memory sizes and no more, when allowed", () => {
  expect(isFargateSize(size(32_768, 249_856), { allow32Vcpu: true })).toBe(true);
  expect(isFargateSize(size(32_768, 126_976), { allow32Vcpu: true })).toBe(false);
});

test("Windows is sold from one to four vCPU", () => {
  const rows = new Set(fargateSizes({ isWindows: true, allow32Vcpu: true }).map(({ cpuUnits }) => cpuUnits));
  expect([...rows]).toEqual([1024, 2048, 4096]);
});

// biome-ignore format: a table reads as a table
test.each([
  ["the same row when it has room",              768,     256,  size(256, 1024)],
  ["the next row at the top of one",             4097,    512,  size(1024, 5120)],
  ["never less CPU, however little memory",      512,     2048, size(2048, 4096)],
  ["one row on when a row is left out",          2049,    256,  size(512, 3072)],
  ["the steps of the large rows",                31_000,  4096, size(8192, 32_768)],
  ["nothing above the table",                    122_881, 256,  undefined],
])("the cheapest size: %s", (_, memoryMiB, cpuUnits, expected) => {
  expect(cheapestSizeHolding(memoryMiB, cpuUnits, prices)).toEqual(expected);
});

test("above 120 GB there is only the 32 vCPU size, when allowed", () => {
  expect(cheapestSizeHolding(122_881, 256, prices, { allow32Vcpu: true })).toEqual(size(32_768, 249_856));
});

test("no valid size that holds the memory without less CPU is cheaper", () => {
  const options = fc.record({ isWindows: fc.boolean(), allow32Vcpu: fc.boolean() });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 260_000 }),
      fc.integer({ min: 1, max: 33_000 }),
      options,
      (memoryMiB, cpu, o) => {
        const found = cheapestSizeHolding(memoryMiB, cpu, prices, o);
        const fitting = fargateSizes(o).filter((one) => one.memoryMiB >= memoryMiB && one.cpuUnits >= cpu);
        expect(found === undefined).toBe(fitting.length === 0);
        if (found === undefined) return;
        expect(fitting).toContainEqual(found);
        expect(fitting.every((one) => usdPerHour(one, prices) >= usdPerHour(found, prices))).toBe(true);
      },
    ),
  );
});
