import { describe, expect, test } from "vitest";
import type { PlanProgress, PlanStatus } from "#shared/domain/plan.ts";
import { unknownService } from "#shared/ports/ledger.ts";
import { kill } from "../../test/builders/oom.ts";
import { REF } from "../../test/fakes/services.ts";
import { dueAt, settled } from "./aftermath.ts";

const NOW = new Date("2026-11-23T03:00:00.000Z");
const LATER = "2026-11-23T04:00:00.000Z";
const TOMORROW = "2026-11-24T03:00:00.000Z";

const progress = (status: PlanStatus, over: Partial<PlanProgress> = {}): PlanProgress => ({
  plan: {
    kind: "raise-memory",
    service: REF,
    decidedFor: "order-service:1",
    steps: [],
    usdPerMonth: 9,
    schemaVersion: 1,
    id: "raise-memory-1",
    reaction: "oom",
    incident: "oom/1",
    mode: "act",
    createdAt: NOW.toISOString(),
    evidence: {},
    admission: undefined,
    aftermath: { cooldownSeconds: 3600, failuresUntilOpen: 2, breakerOpenSeconds: 86_400 },
  },
  status,
  steps: [],
  cursor: 0,
  results: {},
  intent: undefined,
  stepStartedAt: NOW.toISOString(),
  nextCheckAt: undefined,
  isAdmitted: true,
  didFail: false,
  derivations: 0,
  attempts: 0,
  because: undefined,
  ...over,
});

const before = { ...unknownService(REF), breaker: { failures: 1, openUntil: undefined } };

// biome-ignore format: a table reads as a table
test.each([
  ["one that held clears the failures and stands",     progress("done"),                     { failures: 0, openUntil: undefined, cooldownUntil: LATER,     usd: 9 }],
  ["a second failure opens the breaker",               progress("failed"),                   { failures: 2, openUntil: TOMORROW,  cooldownUntil: LATER,     usd: 9 }],
  ["one that is stuck is a failure",                   progress("stuck"),                    { failures: 2, openUntil: TOMORROW,  cooldownUntil: LATER,     usd: 9 }],
  ["taken back because it failed is a failure",        progress("undone", { didFail: true }), { failures: 2, openUntil: TOMORROW,  cooldownUntil: LATER,     usd: 0 }],
  ["taken back because a person wished it is none",    progress("undone"),                   { failures: 1, openUntil: undefined, cooldownUntil: LATER,     usd: 0 }],
  ["a decline rests a while and is no failure",        progress("declined"),                 { failures: 1, openUntil: undefined, cooldownUntil: LATER,     usd: 0 }],
  ["what was superseded did nothing",                  progress("superseded"),               { failures: 1, openUntil: undefined, cooldownUntil: undefined, usd: 0 }],
  ["what a budget held did nothing",                   progress("held"),                     { failures: 1, openUntil: undefined, cooldownUntil: undefined, usd: 0 }],
  ["what nobody answered did nothing",                 progress("expired"),                  { failures: 1, openUntil: undefined, cooldownUntil: undefined, usd: 0 }],
] as const)("%s", (_, ended, { failures, openUntil, cooldownUntil, usd }) => {
  const after = settled(before, ended, NOW);
  expect(after).toMatchObject({ active: undefined, breaker: { failures, openUntil }, cooldownUntil, addedUsdPerMonth: usd });
  expect(after.lastDone?.plan.id).toBe(ended.status === "done" ? "raise-memory-1" : undefined);
});

describe("the sweep looks at an item", () => {
  const lease = { owner: "x", until: "2026-11-23T03:01:30.000Z" };
  const nextCheckAt = "2026-11-23T03:05:00.000Z";
  const waiting = (lookAt: string) => ({ kill: kill(), since: NOW.toISOString(), lookAt });

  test.each([
    ["never, when it waits for nothing", unknownService(REF), undefined],
    [
      "at once, when a plan waits for nobody",
      { ...unknownService(REF), active: progress("running") },
      NOW.toISOString(),
    ],
    [
      "at the time of a kill that waits",
      { ...unknownService(REF), waiting: waiting("2026-11-23T03:04:00.000Z") },
      "2026-11-23T03:04:00.000Z",
    ],
    [
      "at the plan's time, though a kill waits as well",
      { ...unknownService(REF), active: progress("running", { nextCheckAt }), waiting: waiting(NOW.toISOString()) },
      nextCheckAt,
    ],
    ["at the plan's time", { ...unknownService(REF), active: progress("running", { nextCheckAt }) }, nextCheckAt],
    ["when the holder must be dead", { ...unknownService(REF), active: progress("running"), lease }, lease.until],
  ])("%s", (_, item, at) => {
    expect(dueAt(item, NOW)?.toISOString()).toBe(at);
  });
});
