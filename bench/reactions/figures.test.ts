import { expect, test } from "vitest";
import { type Figures, rowsOf, tableOf } from "./figures.ts";

const good: Figures = {
  name: "oom",
  bundleKiB: 439,
  clientsOnlyKiB: 403,
  clientsWithoutChainKiB: 291,
  strangeClients: [],
  coldStartMs: 250,
  bareColdStartMs: 200,
  coldStartRatio: 1.25,
  coldStartCpuMs: 125,
  bareColdStartCpuMs: 100,
  coldStartCpuRatio: 1.25,
  firstCallMs: 125,
  bareFirstCallMs: 100,
  firstCallRatio: 1.25,
  warmMs: 10,
  awsCalls: 7,
  ledgerCalls: 5,
};

const missed = (figures: Figures): readonly string[] =>
  rowsOf(figures).flatMap(({ what, isGood }) => (isGood === false ? [what] : []));

test("figures at their limits are good", () => {
  expect(missed(good)).toEqual([]);
  expect(missed({ ...good, bundleKiB: 493 })).toEqual([]);
});

test.each<[string, Partial<Figures>]>([
  ["bundle above its clients alone", { bundleKiB: 493.1 }],
  ["clients it never constructs", { strangeClients: ["@aws-sdk/client-sts"] }],
  ["cold start, acting event answered", { coldStartRatio: 1.26 }],
  ["cold start, CPU time of it", { coldStartCpuRatio: 1.26 }],
  ["cold start, first ledger call", { firstCallRatio: 1.26 }],
  ["AWS calls to act", { awsCalls: 8 }],
  ["ledger calls to act", { ledgerCalls: 6 }],
])("a miss is told as one: %s", (what, change) => {
  expect(missed({ ...good, ...change })).toEqual([what]);
});

test("calls are judged where a number was asked for, and told elsewhere", () => {
  expect(missed({ ...good, name: "notify", ledgerCalls: 6 })).toEqual([]);
});

test("the table fits a terminal of 80 columns", () => {
  const wide = { ...good, coldStartMs: 12_345, bareColdStartMs: 12_345, strangeClients: Array(9).fill("@aws-sdk/x") };
  for (const line of tableOf(wide).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
