/** What people are told of an incident: read off its records, whatever order they came in. */
import type { Evidence } from "#shared/domain/decision.ts";
import { ENDED, type Mode, type PlanStatus } from "#shared/domain/plan.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { secondsBetween } from "#shared/domain/time.ts";
import { gateStageDone, isGateTold } from "./gate-words.ts";
import { scaleSteps } from "./scale-words.ts";

/** Where an incident stands, in the order in which a good one passes. */
export type Stage =
  | "would-act"
  | "proposed"
  | "under-way"
  | "rolling-out"
  | "steady"
  | "verified"
  | "scaled"
  | "let-on"
  | "sent-back"
  | "deployed"
  | "undoing"
  | "undone"
  | "failed"
  | "superseded"
  | "held"
  | "declined"
  | "expired"
  | "escalated";

export interface Incident {
  readonly id: string;
  readonly reaction: string;
  readonly service: ServiceRef | undefined;
  readonly mode: Mode;
  readonly stage: Stage;
  /** Why it was held, escalated, or ended as it did. */
  readonly reason: string | undefined;
  /** What the decision rests on. */
  readonly evidence: Evidence;
  /** What the last record tells beside it, such as the error that a plan ended with. */
  readonly lastEvidence: Evidence;
  readonly planKind: string | undefined;
  /** The plan that buttons are about; undefined when there is none. */
  readonly plan: { readonly id: string; readonly print: string; readonly canBeUndone: boolean } | undefined;
  /** Of a bad image that runs: where each of its services stands, those that wait for an answer first. */
  readonly rollouts: readonly Incident[];
  /** How long an image that may not run was deployed before it was gone; undefined while it is, or when it never was. */
  readonly exposedSeconds: number | undefined;
  /** What people answered, oldest first. */
  readonly answers: readonly { readonly said: string; readonly user: string; readonly at: string }[];
  readonly usdPerMonth: number;
  /** ARN of the revision that a plan of ours registered. */
  readonly newRevision: string | undefined;
  readonly steps: readonly { readonly name: string; readonly outcome: string; readonly at: string }[];
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** Holds that people want to hear of; the others are in the ledger. */
const TOLD_HOLDS: ReadonlySet<string> = new Set(["correlation", "budget-account", "budget-service"]);

/** Whether a record is worth a person's attention. */
const isTold = (record: LedgerRecord): boolean => {
  if (record.reaction === "gate") return isGateTold(record);
  return record.decision !== "hold" || (record.reason !== undefined && TOLD_HOLDS.has(record.reason));
};

const ENDS: Readonly<Partial<Record<PlanStatus, Stage>>> = {
  "awaiting-approval": "proposed",
  done: "verified",
  undoing: "undoing",
  undone: "undone",
  failed: "failed",
  stuck: "failed",
  expired: "expired",
  declined: "declined",
  superseded: "superseded",
  held: "held",
};

/** Which stage a running plan is in follows from the last step that was done. */
const AFTER_STEP: Readonly<Record<string, Stage>> = {
  "raise-memory": "under-way",
  "copy-revision": "undoing",
  "deploy-revision": "rolling-out",
  "wait-until-steady": "steady",
  "watch-for-kills": "verified",
};

const stageOf = (decided: LedgerRecord, last: LedgerRecord, done: readonly LedgerRecord[]): Stage => {
  if (!decided.plan) {
    if (decided.decision === "act") return "would-act";
    return decided.decision === "hold" ? "held" : "escalated";
  }
  if (decided.reaction === "scale") return "scaled";
  if (decided.reaction === "gate" && last.plan?.status === "done") return gateStageDone(decided);
  const ended = last.plan && ENDS[last.plan.status];
  if (ended) return ended;
  return AFTER_STEP[done.at(-1)?.step?.name ?? ""] ?? "under-way";
};

const planOf = ({ plan }: LedgerRecord, progress: readonly LedgerRecord[]): Incident["plan"] => {
  if (plan?.print === undefined) return undefined;
  const told = progress.findLast((record) => record.plan?.canBeUndone !== undefined);
  return { id: plan.id, print: plan.print, canBeUndone: told?.plan?.canBeUndone ?? false };
};

/** The same plan decided anew, say after it was declined, is another one. */
const isSame = (one: LedgerRecord["plan"], other: LedgerRecord["plan"]): boolean =>
  one?.id === other?.id && one?.print === other?.print;

/** From the deployment's start until what ended it, as far as a gate's plan has ended it. */
const exposureOf = ({ evidence }: LedgerRecord, last: LedgerRecord, done: readonly LedgerRecord[]) => {
  if (evidence.startedAt === undefined || last.plan?.status !== "done") return undefined;
  const counted = done.findLast(({ step }) => step?.result?.exposedSeconds !== undefined)?.step?.result?.exposedSeconds;
  return counted === undefined ? secondsBetween(String(evidence.startedAt), last.at) : Number(counted);
};

/** The decision that counts: what calls a person outranks an earlier plan that is over, a plan every other decision. */
const decisive = (told: readonly LedgerRecord[]): LedgerRecord | undefined => {
  const decisions = told.filter(({ kind }) => kind === "decision");
  const newest = decisions.at(-1);
  const planned = decisions.findLast(({ plan }) => plan);
  const end = told.findLast(({ plan }) => plan && isSame(plan, planned?.plan))?.plan?.status;
  const isOver = end !== undefined && ENDED.has(end);
  return newest?.decision === "escalate" && isOver ? newest : (planned ?? newest);
};

/** What one service's records tell of. */
const oneIncident = (records: readonly LedgerRecord[]): Incident | undefined => {
  const told = records.filter(isTold);
  const decided = decisive(told);
  if (!decided) return undefined;
  const progress = told.filter(({ kind, plan }) => kind !== "decision" && isSame(plan, decided.plan));
  const done = progress.filter(({ step }) => step?.outcome === "done");
  const last = progress.at(-1) ?? decided;
  const revision = done.findLast(({ step }) => step?.result?.revision)?.step?.result?.revision;
  return {
    id: decided.incident,
    reaction: decided.reaction,
    service: decided.service,
    mode: decided.mode,
    stage: stageOf(decided, last, done),
    reason: last.reason ?? decided.reason,
    evidence: decided.evidence,
    lastEvidence: last.evidence,
    planKind: decided.plan?.kind,
    plan: planOf(decided, progress),
    rollouts: [],
    exposedSeconds: exposureOf(decided, last, done),
    answers: progress.flatMap(({ by, reason = "", at }) => (by ? [{ said: reason, user: by.user, at }] : [])),
    usdPerMonth: decided.plan?.usdPerMonth ?? Number(decided.evidence.usdPerMonth ?? 0),
    newRevision: revision === undefined ? undefined : String(revision),
    steps:
      decided.reaction === "scale"
        ? scaleSteps(told.filter(({ kind }) => kind === "decision"))
        : progress.flatMap(({ step, at }) => (step ? [{ name: step.name, outcome: step.outcome, at }] : [])),
    startedAt: decided.at,
    updatedAt: last.at,
  };
};

/** Of several services' stages, the one that most wants somebody to look. */
const URGENT: readonly Stage[] = ["failed", "proposed", "undoing", "under-way", "rolling-out", "steady"];

const urgency = ({ stage }: Incident): number => {
  const at = URGENT.indexOf(stage);
  return at < 0 ? URGENT.length : at;
};

const isRunningBadImage = ({ kind, plan, evidence }: LedgerRecord): boolean =>
  kind === "decision" && plan === undefined && evidence.door === "running";

/** The incident that these records tell of, oldest first; undefined when there is nothing to tell. */
export const incidentOf = (records: readonly LedgerRecord[]): Incident | undefined => {
  const found = records.find(isRunningBadImage);
  const base = found && oneIncident([found]);
  if (!base) return oneIncident(records);
  const planned = records.filter(({ plan }) => plan !== undefined);
  const rollouts = [...new Set(planned.map(({ service }) => service?.arn))]
    .flatMap((arn) => oneIncident(planned.filter(({ service }) => service?.arn === arn)) ?? [])
    .sort((one, other) => urgency(one) - urgency(other));
  const [first] = rollouts;
  const updatedAt = records.at(-1)?.at ?? base.updatedAt;
  return first ? { ...base, stage: first.stage, reason: first.reason, rollouts, updatedAt } : base;
};
