/** What the ledger must be able to do. Every write is one conditional write on one item. */
import type { JsonObject } from "#shared/domain/json.ts";
import type { Kill, ObservedKill } from "#shared/domain/kill.ts";
import type { AdmissionLimits, PlanProgress, ReactionName } from "#shared/domain/plan.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";

/** Everything remembered of one service: the one item on which "one plan per service" rests. */
export interface ServiceItem {
  readonly ref: ServiceRef;
  /** Rises with every write: the fencing number. 0 means that the item does not exist yet. */
  readonly version: number;
  readonly lease: Lease | undefined;
  readonly active: PlanProgress | undefined;
  /** Newest last, bounded. */
  readonly kills: readonly Kill[];
  readonly cooldownUntil: string | undefined;
  /** Acts of the UTC day named. */
  readonly acts: { readonly day: string; readonly count: number };
  readonly breaker: { readonly failures: number; readonly openUntil: string | undefined };
  /** A kill that waits for someone else's change to end; the kills after it are only counted. */
  readonly waiting: WaitingKill | undefined;
  readonly addedUsdPerMonth: number;
  /** Why the last kill of this revision was not acted on; the same reason is not recorded twice. */
  readonly lastHold: { readonly incident: string; readonly reason: string } | undefined;
  /** What the scaler remembers of the service's queue between two looks at it. */
  readonly scaling: JsonObject | undefined;
  /** The last plan, if it ended well: what a person may still take back. */
  readonly lastDone?: PlanProgress | undefined;
  /** A person's wish, not yet heard by the plan's owner, to take this plan back. */
  readonly undoAsked?: { readonly planId: string; readonly by: string; readonly at: string } | undefined;
  /** Records not yet in the ledger's history and on the bus. */
  readonly outbox: readonly LedgerRecord[];
}

export interface WaitingKill {
  readonly kill: ObservedKill;
  readonly since: string;
  /** When it is judged again, if no event says sooner that the change has ended. */
  readonly lookAt: string;
}

export interface Lease {
  readonly owner: string;
  readonly until: string;
}

/** `conflict` carries what is there now, so that no second read is needed. */
export type SaveResult =
  | { readonly kind: "saved"; readonly item: ServiceItem }
  | { readonly kind: "conflict"; readonly current: ServiceItem };

/** What holds for the whole account. */
export interface AccountState {
  readonly isPaused: boolean;
  readonly pausedBy: string | undefined;
  /** Services with a kill worth acting on, by ARN, with the instant; bounded. */
  readonly troubled: Readonly<Record<string, string>>;
  readonly acts: { readonly hour: string; readonly count: number };
  readonly addedUsd: { readonly month: string; readonly amount: number };
  /** The next free slot of each rate group. */
  readonly nextSlotAt: Readonly<Record<string, string>>;
  /** Rises with every admission: what admissions are fenced by. */
  readonly admissions: number;
}

/** A place in the queue of an ECS API group, or the refusal of the hourly budget. */
export type Admission =
  | { readonly kind: "admitted"; readonly slotAt: Date }
  | { readonly kind: "over-budget"; readonly spent: number };

export interface Ledger {
  service(ref: ServiceRef): Promise<ServiceItem>;
  /** Writes `item` if the stored version is still `item.version`; the stored one becomes `item.version + 1`. */
  save(item: ServiceItem, dueAt: Date | undefined): Promise<SaveResult>;
  /** The account's state, after noting that this service is in trouble. */
  noteTrouble(ref: ServiceRef, at: Date, remember: number): Promise<AccountState>;
  account(): Promise<AccountState>;
  /** Forgets services whose trouble is older; answers how many. */
  forgetTrouble(before: Date): Promise<number>;
  /** Takes the next slot of a rate group and one act of the hour's budget, in one conditional write. */
  admit(request: AdmissionRequest): Promise<Admission>;
  /** Appends a record; the same id twice is one record. */
  append(record: LedgerRecord): Promise<void>;
  /** The records of an incident, oldest first. */
  records(incident: string): Promise<readonly LedgerRecord[]>;
  /** Items whose time has come, oldest first, at most `limit`. */
  due(now: Date, limit: number): Promise<readonly DueItem[]>;
}

export interface AdmissionRequest extends AdmissionLimits {
  /** The account as last seen; saves the read when nobody was admitted since. */
  readonly seen: AccountState;
  readonly now: Date;
  readonly usdPerMonth: number;
  /** False for a plan that missed its slot: it takes a new one, its budget is spent already. */
  readonly isFirst: boolean;
}

/** Something the sweep must hand back to its owner. */
export type DueItem =
  | { readonly kind: "plan"; readonly ref: ServiceRef; readonly owner: ReactionName; readonly planId: string }
  | { readonly kind: "waiting"; readonly ref: ServiceRef; readonly owner: ReactionName }
  | { readonly kind: "outbox"; readonly ref: ServiceRef; readonly owner: ReactionName }
  | { readonly kind: "message"; readonly incident: string };

/** A service nobody has recorded anything of. */
export const unknownService = (ref: ServiceRef): ServiceItem => ({
  ref,
  version: 0,
  lease: undefined,
  active: undefined,
  kills: [],
  cooldownUntil: undefined,
  acts: { day: "", count: 0 },
  breaker: { failures: 0, openUntil: undefined },
  waiting: undefined,
  addedUsdPerMonth: 0,
  lastHold: undefined,
  scaling: undefined,
  outbox: [],
});
