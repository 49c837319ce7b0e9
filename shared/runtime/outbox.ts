/** The records an item still has to publish, each with its place in the order of the service's history. */
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { dueAt } from "./aftermath.ts";

/** More records than this are never made by one version of an item. */
const RECORDS_PER_VERSION = 1000;

/** A record that has no place in the order yet. */
export type Untold = Omit<LedgerRecord, "sequence">;

/** The outbox with one more record; the same record twice is one. */
export const withRecord = (
  { version, outbox }: Pick<ServiceItem, "version" | "outbox">,
  record: Untold,
): readonly LedgerRecord[] =>
  outbox.some(({ id }) => id === record.id)
    ? outbox
    : [...outbox, { ...record, sequence: version * RECORDS_PER_VERSION + outbox.length }];

/** The outbox with these records, oldest first. */
export const withRecords = ({ version, outbox }: ServiceItem, records: readonly Untold[]): readonly LedgerRecord[] =>
  records.reduce((told, record) => withRecord({ version, outbox: told }, record), outbox);

/** Writes the records an item still holds into history and onto the bus, and takes them from the item. */
export const flushOutbox = async (
  item: ServiceItem,
  { ledger, publisher, clock }: { readonly ledger: Ledger; readonly publisher: Publisher; readonly clock: Clock },
): Promise<void> => {
  if (item.outbox.length === 0) return;
  await Promise.all(item.outbox.map((record) => ledger.append(record)));
  await publisher.publish(item.outbox);
  const sent = new Set(item.outbox.map(({ id }) => id));
  let fresh = item;
  for (;;) {
    const emptied = { ...fresh, outbox: fresh.outbox.filter(({ id }) => !sent.has(id)) };
    const result = await ledger.save(emptied, dueAt(emptied, clock.now()));
    if (result.kind === "saved") return;
    fresh = result.current;
  }
};
