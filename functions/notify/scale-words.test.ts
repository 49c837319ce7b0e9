import { expect, test } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { escalationMeanings } from "../scale/reasons.ts";
import { incidentOf } from "./incident.ts";
import { messageOf } from "./message.ts";

const ref = {
  arn: "arn:aws:ecs:us-east-1:111122223333:service/production/worker",
  cluster: "production",
  name: "worker",
};

const record = (sequence: number, rest: Partial<LedgerRecord>): LedgerRecord => ({
  id: String(sequence),
  at: `2026-11-23T03:0${sequence}:00.000Z`,
  sequence,
  incident: "scale/production/worker/2026-11-23T03",
  reaction: "scale",
  service: ref,
  kind: "decision",
  mode: "act",
  decision: "act",
  reason: undefined,
  evidence: { queueName: "jobs", latencySeconds: 60 },
  plan: undefined,
  step: undefined,
  settings: {},
  ...rest,
});

const change = (sequence: number, from: number, to: number, write = "desired-count"): LedgerRecord =>
  record(sequence, {
    plan: { id: String(sequence), kind: "set-desired-count", status: "done", usdPerMonth: 0 },
    evidence: { queueName: "jobs", latencySeconds: 60, sentence: `goes from ${from} to ${to} tasks`, from, to, write },
  });

const told = (...records: readonly LedgerRecord[]) => {
  const incident = incidentOf(records);
  if (!incident) throw new Error("nothing is told");
  const { text, blocks } = messageOf(incident, { hasApprovers: false });
  return { text, whole: JSON.stringify(blocks) };
};

test("the changes of an hour are one message: the newest in its headline, all of them in its trail", () => {
  const { text, whole } = told(change(1, 1, 3), change(2, 3, 5), change(3, 5, 1));
  expect(text).toContain("worker follows its queue: 5 → 1 task (");
  expect(whole).toContain("03:01 UTC 1 → 3  ·  03:02 3 → 5  ·  03:03 5 → 1");
});

test("a minimum that was moved is told as at least so many tasks", () => {
  expect(told(change(1, 1, 4, "minimum")).text).toContain("1 → at least 4 tasks");
});

test("what would have been done is told as observed", () => {
  const would = record(1, { mode: "observe", evidence: { ...change(1, 1, 5).evidence } });
  expect(told(would).text).toContain("observed: nothing was changed");
});

test.each(Object.keys(escalationMeanings))("the trouble %s has a sentence of its own", (reason) => {
  const { text } = told(record(1, { decision: "escalate", reason }));
  expect(text).toMatch(/^🔴 worker \w+/u);
  expect(text).not.toContain(`worker ${reason}`);
});
