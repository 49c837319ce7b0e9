/** How a plan moves on: pure arithmetic over its progress, one function per happening. */
import type { Plan, PlanProgress, PlanStatus, StepResult } from "#shared/domain/plan.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { Step } from "#shared/domain/step.ts";
import { addSeconds } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import { planPrint } from "./plan-print.ts";
import type { StepOutcome } from "./step-definition.ts";

/** What the interpreter must know of the steps to move on; see `AnyStepDefinition`. */
export interface StepMeanings {
  undo(step: Step, result: StepResult): readonly Step[];
  rebase(step: Step, revision: string, by: string): Step;
  writes(step: Step): boolean;
}

/** The pause before try number `attempts + 1` of a step that AWS would not carry out: 30 s, doubled, at most 15 min. */
const retryPauseSeconds = (attempts: number): number => Math.min(30 * 2 ** attempts, 900);

/** A step is given up after this many tries, about a day at the longest pause. */
const MOST_ATTEMPTS = 100;

/** Whoever deploys so often in between does it faster than we can follow: a person must look. */
const MOST_DERIVATIONS = 5;

/** How long a proposal may be answered. */
const APPROVAL_SECONDS = 24 * 3600;

/** A plan that has just been decided. */
export const initialProgress = (plan: Plan, now: Date): PlanProgress => ({
  plan,
  status: plan.mode === "ask" ? "awaiting-approval" : "running",
  steps: plan.steps,
  cursor: 0,
  results: {},
  intent: undefined,
  stepStartedAt: now.toISOString(),
  nextCheckAt: plan.mode === "ask" ? addSeconds(now, APPROVAL_SECONDS) : undefined,
  isAdmitted: false,
  didFail: false,
  derivations: 0,
  attempts: 0,
  because: undefined,
});

/** A step begins: no intent, no tries, its own clock. */
const startStep = (progress: PlanProgress, cursor: number, now: Date): PlanProgress => ({
  ...progress,
  cursor,
  intent: undefined,
  stepStartedAt: now.toISOString(),
  nextCheckAt: undefined,
  attempts: 0,
  because: undefined,
});

const isOver = ({ cursor, steps }: PlanProgress): boolean => cursor >= steps.length;

const ended = (progress: PlanProgress, status: PlanStatus, because: string | undefined): PlanProgress => ({
  ...progress,
  status,
  intent: undefined,
  nextCheckAt: undefined,
  because,
});

/** The steps that take back what was done, last first; none when nothing was. */
export const undoSteps = ({ steps, results }: PlanProgress, { undo }: StepMeanings): readonly Step[] =>
  steps
    .flatMap((step, index) => ({ step, result: results[index] }))
    .reverse()
    .flatMap(({ step, result }) => (result ? undo(step, result) : []));

const failed = (
  progress: PlanProgress,
  because: string,
  keep: boolean,
  meanings: StepMeanings,
  now: Date,
): PlanProgress => {
  if (progress.status === "undoing") return ended(progress, "stuck", because);
  const steps = keep || because === "rolled-back" ? [] : undoSteps(progress, meanings);
  if (steps.length === 0) return ended(progress, "failed", because);
  return { ...startStep(progress, 0, now), status: "undoing", didFail: true, steps, results: {}, because };
};

/** The progress after a step's outcome. */
const advanced = (progress: PlanProgress, outcome: StepOutcome, meanings: StepMeanings, now: Date): PlanProgress => {
  switch (outcome.kind) {
    case "done": {
      const results = { ...progress.results, [progress.cursor]: outcome.result ?? {} };
      const next = startStep({ ...progress, results }, progress.cursor + 1, now);
      if (!isOver(next)) return next;
      return ended(next, progress.status === "undoing" ? "undone" : "done", undefined);
    }
    case "wait":
      return { ...progress, nextCheckAt: outcome.until.toISOString(), because: outcome.because, attempts: 0 };
    case "failed":
      return failed(progress, outcome.because, outcome.keep ?? false, meanings, now);
    case "held":
    case "superseded":
      return ended(progress, outcome.kind, outcome.because);
    case "overwrote": {
      if (progress.derivations >= MOST_DERIVATIONS) return ended(progress, "stuck", "contended");
      const steps = progress.steps.map((step) => meanings.rebase(step, outcome.revision, outcome.by));
      const derivations = progress.derivations + 1;
      return { ...startStep(progress, 0, now), steps, results: {}, derivations, because: "overwrote" };
    }
  }
};

/** AWS could not be asked: the same step again, later. */
const postponed = (progress: PlanProgress, because: string, now: Date): PlanProgress =>
  progress.attempts >= MOST_ATTEMPTS
    ? ended(progress, "stuck", because)
    : {
        ...progress,
        attempts: progress.attempts + 1,
        nextCheckAt: new Date(now.getTime() + retryPauseSeconds(progress.attempts) * 1000).toISOString(),
        because,
      };

/** The progress after what the step said, be it an outcome or a failure; only failures worth it are tried again. */
export const movedOn = (
  progress: PlanProgress,
  said: StepOutcome | ReflexError,
  meanings: StepMeanings,
  now: Date,
): PlanProgress => {
  if (!(said instanceof ReflexError)) return advanced(progress, said, meanings, now);
  return said.retryable ? postponed(progress, said.kind, now) : ended(progress, "stuck", said.kind);
};

/** The progress of a plan that a person takes back; one that has changed nothing is declined instead. */
export const takenBack = (progress: PlanProgress, meanings: StepMeanings, now: Date): PlanProgress => {
  const steps = undoSteps(progress, meanings);
  if (steps.length === 0) return ended(progress, "declined", "asked");
  return { ...startStep(progress, 0, now), status: "undoing", steps, results: {}, because: "asked" };
};

/** The progress of a proposal that nobody answered. */
export const expired = (progress: PlanProgress): PlanProgress => ended(progress, "expired", "not-answered");

/** Marks that the step at the cursor is about to write. */
export const intending = (progress: PlanProgress, at: string): PlanProgress => ({
  ...progress,
  intent: { cursor: progress.cursor, at },
});

/** Results of the finished steps, oldest first. */
export const resultsSoFar = ({ results, cursor }: PlanProgress): readonly StepResult[] =>
  Array.from({ length: cursor }, (_, index) => results[index] ?? {});

/** Statuses in which what the plan did is in force, as it was meant. */
const STANDS: ReadonlySet<PlanStatus> = new Set(["running", "done"]);

const BAD_ENDS: ReadonlySet<PlanStatus> = new Set(["failed", "stuck", "undone"]);

/** What a step said, in the words of a record. */
const toldOf = (said: StepOutcome | ReflexError, after: PlanProgress) => {
  if (said instanceof ReflexError) {
    const outcome = after.status === "stuck" ? "stuck" : "postponed";
    return { outcome, because: said.kind, evidence: { error: said.message }, result: undefined };
  }
  return {
    outcome: said.kind,
    because: "because" in said ? said.because : undefined,
    evidence: "evidence" in said ? (said.evidence ?? {}) : {},
    result: "result" in said ? said.result : undefined,
  };
};

/** What the ledger keeps of a step's outcome. Its id is the same however often the outcome is reached. */
export const progressRecord = (
  before: PlanProgress,
  after: PlanProgress,
  said: StepOutcome | ReflexError,
  meanings: StepMeanings,
  now: Date,
): Omit<LedgerRecord, "sequence"> => {
  const { plan } = before;
  const step = before.steps[before.cursor];
  const { outcome, because, evidence, result } = toldOf(said, after);
  return {
    id: [plan.id, before.stepStartedAt, step?.do ?? "", outcome, because ?? ""].join("/"),
    at: now.toISOString(),
    incident: plan.incident,
    reaction: plan.reaction,
    service: plan.service,
    kind: "progress",
    mode: plan.mode,
    decision: BAD_ENDS.has(after.status) ? "escalate" : after.status === "held" ? "hold" : "act",
    reason: after.because,
    evidence,
    plan: {
      id: plan.id,
      kind: plan.kind,
      status: after.status,
      usdPerMonth: plan.usdPerMonth,
      print: planPrint(plan),
      canBeUndone: STANDS.has(after.status) && undoSteps(after, meanings).length > 0,
    },
    step: step && { name: step.do, outcome, ...(result && { result }) },
    settings: {},
  };
};
