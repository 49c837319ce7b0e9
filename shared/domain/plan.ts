/** A plan is data: ordered steps from a closed union, the state it was decided for, and a schema version. */
import type { Evidence } from "./decision.ts";
import type { ServiceRef } from "./service.ts";
import type { Step } from "./step.ts";

/** Raised when the meaning of a stored plan changes; an owner that does not know a version escalates. */
export const PLAN_SCHEMA_VERSION = 1;

export type ReactionName = "oom" | "gate" | "scale" | "runbooks" | "notify" | "converse" | "sweep";

/** How far a reaction may go with a service. `observe` only says what it would have done. */
export type Mode = "off" | "observe" | "ask" | "act";

/** What a policy answers with `act`. */
export interface PlanDraft {
  readonly kind: string;
  readonly service: ServiceRef;
  /** ARN of the task definition revision the decision was made for; a newer one makes the plan void. */
  readonly decidedFor: string;
  readonly steps: readonly Step[];
  /** Added cost in US dollars a month at the present desired count; negative saves. */
  readonly usdPerMonth: number;
}

/** What a plan's end leaves behind, as the settings said when it was decided. */
export interface Aftermath {
  readonly cooldownSeconds: number;
  /** Fixes of ours that may fail in a row before the breaker opens. */
  readonly failuresUntilOpen: number;
  readonly breakerOpenSeconds: number;
}

/** What a plan needs of the account before its first write, as the settings said when it was decided. */
export interface AdmissionLimits {
  /** A group of API actions that share AWS's token bucket, such as `task-definition-write`. */
  readonly group: string;
  /** One slot of the group is handed out in this time. */
  readonly intervalMs: number;
  readonly maxActsPerHour: number;
  readonly maxUsdPerMonth: number;
}

export interface Plan extends PlanDraft {
  /** Undefined for a plan that counts against no budget and no rate. */
  readonly admission: AdmissionLimits | undefined;
  readonly aftermath: Aftermath;
  readonly schemaVersion: number;
  readonly id: string;
  readonly reaction: ReactionName;
  /** Groups everything said about one cause; see `incidentOf`. */
  readonly incident: string;
  readonly mode: "ask" | "act";
  readonly createdAt: string;
  readonly evidence: Evidence;
}

/** Where a plan stands. */
export type PlanStatus =
  | "awaiting-approval"
  | "running"
  | "undoing"
  | "done"
  | "undone"
  | "failed"
  | "superseded"
  | "held"
  | "declined"
  | "expired"
  | "stuck";

/** Statuses after which a plan is over. */
export const ENDED: ReadonlySet<PlanStatus> = new Set([
  "done",
  "undone",
  "failed",
  "superseded",
  "held",
  "declined",
  "expired",
  "stuck",
]);

/** What a finished step leaves for those after it, such as the ARN of a registered revision. */
export type StepResult = Readonly<Record<string, string | number | boolean>>;

/** A plan under way, as the service's ledger item holds it. */
export interface PlanProgress {
  readonly plan: Plan;
  readonly status: PlanStatus;
  /** Steps still to run, in order; an undo or a new derivation replaces them. */
  readonly steps: readonly Step[];
  readonly cursor: number;
  /** Results by position in `steps`. */
  readonly results: Readonly<Record<number, StepResult>>;
  /** Set before a step that writes to AWS is run: after a crash it may or may not have happened. */
  readonly intent: { readonly cursor: number; readonly at: string } | undefined;
  readonly stepStartedAt: string;
  readonly nextCheckAt: string | undefined;
  /** Whether it has its place in the budgets and in AWS's rate limit. */
  readonly isAdmitted: boolean;
  /** The slot it waits for, and how many it has missed because its message came too late. */
  readonly slotAt?: string | undefined;
  readonly slotsMissed?: number;
  /** Whether it is taken back because it failed, not because a person wished it. */
  readonly didFail: boolean;
  /** How often it was derived again from somebody else's revision. */
  readonly derivations: number;
  /** Failed tries of the present step, for the pause before the next. */
  readonly attempts: number;
  /** Why it ended or waits, in a closed word of the step that said so. */
  readonly because: string | undefined;
  /** Slack's id of the person who approved it. */
  readonly approvedBy?: string;
}
