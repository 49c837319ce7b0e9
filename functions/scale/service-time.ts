import type { QueueMinute } from "./observation.ts";

/** A minute as the ticks saw it: sums over its reads of busy slots, of all slots, of waiting messages, and the number of reads. */
export type SeenMinute = readonly [
  startSeconds: number,
  busy: number,
  slots: number,
  waitingReads: number,
  reads: number,
];

/** What is known of the time a message takes, seconds: in flight (Little's law) and per busy slot, and how many deletions it rests on. */
export interface ServiceTime {
  readonly inFlightSeconds: number;
  readonly slotSeconds: number;
  readonly deletions: number;
}

const keptMinutes = 12;
/** Older deletions fade behind this many, so that a drift of the service time is followed within minutes. */
const mostDeletions = 2000;
const mostPerMinute = 200;
const saturatedWeight = 3;
const enoughDeletions = 20;
/** What was guessed at first weighs like so many deletions: minutes in which no read met a busy slot do not make work take no time. */
const guessedDeletions = 1;
/** Receiving and deleting a message alone takes longer. */
const leastSeconds = 0.02;

/** The minutes with one more read in them. */
export const seeMinute = (
  minutes: readonly SeenMinute[],
  atSeconds: number,
  busy: number,
  slots: number,
  waiting: number,
): readonly SeenMinute[] => {
  const start = Math.floor(atSeconds / 60) * 60;
  const last = minutes.at(-1);
  const read = waiting > 0 ? 1 : 0;
  if (last?.[0] !== start) return [...minutes.slice(1 - keptMinutes), [start, busy, slots, read, 1]];
  return [...minutes.slice(0, -1), [start, last[1] + busy, last[2] + slots, last[3] + read, last[4] + 1]];
};

/**
 * Seconds a message holds a slot: busy slots x 60 / deletions of the minute. Only minutes whose slots were all taken tell the capacity
 * of a slot; in others messages that nobody works on any more may stand among the ones in flight.
 */
export const learnServiceTime = (
  known: ServiceTime,
  seen: readonly SeenMinute[],
  published: readonly QueueMinute[],
): ServiceTime =>
  published.reduce((service, { startSeconds, deletedMessages }) => {
    const minute = seen.find(([start]) => start === startSeconds);
    if (minute === undefined || minute[4] < 3 || deletedMessages < 1) return service;
    const [, busy, slots, waitingReads, reads] = minute;
    const seconds = ((busy / reads) * 60) / deletedMessages;
    const isSaturated = waitingReads === reads && busy >= 0.9 * slots;
    const deletions = Math.min(deletedMessages, mostPerMinute) * (isSaturated ? saturatedWeight : 1);
    const share = deletions / (guessedDeletions + service.deletions + deletions);
    const blend = (old: number, part: number) => Math.max(leastSeconds, old + (seconds - old) * part);
    const isCapacity = isSaturated || seconds < service.slotSeconds || service.deletions < enoughDeletions;
    return {
      inFlightSeconds: blend(service.inFlightSeconds, share),
      slotSeconds: blend(service.slotSeconds, isCapacity ? share : share / 4),
      deletions: Math.min(mostDeletions, service.deletions + deletions),
    };
  }, known);

/** Whether enough messages were seen to go by the learned time. */
export const isLearned = ({ deletions }: ServiceTime): boolean => deletions >= enoughDeletions;
