/** What a tick leaves in the service's item: the memory, the intent of a change, and records that people will read. */
import { dayOf, isOlderThan, secondsBetween } from "#shared/domain/time.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import type { Reading } from "#shared/ports/reading.ts";
import { withRecord } from "#shared/runtime/outbox.ts";
import type { Verdict } from "./judge.ts";
import { type Intent, type KnownTarget, memoryOf, type ScaleMemory, storedOf } from "./memory.ts";
import type { Readings } from "./observe.ts";
import type { ScaleEscalation } from "./reasons.ts";
import { changeRecord, type RecordDraft, troubleRecord } from "./records.ts";

/** What would be done is said again after this long at the earliest, for nothing changes meanwhile. */
const SAID_AGAIN_SECONDS = 300;

const aboutOf = ({ ref }: ServiceItem, { mode, settings, evidence }: Verdict) => ({ ref, mode, settings, evidence });

const withRecords = (item: ServiceItem, records: readonly RecordDraft[]): ServiceItem => ({
  ...item,
  outbox: records.reduce((outbox, record) => withRecord({ ...item, outbox }, record), item.outbox),
});

const withMemory = (item: ServiceItem, memory: ScaleMemory): ServiceItem => ({ ...item, scaling: storedOf(memory) });

/** A minimum that we are about to set, so that it is never taken for its owner's. */
const moving = (target: KnownTarget | undefined, { write, from, to }: Intent): KnownTarget | undefined =>
  target && write === "minimum" ? { ...target, moved: { to, owners: target.moved?.owners ?? from } } : target;

/** A trouble that is over within this was none: a burst at its maximum, a first guess, a count that was off. */
const LASTS_SECONDS = 60;

/** The troubles that last and that people were not told of today, as records, and the notes of both. */
const newTroubles = (item: ServiceItem, verdict: Verdict, at: string, { told, troubledSince }: ScaleMemory) => {
  const since = Object.fromEntries(verdict.troubles.map((reason) => [reason, troubledSince[reason] ?? at]));
  const isNew = (reason: ScaleEscalation) =>
    told[reason] !== dayOf(at) && secondsBetween(since[reason] ?? at, at) >= LASTS_SECONDS;
  const fresh = [...new Set(verdict.troubles)].filter(isNew);
  return {
    troubledSince: since,
    records: fresh.map((reason) => troubleRecord(aboutOf(item, verdict), reason, at)),
    told: { ...told, ...Object.fromEntries(fresh.map((reason) => [reason, dayOf(at)])) },
  };
};

/** A change that an earlier tick began and did not live to tell of; the count itself says whether it happened. */
const recovered = (
  item: ServiceItem,
  verdict: Verdict,
  { service }: Pick<Readings, "service">,
): readonly RecordDraft[] => {
  const { intent } = memoryOf(item.scaling);
  const happened =
    intent?.write === "desired-count" && service.kind === "read" && service.value.desiredCount === intent.to;
  return happened ? [changeRecord({ ...aboutOf(item, verdict), evidence: intent.evidence }, intent, true)] : [];
};

/** The item with a tick in it; a change that follows is intended, not yet done. */
export const ticked = (
  item: ServiceItem,
  verdict: Verdict,
  { slot, now, service }: Pick<Readings, "service"> & { readonly slot: number | undefined; readonly now: Date },
): ServiceItem => {
  const at = now.toISOString();
  const known = memoryOf(item.scaling);
  const { change, acts, memory } = verdict;
  const would = change !== undefined && !acts ? change : undefined;
  const said = known.wouldHave;
  const isNews = would !== undefined && isDue(said, would, now);
  const troubles = newTroubles(item, verdict, at, known);
  const records = [
    ...recovered(item, verdict, { service }),
    ...troubles.records,
    ...(isNews ? [changeRecord(aboutOf(item, verdict), would, false)] : []),
  ];
  return withMemory(withRecords(item, records), {
    ...memory,
    state: acts ? verdict.whenDone : memory.state,
    slot: Math.max(known.slot, slot ?? 0),
    told: troubles.told,
    troubledSince: troubles.troubledSince,
    wouldHave: isNews ? { to: would.to, at } : said,
    intent: acts ? change : undefined,
    target: acts && change ? moving(memory.target, change) : memory.target,
  });
};

const isDue = (said: ScaleMemory["wouldHave"], would: Intent, now: Date): boolean =>
  said === undefined || (said.to !== would.to && isOlderThan(said.at, SAID_AGAIN_SECONDS, now));

const EVER = new Date(0).toISOString();

/** The item after the change was tried: told when it was done, a trouble when it was refused, tried again when nobody knows. */
export const changed = (
  item: ServiceItem,
  verdict: Verdict,
  change: Intent,
  result: Reading<true>["kind"],
  now: Date,
): ServiceItem => {
  const at = now.toISOString();
  const memory = { ...memoryOf(item.scaling), intent: undefined };
  if (result === "read") {
    const { target } = memory;
    const bounds = change.write === "minimum" && target?.bounds ? { ...target.bounds, min: change.to } : target?.bounds;
    const done = changeRecord(aboutOf(item, verdict), change, true);
    return withMemory(withRecords(item, [done]), { ...memory, target: target && { ...target, bounds } });
  }
  // What did not take a minimum may be gone or have other bounds by now: it is read again at the next tick.
  const { target } = memory;
  const unsure = change.write === "minimum" && target ? { ...target, readAtSeconds: 0 } : target;
  if (result !== "denied") return withMemory(item, { ...memory, target: unsure });
  // What refuses a change is no trouble that may pass by itself.
  const refused = { ...verdict, troubles: ["no-permission"] as const };
  const troubles = newTroubles(item, refused, at, { ...memory, troubledSince: { "no-permission": EVER } });
  return withMemory(withRecords(item, troubles.records), { ...memory, told: troubles.told });
};
