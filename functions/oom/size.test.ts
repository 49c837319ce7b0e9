import fc from "fast-check";
import { expect, test } from "vitest";
import { fargateSizes, isFargateSize } from "#shared/domain/fargate.ts";
import { fargatePrices, usdPerMonth } from "#shared/domain/price.ts";
import { container } from "../../test/builders/oom.ts";
import { type SizeRequest, sizeFor } from "./size.ts";

const prices = fargatePrices("us-east-1", "X86_64");
const size = (cpuUnits: number, memoryMiB: number) => ({ cpuUnits, memoryMiB });
const app = (memoryMiB?: number, memoryReservationMiB?: number) => container({ memoryMiB, memoryReservationMiB });
const otel = (memoryMiB?: number, memoryReservationMiB?: number) =>
  container({ name: "otel", memoryMiB, memoryReservationMiB });

const request = (over: Partial<SizeRequest> = {}): SizeRequest => ({
  size: size(512, 1024),
  containers: [app()],
  killed: ["app"],
  injectedMiB: 0,
  ratio: 1.5,
  desiredCount: 3,
  prices,
  maxMemoryMiB: 122_880,
  maxCpuUnits: 16_384,
  leftUsdPerMonth: 10_000,
  allow32Vcpu: false,
  ...over,
});

const limits = (...of: readonly (readonly [string, number])[]) => of.map(([name, memoryMiB]) => ({ name, memoryMiB }));

// biome-ignore format: a table reads as a table
test.each<[string, Partial<SizeRequest>, object]>([
  ["a task without container limits gets the next size",   {},                                                                       { size: size(512, 2048), containers: [] }],
  ["exactly one and a half times is enough",                { size: size(1024, 2048) },                                               { size: size(1024, 3072) }],
  ["twice after an early death",                            { size: size(1024, 2048), ratio: 2 },                                     { size: size(1024, 4096) }],
  ["the top of a row takes the next row",                   { size: size(256, 2048) },                                                { size: size(512, 3072) }],
  ["CPU is never lowered, though less would do",            { size: size(2048, 4096) },                                               { size: size(2048, 6144) }],
  ["a limit below the task is raised for nothing",          { containers: [app(512)] },                                               { size: size(512, 1024), containers: limits(["app", 768]), usdPerMonth: 0 }],
  ["its last MiB of room is enough",                        { containers: [app(512), otel(256)] },                                    { size: size(512, 1024), containers: limits(["app", 768]), usdPerMonth: 0 }],
  ["one MiB of room too little makes a larger task",        { containers: [app(512), otel(257)] },                                    { size: size(512, 2048), containers: limits(["app", 1536]) }],
  ["a neighbour's reservation is kept free",                { containers: [app(512), otel(undefined, 257)] },                         { size: size(512, 2048) }],
  ["a neighbour's limit counts, not its reservation",       { containers: [app(512), otel(256, 255)] },                               { size: size(512, 1024) }],
  ["a neighbour without figures asks for nothing",          { containers: [app(512), otel()] },                                       { size: size(512, 1024) }],
  ["what AWS adds counts against the task",                 { containers: [app(640)], injectedMiB: 128 },                             { size: size(512, 2048), containers: limits(["app", 1664]) }],
  ["a limit as large as the task grows with it",            { containers: [app(1024)] },                                              { size: size(512, 2048), containers: limits(["app", 2048]) }],
  ["a soft limit alone is none: the task is raised",        { containers: [app(undefined, 512)] },                                    { size: size(512, 2048), containers: [] }],
  ["a sidecar is raised in the task's room",                { containers: [app(), otel(128)], killed: ["otel"] },                     { size: size(512, 1024), containers: limits(["otel", 192]), usdPerMonth: 0 }],
  ["two killed are both raised when both fit",              { containers: [app(400), otel(200)], killed: ["app", "otel"] },           { size: size(512, 1024), containers: limits(["app", 600], ["otel", 300]) }],
  ["two killed share what a larger task gains",             { containers: [app(768), otel(256)], killed: ["app", "otel"] },           { size: size(512, 2048), containers: limits(["app", 1536], ["otel", 512]) }],
  ["one of two killed has no limit: the task is raised",    { containers: [app(), otel(128)], killed: ["app", "otel"] },              { size: size(512, 2048), containers: limits(["otel", 1152]) }],
  ["a killed container that no revision names",             { containers: [app(512)], killed: ["agent"] },                            { size: size(512, 2048), containers: [] }],
  ["reservations beyond the task leave the targets and no more",                 { size: size(256, 512), containers: [app(300, 200), otel(6), container({ name: "db", memoryReservationMiB: 800 })], killed: ["app", "otel"] }, { size: size(256, 2048), containers: limits(["app", 450], ["otel", 9]) }],
])("%s", (_, over, expected) => {
  expect(sizeFor(request(over))).toMatchObject({ kind: "raise", ...expected });
});

// biome-ignore format: a table reads as a table
test.each<[string, Partial<SizeRequest>, object]>([
  ["more memory than is allowed",           { maxMemoryMiB: 2047 },                                        { ceiling: "memory", neededMiB: 1536 }],
  ["more CPU than is allowed",              { size: size(256, 2048), maxCpuUnits: 256 },                   { ceiling: "cpu", neededMiB: 3072 }],
  ["more money than is left",               { leftUsdPerMonth: 9.73 },                                     { ceiling: "money" }],
  ["no money left at all",                  { leftUsdPerMonth: -5 },                                       { ceiling: "money" }],
  ["more than is sold",                     { size: size(16_384, 122_880) },                               { ceiling: "table", neededMiB: 184_320, usdPerMonth: undefined }],
])("a ceiling: %s", (_, over, expected) => {
  expect(sizeFor(request(over))).toMatchObject({ kind: "ceiling", ...expected });
});

test("memory exactly at the ceiling, CPU exactly at the ceiling and the last cent are allowed", () => {
  const usd = usdPerMonth(size(512, 2048), 3, prices) - usdPerMonth(size(512, 1024), 3, prices);
  expect(sizeFor(request({ maxMemoryMiB: 2048, maxCpuUnits: 512, leftUsdPerMonth: usd }))).toMatchObject({
    kind: "raise",
    usdPerMonth: usd,
  });
});

test("32 vCPU are taken only when allowed", () => {
  const over = { size: size(16_384, 122_880), allow32Vcpu: true, maxMemoryMiB: 249_856, maxCpuUnits: 32_768 };
  expect(sizeFor(request(over))).toMatchObject({ kind: "raise", size: size(32_768, 249_856) });
});

/** A task as ECS would take it: hard limits that fit in it, reservations below hard limits. */
const tasks = fc.constantFrom(...fargateSizes()).chain((taskSize) =>
  fc
    .array(
      fc.record({
        share: fc.option(fc.double({ min: 0.05, max: 1, noNaN: true })),
        reserved: fc.option(fc.double({ min: 0.05, max: 0.9, noNaN: true })),
        isKilled: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => {
      const total = parts.reduce((sum, { share }) => sum + (share ?? 0), 0) || 1;
      const containers = parts.map(({ share, reserved }, index) => {
        const memoryMiB =
          share === null ? undefined : Math.max(8, Math.floor((taskSize.memoryMiB * share) / Math.max(total, 1)));
        const softMiB = memoryMiB ?? taskSize.memoryMiB / parts.length;
        return container({
          name: `c${index}`,
          memoryMiB,
          memoryReservationMiB: reserved === null ? undefined : Math.floor(softMiB * reserved),
        });
      });
      const killed = parts.flatMap(({ isKilled }, index) => (isKilled ? [`c${index}`] : []));
      return { size: taskSize, containers, killed: killed.length > 0 ? killed : ["agent"] };
    }),
);

test("a raise is a sold size with no less CPU, within its ceilings, in which everything fits", () => {
  const bounds = fc.record({
    ratio: fc.double({ min: 1.1, max: 4, noNaN: true }),
    maxMemoryMiB: fc.integer({ min: 512, max: 122_880 }),
    maxCpuUnits: fc.integer({ min: 256, max: 16_384 }),
    leftUsdPerMonth: fc.integer({ min: 0, max: 5000 }),
    injectedMiB: fc.constantFrom(0, 128, 512),
    desiredCount: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(tasks, bounds, (task, over) => {
      const asked = request({ ...task, ...over });
      const raised = sizeFor(asked);
      if (raised.kind === "ceiling") {
        expect(raised.neededMiB).toBeGreaterThanOrEqual(asked.size.memoryMiB);
        return;
      }
      const limitOf = (name: string) => raised.containers.find((one) => one.name === name)?.memoryMiB;
      const hardLimits = task.containers.map(({ name, memoryMiB }) => limitOf(name) ?? memoryMiB ?? 0);
      expect(isFargateSize(raised.size)).toBe(true);
      expect(raised.size.cpuUnits).toBeGreaterThanOrEqual(task.size.cpuUnits);
      expect(raised.usdPerMonth).toBeGreaterThanOrEqual(0);
      expect(hardLimits.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(raised.size.memoryMiB);
      for (const { name, memoryMiB, memoryReservationMiB } of task.containers) {
        const limitMiB = limitOf(name) ?? memoryMiB;
        if (limitMiB !== undefined && memoryReservationMiB !== undefined)
          expect(memoryReservationMiB).toBeLessThan(limitMiB);
        if (memoryMiB !== undefined && task.killed.includes(name))
          expect(limitOf(name)).toBeGreaterThanOrEqual(memoryMiB * over.ratio);
        else expect(limitOf(name)).toBeUndefined();
      }
      if (raised.usdPerMonth === 0 && raised.size.memoryMiB === task.size.memoryMiB) {
        expect(raised.size).toEqual(task.size);
        expect(raised.containers.length).toBeGreaterThan(0);
      } else {
        expect(raised.size.memoryMiB).toBeGreaterThanOrEqual(task.size.memoryMiB * over.ratio);
        expect(raised.size.memoryMiB).toBeLessThanOrEqual(over.maxMemoryMiB);
        expect(raised.size.cpuUnits).toBeLessThanOrEqual(over.maxCpuUnits);
        expect(raised.usdPerMonth).toBeLessThanOrEqual(over.leftUsdPerMonth);
      }
    }),
    { numRuns: 2000 },
  );
});
