/** The counts that GetQueueAttributes tells: a few seconds old while messages come in. */
import type { Cloud } from "../../contract.ts";

/** How many messages stand where. */
export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

interface Sample extends Counts {
  readonly atMs: number;
}

/** Counts settle this long after the last message was sent.
 *  Source: SQS API reference, GetQueueAttributes: "at least 1 minute after the producers stop sending messages". */
const settledAfterMs = 60_000;
/** Until then each count is this old, drawn anew for each. Ours: observed lags are 2 to 10 s. */
const lagMs = { least: 1000, most: 8000 };
/** Changes within this time of another are one sample, which bounds the memory of a busy queue. */
const resolutionMs = 250;

/** Remembers how the counts of one queue went, as far back as they may be told late. */
export class ObservedCounts {
  readonly #cloud: Cloud;
  #samples: Sample[] = [];
  #lastSentAtMs = Number.NEGATIVE_INFINITY;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Notes the counts after a change. */
  note({ visible, inFlight, delayed }: Counts): void {
    const nowMs = this.#cloud.clock.now();
    const atMs = Math.floor(nowMs / resolutionMs) * resolutionMs;
    const sample = { atMs, visible, inFlight, delayed };
    if (this.#samples.at(-1)?.atMs === atMs) this.#samples[this.#samples.length - 1] = sample;
    else this.#samples.push(sample);
    if (this.#samples.length > 4 * (lagMs.most / resolutionMs)) this.#forget(nowMs);
  }

  noteSent(): void {
    this.#lastSentAtMs = this.#cloud.clock.now();
  }

  /** What a caller is told now. */
  observe(exact: Counts): Counts {
    if (this.#cloud.clock.now() - this.#lastSentAtMs >= settledAfterMs) return exact;
    return {
      visible: this.#lagging().visible,
      inFlight: this.#lagging().inFlight,
      delayed: this.#lagging().delayed,
    };
  }

  #lagging(): Counts {
    const { least, most } = lagMs;
    const atMs = this.#cloud.clock.now() - least - this.#cloud.random.next() * (most - least);
    return this.#samples.findLast((sample) => sample.atMs <= atMs) ?? { visible: 0, inFlight: 0, delayed: 0 };
  }

  /** Keeps the last sample before the oldest lag, and all after it. */
  #forget(nowMs: number): void {
    const first = this.#samples.findLastIndex(({ atMs }) => atMs <= nowMs - lagMs.most);
    if (first > 0) this.#samples = this.#samples.slice(first);
  }
}
