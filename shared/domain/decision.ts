/** Numbers and names a decision rests on; prose is made from them in `notify` only. */
export type Evidence = Readonly<Record<string, EvidenceValue>>;
export type EvidenceValue = string | number | boolean | readonly string[] | undefined;

/** Do it: the plan is data, the interpreter carries it out. */
export interface Act<Plan> {
  readonly kind: "act";
  readonly plan: Plan;
  readonly evidence: Evidence;
}

/** Nothing to do, or not now. */
export interface Hold<Reason extends string> {
  readonly kind: "hold";
  readonly reason: Reason;
  readonly evidence: Evidence;
}

/** Automation stops here and a person must look. */
export interface Escalate<Reason extends string> {
  readonly kind: "escalate";
  readonly reason: Reason;
  readonly evidence: Evidence;
}

/** The three answers of every policy; reasons are closed unions, so every "no" has a name. */
export type Decision<Plan, HoldReason extends string, EscalateReason extends string> =
  | Act<Plan>
  | Hold<HoldReason>
  | Escalate<EscalateReason>;

export const act = <Plan>(plan: Plan, evidence: Evidence = {}): Act<Plan> => ({ kind: "act", plan, evidence });

export const hold = <Reason extends string>(reason: Reason, evidence: Evidence = {}): Hold<Reason> => ({
  kind: "hold",
  reason,
  evidence,
});

export const escalate = <Reason extends string>(reason: Reason, evidence: Evidence = {}): Escalate<Reason> => ({
  kind: "escalate",
  reason,
  evidence,
});
