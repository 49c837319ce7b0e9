import { describe, expect, test } from "vitest";
import type { Plan, PlanProgress } from "#shared/domain/plan.ts";
import type { Step } from "#shared/domain/step.ts";
import { type ErrorKind, ReflexError } from "#shared/errors.ts";
import { movedOn, progressRecord, type StepMeanings, takenBack, undoSteps } from "./progress.ts";
import type { StepOutcome } from "./step-definition.ts";

const NOW = new Date("2026-11-23T03:10:00.000Z");
const UNTIL = new Date("2026-11-23T03:11:00.000Z");

const STEPS: readonly Step[] = [
  { do: "raise-memory", basedOn: "old", size: { cpuUnits: 512, memoryMiB: 2048 }, containers: [], pins: {} },
  { do: "deploy-revision", replaces: "old" },
  { do: "watch-for-kills", forSeconds: 60 },
];
const BACK: readonly Step[] = [
  { do: "copy-revision", of: "old", imagesOf: "new" },
  { do: "deploy-revision", replaces: "new" },
];

const meanings: StepMeanings = {
  undo: (step) => (step.do === "deploy-revision" ? BACK : []),
  rebase: (step, revision) => (step.do === "deploy-revision" ? { ...step, replaces: revision } : step),
  writes: (step) => step.do !== "watch-for-kills",
};

const plan = {
  id: "raise-memory-1",
  kind: "raise-memory",
  incident: "oom/x",
  reaction: "oom",
  mode: "act",
  usdPerMonth: 1,
  service: { arn: "arn", cluster: "production", name: "x" },
  steps: STEPS,
} as unknown as Plan;

/** A plan of three steps of which the first is done. */
const at = (over: Partial<PlanProgress> = {}): PlanProgress => ({
  plan,
  status: "running",
  steps: STEPS,
  cursor: 1,
  results: { 0: { revision: "new" } },
  intent: { cursor: 1, at: "2026-11-23T03:09:00.000Z" },
  stepStartedAt: "2026-11-23T03:08:00.000Z",
  nextCheckAt: undefined,
  isAdmitted: true,
  didFail: false,
  derivations: 0,
  attempts: 0,
  because: undefined,
  ...over,
});

const deployed = at({ cursor: 2, results: { 0: { revision: "new" }, 1: { revision: "new" } } });
const error = (kind: ErrorKind) => new ReflexError(kind, "asking ECS");

// biome-ignore format: a table reads as a table
test.each<[string, PlanProgress, StepOutcome | ReflexError, Partial<PlanProgress>]>([
  ["a step that is done makes room for the next", at(), { kind: "done", result: { revision: "new" } }, { status: "running", cursor: 2, intent: undefined, stepStartedAt: NOW.toISOString(), results: { 0: { revision: "new" }, 1: { revision: "new" } } }],
  ["the last step that is done ends the plan", deployed, { kind: "done" }, { status: "done", cursor: 3, nextCheckAt: undefined }],
  ["the last step of an undo ends it as undone", at({ status: "undoing", cursor: 2 }), { kind: "done" }, { status: "undone" }],
  ["a wait keeps step and clock, and says when", at({ attempts: 3 }), { kind: "wait", until: UNTIL, because: "rolling-out" }, { status: "running", cursor: 1, nextCheckAt: UNTIL.toISOString(), because: "rolling-out", attempts: 0, stepStartedAt: "2026-11-23T03:08:00.000Z" }],
  ["a failure before anything is in force ends the plan", at(), { kind: "failed", because: "base-gone" }, { status: "failed", because: "base-gone" }],
  ["a failure after the deployment takes it back", deployed, { kind: "failed", because: "not-steady-in-time" }, { status: "undoing", didFail: true, cursor: 0, steps: BACK, results: {}, because: "not-steady-in-time" }],
  ["a failure that ECS took back itself is only ended", deployed, { kind: "failed", because: "rolled-back" }, { status: "failed", because: "rolled-back" }],
  ["a failure that keeps what was done is only ended", deployed, { kind: "failed", because: "killed-again", keep: true }, { status: "failed", because: "killed-again" }],
  ["a failure while undoing calls a person", at({ status: "undoing" }), { kind: "failed", because: "base-gone" }, { status: "stuck", because: "base-gone" }],
  ["a budget ends the plan as held", at(), { kind: "held", because: "budget-account" }, { status: "held", because: "budget-account" }],
  ["somebody else's change ends the plan", at(), { kind: "superseded", because: "already-replaced" }, { status: "superseded", because: "already-replaced" }],
  ["what was overwritten becomes the new base", deployed, { kind: "overwrote", revision: "theirs", by: "new" }, { status: "running", cursor: 0, results: {}, derivations: 1, because: "overwrote" }],
  ["somebody who overwrites for ever is left to a person", at({ derivations: 5 }), { kind: "overwrote", revision: "theirs", by: "new" }, { status: "stuck", because: "contended" }],
  ["what AWS throttles is tried again in half a minute", at(), error("throttled"), { status: "running", cursor: 1, attempts: 1, nextCheckAt: "2026-11-23T03:10:30.000Z", because: "throttled" }],
  ["and the pause doubles", at({ attempts: 3 }), error("unavailable"), { attempts: 4, nextCheckAt: "2026-11-23T03:14:00.000Z" }],
  ["up to a quarter of an hour", at({ attempts: 20 }), error("conflict"), { attempts: 21, nextCheckAt: "2026-11-23T03:25:00.000Z" }],
  ["a hundred tries are enough", at({ attempts: 100 }), error("throttled"), { status: "stuck", because: "throttled" }],
  ["a missing permission is not tried again", at(), error("denied"), { status: "stuck", because: "denied" }],
  ["nor is a defect", at(), error("defect"), { status: "stuck", because: "defect" }],
])("%s", (_, before, said, after) => {
  expect(movedOn(before, said, meanings, NOW)).toMatchObject(after);
});

test("a rebase changes the steps that name the base, and only those", () => {
  const { steps } = movedOn(deployed, { kind: "overwrote", revision: "theirs", by: "new" }, meanings, NOW);
  expect(steps).toEqual([STEPS[0], { do: "deploy-revision", replaces: "theirs" }, STEPS[2]]);
});

describe("taking back", () => {
  test("undoes what was done, last first, and nothing that was not", () => {
    expect(undoSteps(at(), meanings)).toEqual([]);
    expect(undoSteps(deployed, meanings)).toEqual(BACK);
    const each: StepMeanings = { ...meanings, undo: (step) => [step] };
    expect(undoSteps(deployed, each).map((step) => step.do)).toEqual(["deploy-revision", "raise-memory"]);
  });

  test("of a plan that changed nothing is a refusal of it", () => {
    expect(takenBack(at(), meanings, NOW)).toMatchObject({ status: "declined", because: "asked" });
    expect(takenBack(deployed, meanings, NOW)).toMatchObject({ status: "undoing", didFail: false, steps: BACK });
  });
});

test("a record has the same id however often the outcome is reached, and another for another", () => {
  const idOf = (said: StepOutcome, now = NOW) =>
    progressRecord(at(), movedOn(at(), said, meanings, now), said, meanings, now).id;
  const waits: StepOutcome = { kind: "wait", until: UNTIL, because: "rolling-out" };
  expect(idOf(waits)).toBe(idOf(waits, UNTIL));
  expect(idOf(waits)).not.toBe(idOf({ ...waits, because: "deployment-in-progress" }));
  expect(idOf(waits)).not.toBe(idOf({ kind: "done" }));
});

// biome-ignore format: a table reads as a table
test.each<[string, PlanProgress, StepOutcome | ReflexError, object]>([
  ["success", at(), { kind: "done", result: { revision: "new" } }, { decision: "act", step: { name: "deploy-revision", outcome: "done", result: { revision: "new" } }, plan: { canBeUndone: true } }],
  ["a failure that stays", at(), { kind: "failed", because: "base-gone", evidence: { revision: "old" } }, { decision: "escalate", reason: "base-gone", evidence: { revision: "old" }, plan: { status: "failed", canBeUndone: false } }],
  ["a budget", at(), { kind: "held", because: "budget-account" }, { decision: "hold", reason: "budget-account" }],
  ["a try that AWS refused", at(), error("throttled"), { decision: "act", reason: "throttled", step: { outcome: "postponed" }, evidence: { error: "asking ECS" } }],
  ["a try that nobody repeats", at(), error("denied"), { decision: "escalate", reason: "denied", step: { outcome: "stuck" } }],
])("the record of %s", (_, before, said, record) => {
  expect(progressRecord(before, movedOn(before, said, meanings, NOW), said, meanings, NOW)).toMatchObject(record);
});
