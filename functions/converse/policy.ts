/** Whether what a person said still holds: asked at the moment of the click, of the state as it is then. */
import type { PlanStatus } from "#shared/domain/plan.ts";
import { type Instant, isBefore, isOlderThan } from "#shared/domain/time.ts";
import type { Refusal } from "./reasons.ts";

/** A plan as the ledger holds it now. */
export interface SeenPlan {
  readonly id: string;
  readonly print: string;
  readonly status: PlanStatus;
  /** When a proposal that waits is over, or when a finished plan ended. */
  readonly at: string | undefined;
}

export interface AnswerFacts {
  readonly now: Instant;
  readonly action: "approve" | "decline" | "undo";
  readonly person: { readonly user: string; readonly team: string };
  readonly asked: { readonly cluster: string; readonly planId: string; readonly print: string };
  readonly active: SeenPlan | undefined;
  readonly lastDone: SeenPlan | undefined;
  readonly isUndoAsked: boolean;
}

export interface AnswerSettings {
  /** User ids, each as USER or TEAM/USER, separated by spaces. */
  readonly approvers: string;
  readonly undoHours: number;
  readonly clusters: readonly string[];
}

/** Whether the person is on the list; an empty list is nobody. */
export const mayAnswer = ({ user, team }: AnswerFacts["person"], approvers: string): boolean =>
  user !== "" && approvers.split(" ").some((one) => one === user || one === `${team}/${user}`);

/** Why the answer changes nothing; undefined when it holds. */
export function refusalOf(facts: AnswerFacts, settings: AnswerSettings): Refusal | undefined {
  if (!mayAnswer(facts.person, settings.approvers)) return "not-an-approver";
  if (!settings.clusters.includes(facts.asked.cluster)) return "unknown-cluster";
  return facts.action === "undo" ? undoRefusal(facts, settings) : proposalRefusal(facts);
}

const isAsked = (plan: SeenPlan, { asked }: AnswerFacts): boolean =>
  plan.id === asked.planId && plan.print === asked.print;

function proposalRefusal(facts: AnswerFacts): Refusal | undefined {
  const { active, now } = facts;
  if (!active) return facts.lastDone && isAsked(facts.lastDone, facts) ? "already-approved" : "not-waiting";
  if (!isAsked(active, facts)) return "another-plan";
  if (active.status !== "awaiting-approval") return "already-approved";
  return active.at !== undefined && isBefore(now, active.at) ? undefined : "expired";
}

function undoRefusal(facts: AnswerFacts, { undoHours }: AnswerSettings): Refusal | undefined {
  const { active, lastDone, now } = facts;
  if (facts.isUndoAsked) return "being-taken-back";
  if (active) {
    if (!isAsked(active, facts)) return "undo-over";
    if (active.status === "undoing") return "being-taken-back";
    return active.status === "running" ? undefined : "undo-over";
  }
  if (!lastDone?.at || !isAsked(lastDone, facts)) return "undo-over";
  return isOlderThan(lastDone.at, undoHours * 3600, now) ? "undo-over" : undefined;
}
