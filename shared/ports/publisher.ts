import type { LedgerRecord } from "#shared/domain/record.ts";

/** Our bus: every record is an event on it. */
export interface Publisher {
  publish(records: readonly LedgerRecord[]): Promise<void>;
}
