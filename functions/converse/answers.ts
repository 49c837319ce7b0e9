/** What an answer makes of a service's item: one change and one record, saved together or not at all. */
import type { PlanProgress, PlanStatus } from "#shared/domain/plan.ts";
import type { Answerer, LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import { settled } from "#shared/runtime/aftermath.ts";
import { withRecord } from "#shared/runtime/outbox.ts";
import { planPrint } from "#shared/runtime/plan-print.ts";
import type { PlanAction } from "./request.ts";

/** An answer as it is recorded: who gave it, and when. */
export interface Given {
  readonly by: Answerer;
  readonly at: Date;
}

const record = (
  { plan }: PlanProgress,
  reason: "approved" | "declined" | "asked",
  status: PlanStatus,
  { by, at }: Given,
): Omit<LedgerRecord, "sequence"> => ({
  id: [plan.id, plan.createdAt, reason, by.request.slice(0, 16)].join("/"),
  at: at.toISOString(),
  incident: plan.incident,
  reaction: plan.reaction,
  service: plan.service,
  kind: "answer",
  mode: plan.mode,
  decision: "act",
  reason,
  evidence: {},
  plan: { id: plan.id, kind: plan.kind, status, usdPerMonth: plan.usdPerMonth, print: planPrint(plan) },
  step: undefined,
  settings: {},
  by,
});

const approved = (item: ServiceItem, active: PlanProgress, given: Given): ServiceItem => ({
  ...item,
  active: {
    ...active,
    status: "running",
    // The owner begins as soon as it hears of it.
    nextCheckAt: undefined,
    stepStartedAt: given.at.toISOString(),
    approvedBy: given.by.user,
  },
  outbox: withRecord(item, record(active, "approved", "running", given)),
});

const declined = (item: ServiceItem, active: PlanProgress, given: Given): ServiceItem => {
  const outbox = withRecord(item, record(active, "declined", "declined", given));
  const over: PlanProgress = { ...active, status: "declined", nextCheckAt: undefined, because: "declined" };
  return settled({ ...item, outbox }, over, given.at);
};

const undoAsked = (item: ServiceItem, progress: PlanProgress, given: Given): ServiceItem => ({
  ...item,
  undoAsked: { planId: progress.plan.id, by: given.by.user, at: given.at.toISOString() },
  outbox: withRecord(item, record(progress, "asked", "undoing", given)),
});

/** The plan that an answer is about, as the item holds it. */
export const planOf = ({ active, lastDone }: ServiceItem): PlanProgress | undefined => active ?? lastDone;

/** The item with the answer in it. Whether it holds was asked before; see the policy. */
export const answered = (item: ServiceItem, progress: PlanProgress, action: PlanAction, given: Given): ServiceItem => {
  switch (action) {
    case "approve":
      return approved(item, progress, given);
    case "decline":
      return declined(item, progress, given);
    case "undo":
      return undoAsked(item, progress, given);
  }
};
