/** A person's wish to take a plan back, heard by its owner: only the owner knows the steps that undo. */
import type { ServiceItem } from "#shared/ports/ledger.ts";
import { settled } from "./aftermath.ts";
import { withRecord } from "./outbox.ts";
import { progressRecord, type StepMeanings, takenBack, undoSteps } from "./progress.ts";

/** The item once the wish is heard: its plan is being taken back, or the wish is dropped where there is nothing left to undo. */
export const wishHeard = (item: ServiceItem, meanings: StepMeanings, now: Date): ServiceItem => {
  const { undoAsked, active, lastDone } = item;
  if (!undoAsked) return item;
  const heard = { ...item, undoAsked: undefined };
  if (active?.plan.id === undoAsked.planId && active.status === "running") {
    // A write whose answer is not known is settled first, for only what is known can be undone.
    if (active.intent !== undefined) return item;
    const after = takenBack(active, meanings, now);
    if (after.status === "undoing") return { ...heard, active: after };
    const record = progressRecord(active, after, { kind: "superseded", because: "asked" }, meanings, now);
    return settled({ ...heard, outbox: withRecord(heard, record) }, after, now);
  }
  if (active || lastDone?.plan.id !== undoAsked.planId) return heard;
  if (undoSteps(lastDone, meanings).length === 0) return heard;
  return {
    ...heard,
    active: takenBack(lastDone, meanings, now),
    addedUsdPerMonth: item.addedUsdPerMonth - lastDone.plan.usdPerMonth,
  };
};
