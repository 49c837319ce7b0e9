/** `Ledger` and `Messages` over maps: the same conditions as the table, none of its latency. */
import { accountOf, decideAdmission } from "#shared/aws/dynamodb-account.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import {
  type AccountState,
  type DueItem,
  type Ledger,
  type ServiceItem,
  unknownService,
} from "#shared/ports/ledger.ts";
import { type MessageItem, type Messages, untoldMessage } from "#shared/ports/messages.ts";

export interface FakeLedger extends Ledger, Messages {
  /** The account as it stands, for a test to set the pause switch or the budgets. */
  accountNow: AccountState;
  /** Everything ever appended, oldest first. */
  readonly appended: readonly LedgerRecord[];
}

interface Stored<T> {
  readonly item: T;
  readonly dueAt: Date | undefined;
}

const copy = <T>(value: T): T => structuredClone(value);

export const fakeLedger = (): FakeLedger => {
  const services = new Map<string, Stored<ServiceItem>>();
  const messages = new Map<string, Stored<MessageItem>>();
  const appended: LedgerRecord[] = [];

  const dueOf = ({ ref, active, lastDone, undoAsked, waiting, outbox }: ServiceItem): DueItem => {
    const progress = active ?? (undoAsked && lastDone);
    if (progress) return { kind: "plan", ref, owner: progress.plan.reaction, planId: progress.plan.id };
    if (waiting) return { kind: "waiting", ref, owner: "oom" };
    return { kind: "outbox", ref, owner: outbox[0]?.reaction ?? "oom" };
  };

  const messageNow = (incident: string): MessageItem => copy(messages.get(incident)?.item ?? untoldMessage(incident));

  return {
    accountNow: accountOf(undefined),
    appended,

    async service(ref) {
      return copy(services.get(ref.arn)?.item ?? unknownService(ref));
    },

    async save(item, dueAt) {
      const current = services.get(item.ref.arn)?.item ?? unknownService(item.ref);
      if (current.version !== item.version) return { kind: "conflict", current: copy(current) };
      const saved = copy({ ...item, version: item.version + 1 });
      services.set(item.ref.arn, { item: saved, dueAt });
      return { kind: "saved", item: copy(saved) };
    },

    async noteTrouble(ref, at, remember) {
      const { troubled } = this.accountNow;
      if (ref.arn in troubled || Object.keys(troubled).length < remember) {
        this.accountNow = { ...this.accountNow, troubled: { ...troubled, [ref.arn]: at.toISOString() } };
      }
      return copy(this.accountNow);
    },

    async account() {
      return copy(this.accountNow);
    },

    async forgetTrouble(before) {
      const kept = Object.entries(this.accountNow.troubled).filter(([, at]) => new Date(at) >= before);
      const forgotten = Object.keys(this.accountNow.troubled).length - kept.length;
      this.accountNow = { ...this.accountNow, troubled: Object.fromEntries(kept) };
      return forgotten;
    },

    async admit(request) {
      const admission = decideAdmission(request, this.accountNow);
      if (admission.kind === "over-budget") return admission;
      const { now, group, intervalMs, usdPerMonth, isFirst } = request;
      const [hour, month] = [now.toISOString().slice(0, 13), now.toISOString().slice(0, 7)];
      const { acts, addedUsd } = this.accountNow;
      this.accountNow = {
        ...this.accountNow,
        acts: { hour, count: (acts.hour === hour ? acts.count : 0) + (isFirst ? 1 : 0) },
        addedUsd: {
          month,
          amount: (addedUsd.month === month ? addedUsd.amount : 0) + (isFirst ? Math.max(0, usdPerMonth) : 0),
        },
        nextSlotAt: {
          ...this.accountNow.nextSlotAt,
          [group]: new Date(admission.slotAt.getTime() + intervalMs).toISOString(),
        },
        admissions: this.accountNow.admissions + 1,
      };
      return admission;
    },

    async append(record) {
      if (appended.every(({ id, incident }) => id !== record.id || incident !== record.incident))
        appended.push(copy(record));
    },

    async records(incident) {
      return copy(appended.filter((record) => record.incident === incident)).sort((a, b) => a.sequence - b.sequence);
    },

    async due(now, limit) {
      const plans = [...services.values()].map(({ item, dueAt }) => ({ dueAt, due: dueOf(item) }));
      const unsaid = [...messages.values()].map(({ item, dueAt }) => ({
        dueAt,
        due: { kind: "message", incident: item.incident } as const,
      }));
      return [...plans, ...unsaid]
        .flatMap(({ dueAt, due }) => (dueAt !== undefined && dueAt <= now ? [{ dueAt, due }] : []))
        .sort((one, other) => one.dueAt.getTime() - other.dueAt.getTime())
        .slice(0, limit)
        .map(({ due }) => due);
    },

    async message(incident) {
      return messageNow(incident);
    },

    async saveMessage(item, dueAt) {
      const current = messageNow(item.incident);
      if (current.version !== item.version) return { kind: "conflict", current };
      const saved = { ...copy(item), version: item.version + 1 };
      messages.set(item.incident, { item: saved, dueAt });
      return { kind: "saved", item: copy(saved) };
    },
  };
};
