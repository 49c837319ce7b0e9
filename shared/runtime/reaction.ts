/** The road, once: event, facts, decision, plan, record. Every reaction to a service's event walks it. */
import { createHash } from "node:crypto";
import type { Act, Decision, Evidence } from "#shared/domain/decision.ts";
import {
  type AdmissionLimits,
  type Aftermath,
  type Mode,
  PLAN_SCHEMA_VERSION,
  type Plan,
  type PlanDraft,
  type ReactionName,
} from "#shared/domain/plan.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { dayOf } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { type AccountState, type Ledger, type ServiceItem, unknownService } from "#shared/ports/ledger.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { dueAt } from "./aftermath.ts";
import type { Engine } from "./engine.ts";
import { withRecord } from "./outbox.ts";
import { planPrint } from "./plan-print.ts";

/** What a reaction brings: everything that is its own. */
export interface Reaction<Subject> {
  readonly name: ReactionName;
  /** The service it is about; undefined when the event is about none, such as a standalone task. */
  service(subject: Subject): ServiceRef | undefined;
  /** Groups everything said about one cause. */
  incident(subject: Subject): string;
  /** Whether the ledger has an answer to this very happening already. */
  isKnown(item: ServiceItem, subject: Subject): boolean;
  /** The item with this happening noted in it. */
  remember(item: ServiceItem, subject: Subject, reason: string | undefined): ServiceItem;
  /** Reads what is needed and decides. */
  judge(subject: Subject, item: ServiceItem): Promise<Judgement>;
}

export interface Judgement {
  readonly decision: Decision<PlanDraft, string, string>;
  readonly mode: Mode;
  readonly aftermath: Aftermath;
  /** What a plan must be admitted by; undefined when it counts against nothing. */
  readonly admission: AdmissionLimits | undefined;
  readonly settings: LedgerRecord["settings"];
  /** The account as it was seen; undefined when the decision did not need it. */
  readonly account: AccountState | undefined;
}

export interface RoadDeps {
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly engine: Engine;
}

/** What came of an event, for the one log line and the metrics. */
export interface Outcome {
  readonly decision: "act" | "hold" | "escalate" | "known" | "resumed" | "ignored";
  readonly reason: string | undefined;
  readonly incident: string | undefined;
  /** The decision in a sentence, where its reason alone says too little. */
  readonly sentence?: string;
  /** A metric that operators have an alarm on. */
  readonly alarming?: string;
}

/** Each conflict means that another handler got on; after so many the message is tried again later. */
const MOST_CONFLICTS = 50;

/** The same plan has the same id however often it is decided. */
const planIdOf = ({ kind, service, decidedFor }: PlanDraft): string =>
  `${kind}-${createHash("sha256").update(`${service.arn}|${decidedFor}`).digest("hex").slice(0, 16)}`;

export const createRoad = <Subject>(reaction: Reaction<Subject>, { ledger, publisher, clock, engine }: RoadDeps) => {
  const recordOf = (
    subject: Subject,
    { decision, mode, settings }: Judgement,
    plan: Plan | undefined,
    evidence: Evidence = decision.evidence,
  ): Omit<LedgerRecord, "sequence"> => {
    const incident = reaction.incident(subject);
    const reason = decision.kind === "act" ? undefined : decision.reason;
    const now = clock.now().toISOString();
    return {
      id: plan ? `${plan.id}/${plan.createdAt}/decided` : `${incident}/${decision.kind}/${reason ?? mode}`,
      at: now,
      incident,
      reaction: reaction.name,
      service: reaction.service(subject),
      kind: "decision",
      mode,
      decision: decision.kind,
      reason,
      evidence,
      plan: plan && {
        id: plan.id,
        kind: plan.kind,
        status: plan.mode === "ask" ? "awaiting-approval" : "running",
        usdPerMonth: plan.usdPerMonth,
        print: planPrint(plan),
      },
      step: undefined,
      settings,
    };
  };

  const planOf = (
    subject: Subject,
    { plan, evidence }: Act<PlanDraft>,
    { mode, aftermath, admission }: Judgement,
  ): Plan => ({
    ...plan,
    aftermath,
    admission,
    schemaVersion: PLAN_SCHEMA_VERSION,
    id: planIdOf(plan),
    reaction: reaction.name,
    incident: reaction.incident(subject),
    mode: mode === "ask" ? "ask" : "act",
    createdAt: clock.now().toISOString(),
    evidence,
  });

  /** A decision that changes nothing: noted and told once per incident and reason. */
  const recordOnly = async (subject: Subject, item: ServiceItem, judgement: Judgement) => {
    const record = recordOf(subject, judgement, undefined);
    const reason = record.reason ?? judgement.mode;
    const isNews = item.lastHold?.incident !== record.incident || item.lastHold.reason !== reason;
    const noted = {
      ...reaction.remember(item, subject, record.reason),
      lastHold: { incident: record.incident, reason },
      outbox: isNews ? withRecord(item, record) : item.outbox,
    };
    const saved = await ledger.save(noted, dueAt(noted, clock.now()));
    if (saved.kind === "conflict") return saved;
    await engine.flush(saved.item);
    return { kind: "recorded" as const };
  };

  const start = async (subject: Subject, item: ServiceItem, judgement: Judgement, decision: Act<PlanDraft>) => {
    const plan = planOf(subject, decision, judgement);
    const day = dayOf(clock.now());
    const noted: ServiceItem = {
      ...reaction.remember(item, subject, undefined),
      lastHold: undefined,
      acts: { day, count: item.acts.day === day ? item.acts.count + 1 : 1 },
      outbox: withRecord(item, recordOf(subject, judgement, plan)),
    };
    return engine.start(noted, plan, judgement.account);
  };

  /** An event about no service: told once, remembered by its id alone. */
  const withoutService = async (subject: Subject, item: ServiceItem): Promise<Outcome> => {
    const judgement = await reaction.judge(subject, item);
    const record = { ...recordOf(subject, judgement, undefined), sequence: 0 };
    await ledger.append(record);
    await publisher.publish([record]);
    return { decision: record.decision, reason: record.reason, incident: record.incident };
  };

  return {
    /** Walks the road for one happening; safe to repeat. */
    async handle(subject: Subject): Promise<Outcome> {
      const ref = reaction.service(subject);
      const incident = reaction.incident(subject);
      if (!ref) return withoutService(subject, unknownService({ arn: "", cluster: "", name: "" }));
      let item = await ledger.service(ref);
      for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
        if (reaction.isKnown(item, subject)) return { decision: "known", reason: undefined, incident };
        const judgement = await reaction.judge(subject, item);
        const { decision, mode } = judgement;
        const acts = decision.kind === "act" && (mode === "act" || mode === "ask");
        const result = acts
          ? await start(subject, item, judgement, decision)
          : await recordOnly(subject, item, judgement);
        if (result.kind !== "conflict") {
          return { decision: decision.kind, reason: decision.kind === "act" ? undefined : decision.reason, incident };
        }
        item = result.current;
      }
      throw new ReflexError(
        "conflict",
        `deciding on ${incident}: lost the race for ${ref.arn} ${MOST_CONFLICTS} times`,
      );
    },
  };
};
