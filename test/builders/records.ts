/** Records of an incident, as the ledger keeps them: a raise of `order-service` from the decision to its proof. */
import type { LedgerRecord } from "#shared/domain/record.ts";
import { PREFIX, REF } from "../fakes/services.ts";

export const INCIDENT = "oom/production/order-service/order-service:1";
const PLAN = { id: "raise-memory-1", kind: "raise-memory", status: "running", usdPerMonth: 9.73, print: "p1" } as const;

/** The decision to raise, unless told otherwise. */
export const decisionRecord = (over: Partial<LedgerRecord> = {}): LedgerRecord => ({
  id: `${INCIDENT}/decided`,
  at: "2026-11-23T03:00:00.000Z",
  sequence: 0,
  incident: INCIDENT,
  reaction: "oom",
  service: REF,
  kind: "decision",
  mode: "act",
  decision: "act",
  reason: undefined,
  evidence: {
    container: "order-service",
    revision: `${PREFIX}:task-definition/order-service:1`,
    ranSeconds: 300,
    killsInWindow: 1,
    fromMemoryMiB: 1024,
    toMemoryMiB: 2048,
    fromCpuUnits: 512,
    toCpuUnits: 512,
    cpuRowChanged: false,
    priceIsEstimate: false,
  },
  plan: PLAN,
  step: undefined,
  settings: {},
  ...over,
});

const progress = (minute: number, step: LedgerRecord["step"], over: Partial<LedgerRecord> = {}): LedgerRecord =>
  decisionRecord({
    id: `${INCIDENT}/${minute}`,
    at: `2026-11-23T03:${String(minute).padStart(2, "0")}:00.000Z`,
    sequence: minute * 1000,
    kind: "progress",
    evidence: {},
    step,
    ...over,
  });

/** A raise that goes well, oldest first. */
export const raiseRecords = (): readonly LedgerRecord[] => [
  decisionRecord(),
  progress(1, {
    name: "raise-memory",
    outcome: "done",
    result: { revision: `${PREFIX}:task-definition/order-service:2` },
  }),
  progress(2, { name: "deploy-revision", outcome: "done" }),
  progress(3, { name: "wait-until-steady", outcome: "wait" }, { reason: "rolling-out" }),
  progress(4, { name: "wait-until-steady", outcome: "done" }),
  progress(5, { name: "watch-for-kills", outcome: "wait" }, { reason: "watching" }),
  progress(6, { name: "watch-for-kills", outcome: "done" }, { plan: { ...PLAN, status: "done" } }),
];
