/** Tells people once of something that no deployment is about: a bad image that runs, a waiver that ends. */
import { type Evidence, escalate } from "#shared/domain/decision.ts";
import type { Mode } from "#shared/domain/plan.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Reaction } from "#shared/runtime/reaction.ts";
import { type DoorDeps, judgementOf, resolvedFor } from "./deps.ts";
import type { GateEscalation } from "./reasons.ts";

export interface Notice {
  /** The ledger's item that remembers that it was told. */
  readonly subject: ServiceRef;
  readonly incident: string;
  readonly reason: GateEscalation;
  readonly evidence: Evidence;
  readonly mode: Mode;
}

export const createNoticeReaction = ({ config }: Pick<DoorDeps, "config">): Reaction<Notice> => ({
  name: "gate",
  service: ({ subject }) => subject,
  incident: ({ incident }) => incident,
  isKnown: ({ lastHold }, { incident }) => lastHold?.incident === incident,
  remember: (item) => item,
  judge: async ({ subject, reason, evidence, mode }) =>
    judgementOf({ decision: escalate(reason, evidence), mode }, resolvedFor(config, subject), undefined),
});
