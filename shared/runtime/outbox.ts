/** The records an item still has to publish, each with its place in the order of the service's history. */
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";

/** More records than this are never made by one version of an item. */
const RECORDS_PER_VERSION = 1000;

/** The outbox with one more record; the same record twice is one. */
export const withRecord = (
  { version, outbox }: ServiceItem,
  record: Omit<LedgerRecord, "sequence">,
): readonly LedgerRecord[] =>
  outbox.some(({ id }) => id === record.id)
    ? outbox
    : [...outbox, { ...record, sequence: version * RECORDS_PER_VERSION + outbox.length }];
