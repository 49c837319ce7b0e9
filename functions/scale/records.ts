/** What the scaler writes into the ledger's history: changes, what would have been changed, and troubles. */
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { dayOf, hourOf } from "#shared/domain/time.ts";
import type { Intent } from "./memory.ts";
import type { ScaleEscalation } from "./reasons.ts";

/** A record without its place in the service's history. */
export type RecordDraft = Omit<LedgerRecord, "sequence">;

interface About {
  readonly ref: ServiceRef;
  readonly mode: LedgerRecord["mode"];
  readonly settings: LedgerRecord["settings"];
  readonly evidence: LedgerRecord["evidence"];
}

const draft = ({ ref, mode, settings, evidence }: About, at: string) => ({
  at,
  reaction: "scale" as const,
  service: ref,
  kind: "decision" as const,
  mode,
  evidence,
  settings,
  step: undefined,
});

/** All changes of a service in one hour are one incident, and so one message. */
const hourIncident = ({ cluster, name }: ServiceRef, at: string): string => `scale/${cluster}/${name}/${hourOf(at)}`;

/** A change that was carried out, or that would have been. */
export const changeRecord = (about: About, { write, from, to, at }: Intent, isDone: boolean): RecordDraft => {
  const incident = hourIncident(about.ref, at);
  const id = `${incident}/${at}/${from}-${to}`;
  return {
    ...draft(about, at),
    id: isDone ? id : `${id}/would`,
    incident,
    decision: "act",
    reason: undefined,
    evidence: { ...about.evidence, write, from, to },
    plan: isDone ? { id, kind: `set-${write}`, status: "done", usdPerMonth: 0 } : undefined,
  };
};

/** A trouble that a person should look at; one message a day and trouble. */
export const troubleRecord = (about: About, reason: ScaleEscalation, at: string): RecordDraft => {
  const incident = `scale/${about.ref.cluster}/${about.ref.name}/${dayOf(at)}/${reason}`;
  return { ...draft(about, at), id: `${incident}/escalate`, incident, decision: "escalate", reason, plan: undefined };
};
