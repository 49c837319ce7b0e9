/** Which of several decisions about one cause people are told of. */
import { expect, test } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { decisionRecord } from "../../test/builders/records.ts";
import { incidentOf } from "./incident.ts";

const { plan } = decisionRecord();

const proposed = decisionRecord({ mode: "ask", plan: plan && { ...plan, status: "awaiting-approval" } });
const over = (status: "expired" | "running"): LedgerRecord =>
  decisionRecord({ id: "over", sequence: 1000, kind: "progress", plan: plan && { ...plan, status } });
const escalated = decisionRecord({
  id: "escalated",
  sequence: 2000,
  decision: "escalate",
  reason: "at-ceiling",
  plan: undefined,
});

test("what calls a person after a plan has ended is told, and its buttons are gone", () => {
  expect(incidentOf([proposed, over("expired"), escalated])).toMatchObject({
    stage: "escalated",
    reason: "at-ceiling",
    plan: undefined,
  });
});

test("a plan under way outranks it", () => {
  expect(incidentOf([proposed, over("running"), escalated])).toMatchObject({ stage: "under-way" });
});

test("a plan that came later outranks it, ended or not", () => {
  const records = [{ ...escalated, sequence: 0 }, decisionRecord({ sequence: 10 }), over("expired")];
  expect(incidentOf(records)).toMatchObject({ stage: "expired" });
});
