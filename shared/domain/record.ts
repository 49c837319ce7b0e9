/** One line of the ledger: what was decided or done, for whom, why; also the event on our bus. */
import type { Evidence } from "./decision.ts";
import type { Mode, PlanStatus, ReactionName } from "./plan.ts";
import type { ServiceRef } from "./service.ts";

/** How incidents begin that tell of the pause switch; the instant of the pause follows. */
export const PAUSE_INCIDENT = "account/pause/";

export interface LedgerRecord {
  /** Deterministic: the same happening has the same id however often it is written. */
  readonly id: string;
  readonly at: string;
  /** Order among the records of a service, rising; two of one instant are told apart by it. */
  readonly sequence: number;
  readonly incident: string;
  readonly reaction: ReactionName;
  readonly service: ServiceRef | undefined;
  /** `answer` is what a person said: approved, declined, asked to take back, switched off and on. */
  readonly kind: "decision" | "progress" | "answer";
  readonly mode: Mode;
  readonly decision: "act" | "hold" | "escalate";
  /** The closed reason of a hold or escalation, or why a plan ended. */
  readonly reason: string | undefined;
  readonly evidence: Evidence;
  readonly plan: PlanRecord | undefined;
  /** The step this record tells of, with its outcome. */
  readonly step: { readonly name: string; readonly outcome: string; readonly result?: Evidence } | undefined;
  /** Every setting the decision used, with its origin. */
  readonly settings: Readonly<Record<string, { readonly value: string | number | boolean; readonly origin: string }>>;
  /** Who answered; only records of kind `answer` have it. */
  readonly by?: Answerer;
}

/** What a record tells of its plan. */
export interface PlanRecord {
  readonly id: string;
  readonly kind: string;
  readonly status: PlanStatus;
  readonly usdPerMonth: number;
  /** Fingerprint of the plan: an answer holds for this very plan alone. */
  readonly print?: string;
  /** Whether what it did so far can be taken back by its steps' undo. */
  readonly canBeUndone?: boolean;
}

/** A person as Slack's signed request named them. */
export interface Answerer {
  readonly user: string;
  readonly team: string;
  /** SHA-256 of the request's raw body, in hexadecimal. */
  readonly request: string;
}
