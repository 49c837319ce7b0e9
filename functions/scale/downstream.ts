import type { QueueMinute } from "./observation.ts";
import type { SeenMinute } from "./service-time.ts";

/** What the workers got done in a minute in which all their slots were taken. */
export interface Throughput {
  readonly startSeconds: number;
  readonly slots: number;
  readonly deleted: number;
}

/** The throughput to compare with, and until when more tasks are taken to be futile. */
export interface Downstream {
  readonly reference?: Throughput;
  readonly boundUntilSeconds: number;
}

/** Nothing is known of what the workers depend on. */
export const freshDownstream: Downstream = { boundUntilSeconds: 0 };

const moreSlots = 1.5;
const moreDeleted = 1.1;
const comparableSeconds = 900;
const boundSeconds = 300;
const fewestDeleted = 20;

/** Half as many slots again that do not get a tenth more done wait for something else, which more tasks do not bring. */
export const learnDownstream = (
  known: Downstream,
  seen: readonly SeenMinute[],
  published: readonly QueueMinute[],
): Downstream =>
  published.reduce((downstream: Downstream, { startSeconds, deletedMessages }): Downstream => {
    const minute = seen.find(([start]) => start === startSeconds);
    if (minute === undefined || minute[3] < minute[4] || minute[4] < 3) return downstream;
    const slots = minute[2] / minute[4];
    const throughput: Throughput = { startSeconds, slots, deleted: deletedMessages };
    const { reference } = downstream;
    if (reference === undefined || startSeconds - reference.startSeconds > comparableSeconds || slots < reference.slots)
      return { reference: throughput, boundUntilSeconds: downstream.boundUntilSeconds };
    if (slots < reference.slots * moreSlots || reference.deleted < fewestDeleted) return downstream;
    if (deletedMessages < reference.deleted * moreDeleted)
      return { reference, boundUntilSeconds: startSeconds + 60 + boundSeconds };
    return { reference: throughput, boundUntilSeconds: 0 };
  }, known);
