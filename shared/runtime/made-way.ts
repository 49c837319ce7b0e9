/** A question to a person that another reaction's plan does not wait for. */
import type { Plan } from "#shared/domain/plan.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import { withRecord } from "./outbox.ts";
import { movedOn, progressRecord, type StepMeanings } from "./progress.ts";

const SAID = { kind: "superseded", because: "made-way" } as const;

/** The item's records, with the end of another reaction's proposal if this plan takes its place. */
export const madeWay = (
  item: ServiceItem,
  { reaction }: Plan,
  meanings: StepMeanings,
  now: Date,
): ServiceItem["outbox"] => {
  const { active, outbox } = item;
  if (!active || active.plan.reaction === reaction) return outbox;
  return withRecord(item, progressRecord(active, movedOn(active, SAID, meanings, now), SAID, meanings, now));
};
