import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";

/** Our bus: every record is an event on it. */
export interface Publisher {
  publish(records: readonly LedgerRecord[]): Promise<void>;
}

/** The reaction's own queue, for a plan whose slot lies ahead. */
export interface Resumes {
  send(resume: { readonly ref: ServiceRef; readonly planId: string }, delaySeconds: number): Promise<void>;
}

/** Time, injected. */
export interface Clock {
  now(): Date;
}
