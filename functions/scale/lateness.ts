import { arrivedBy, type Sample } from "./arrivals.ts";

/** What a promise that forgives some messages has left to forgive: messages of the last day, and those of them that started late. */
export interface Lateness {
  readonly started: number;
  readonly late: number;
}

/** Nothing was seen, so nothing is forgiven yet. */
export const freshLateness: Lateness = { started: 0, late: 0 };

/** A percentile is meant over a day: what is older fades. */
const forgetSeconds = 86_400;
/** Plans at the edge of a promise put this share of what waits at risk. */
const riskedShare = 0.25;

const startedBy = ([, arrived, waiting]: Sample): number => arrived - waiting;

/** Counts what started between the two newest reads, and how much of it had waited longer than promised by their middle. */
export const learnLateness = (known: Lateness, samples: readonly Sample[], latencySeconds: number): Lateness => {
  const [before, last] = samples.slice(-2);
  if (before === undefined || last === undefined) return known;
  const keep = Math.exp((before[0] - last[0]) / forgetSeconds);
  const dueSince = (before[0] + last[0]) / 2 - latencySeconds;
  const wasSeen = dueSince >= (samples[0]?.[0] ?? dueSince);
  const due = wasSeen ? arrivedBy(samples, dueSince) : 0;
  const late = Math.max(0, Math.min(startedBy(last), due) - startedBy(before));
  return {
    started: known.started * keep + Math.max(0, startedBy(last) - startedBy(before)),
    late: known.late * keep + late,
  };
};

/** Whether a plan may go to the edge of the promise: what is left to forgive covers what it puts at risk. */
export const mayRisk = ({ started, late }: Lateness, percentile: number, visibleMessages: number): boolean =>
  (1 - percentile / 100) * started - late > riskedShare * visibleMessages;
