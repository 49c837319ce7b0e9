/** What a step declares: how it runs, what it may do, how it is undone. The interpreter knows nothing else of it. */
import type { Evidence } from "#shared/domain/decision.ts";
import type { Kill } from "#shared/domain/kill.ts";
import type { Permission } from "#shared/domain/permission.ts";
import type { Plan, StepResult } from "#shared/domain/plan.ts";
import type { Step, StepName, StepOf } from "#shared/domain/step.ts";

/** How bad it is if it was wrong: nothing, taken back by its undo, or felt by users meanwhile. */
export type Risk = "read-only" | "reversible" | "disruptive";

export interface StepContext<Ports> {
  readonly ports: Ports;
  readonly plan: Plan;
  readonly now: Date;
  /** When this step was first tried. */
  readonly startedAt: Date;
  /** True when an earlier try may have been carried out: look before writing again. */
  readonly isRetry: boolean;
  /** What the steps before left, oldest first. */
  readonly results: readonly StepResult[];
  /** Kills of the service that the ledger knows. */
  readonly kills: readonly Kill[];
}

export type StepOutcome =
  | { readonly kind: "done"; readonly result?: StepResult }
  /** Not yet; ask again at `until`. */
  | { readonly kind: "wait"; readonly until: Date; readonly because: string }
  /** `keep` leaves what the plan did so far in force: taking it back would help nobody. */
  | { readonly kind: "failed"; readonly because: string; readonly keep?: boolean; readonly evidence?: Evidence }
  /** A budget forbids it; nothing was done. */
  | { readonly kind: "held"; readonly because: string; readonly evidence?: Evidence }
  /** Somebody else's change made the plan void; theirs stays. */
  | { readonly kind: "superseded"; readonly because: string; readonly evidence?: Evidence }
  /** Our write (`by`) replaced a newer revision of somebody else: derive again from theirs, at once. */
  | { readonly kind: "overwrote"; readonly revision: string; readonly by: string };

export interface StepDefinition<Name extends StepName, Ports> {
  readonly name: Name;
  readonly risk: Risk;
  readonly permissions: readonly Permission[];
  /** Whether it changes AWS; then an intent is recorded before it runs. */
  readonly writes: boolean;
  run(step: StepOf<Name>, context: StepContext<Ports>): Promise<StepOutcome>;
  /** Steps that take it back, given what it left; none if there is nothing to take back. */
  undo?(step: StepOf<Name>, result: StepResult): readonly Step[];
  /** The step as it should be when `revision` must be the base and our own `by` runs for the moment. */
  rebase?(step: StepOf<Name>, revision: string, by: string): StepOf<Name>;
}

/** A definition with its parameter type hidden, as the interpreter holds it. */
export interface AnyStepDefinition<Ports> {
  readonly name: StepName;
  readonly risk: Risk;
  readonly permissions: readonly Permission[];
  readonly writes: boolean;
  run(step: Step, context: StepContext<Ports>): Promise<StepOutcome>;
  undo(step: Step, result: StepResult): readonly Step[];
  rebase(step: Step, revision: string, by: string): Step;
}

/** Pairs a definition with the step data it was written for; a step of another name is a defect of the caller. */
export const defineStep = <Name extends StepName, Ports>(
  definition: StepDefinition<Name, Ports>,
): AnyStepDefinition<Ports> => ({
  name: definition.name,
  risk: definition.risk,
  permissions: definition.permissions,
  writes: definition.writes,
  run: (step, context) => definition.run(step as StepOf<Name>, context),
  undo: (step, result) => definition.undo?.(step as StepOf<Name>, result) ?? [],
  rebase: (step, revision, by) => definition.rebase?.(step as StepOf<Name>, revision, by) ?? step,
});
