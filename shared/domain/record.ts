/** One line of the ledger: what was decided or done, for whom, why; also the event on our bus. */
import type { Evidence } from "./decision.ts";
import type { Mode, PlanStatus, ReactionName } from "./plan.ts";
import type { ServiceRef } from "./service.ts";

export interface LedgerRecord {
  /** Deterministic: the same happening has the same id however often it is written. */
  readonly id: string;
  readonly at: string;
  /** Order among the records of a service, rising; two of one instant are told apart by it. */
  readonly sequence: number;
  readonly incident: string;
  readonly reaction: ReactionName;
  readonly service: ServiceRef | undefined;
  readonly kind: "decision" | "progress";
  readonly mode: Mode;
  readonly decision: "act" | "hold" | "escalate";
  /** The closed reason of a hold or escalation, or why a plan ended. */
  readonly reason: string | undefined;
  readonly evidence: Evidence;
  readonly plan:
    | { readonly id: string; readonly kind: string; readonly status: PlanStatus; readonly usdPerMonth: number }
    | undefined;
  /** The step this record tells of, with its outcome. */
  readonly step: { readonly name: string; readonly outcome: string; readonly result?: Evidence } | undefined;
  /** Every setting the decision used, with its origin. */
  readonly settings: Readonly<Record<string, { readonly value: string | number | boolean; readonly origin: string }>>;
}
