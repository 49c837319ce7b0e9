/** The notify function over a ledger and a chat in memory. */
import { parseConfig } from "#shared/config/parse.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { createNotify } from "../../functions/notify/handler.ts";
import { fakeClock } from "../fakes/clock.ts";
import { faultyProcess } from "../fakes/faults.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { fakeMessenger } from "../fakes/messenger.ts";

/** The event that tells of a record. */
export const told = (record: LedgerRecord) =>
  ({ kind: "event", detailType: "Reflex Record", event: { detail: record } }) as const;

/** A world without messages yet. */
export const createNotifyWorld = (document: unknown = { clusters: ["production"] }) => {
  const clock = fakeClock();
  const ledger = fakeLedger();
  const messenger = fakeMessenger(clock);
  const config = parseConfig(document, "test");
  let processes = 0;
  /** A process of the function; each has its own faults and claims. */
  const spawn = (at?: number, fault: "crash-before" | "crash-after" = "crash-before") => {
    const process = faultyProcess({ at, fault });
    processes += 1;
    const owner = `invocation-${processes}`;
    const handle = createNotify({
      config,
      ledger: process.wrap(ledger),
      messages: process.wrap(ledger),
      messenger: process.wrap(messenger),
      clock,
      invocation: { owner: () => owner, secondsLeft: () => 25 },
    });
    return {
      process,
      handle: (message: Parameters<typeof handle>[0]) => Promise.race([handle(message), process.crashed]),
    };
  };
  return {
    clock,
    ledger,
    messenger,
    spawn,
    /** The record as the ledger keeps it, and the event that tells of it. */
    async tell(...records: readonly LedgerRecord[]) {
      for (const record of records) {
        await ledger.append(record);
        await spawn().handle(told(record));
      }
    },
    /** What the sweep does for messages that wait, until none is left. */
    async sweep(rounds = 3) {
      for (let round = 0; round < rounds; round += 1) {
        clock.advance(120);
        for (const due of await ledger.due(clock.now(), 10))
          if (due.kind === "message") await spawn().handle({ kind: "resend", incident: due.incident });
      }
    },
    texts: () => messenger.messages.map(({ content }) => content.text),
  };
};
