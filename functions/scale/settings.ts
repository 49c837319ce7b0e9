/** What a user says about a queue and its workers; everything else is learned. */
export interface ScaleSettings {
  /** The promise: seconds from send to start of processing. */
  readonly latencySeconds: number;
  /** Which share of messages the promise covers, 0 to 100. */
  readonly percentile: number;
  readonly min: number;
  readonly max: number;
  /** Mean seconds of a message; absent, it is learned. */
  readonly secondsPerMessage?: number;
  /** Messages that one task works on at once. */
  readonly slotsPerTask: number;
  /** Seconds from one tick to the next. */
  readonly tickSeconds: number;
  /** Seconds from launch to a working task: the median and the 95th percentile, until they are learned. */
  readonly startSeconds: { readonly median: number; readonly p95: number };
  /** Replaces the weights that follow from the percentile; benches tune with it. */
  readonly caution?: Partial<Caution>;
}

/** How much of the promise is used up, and how far forecasts are trusted. */
export interface Caution {
  /** Share of the promised latency that a plan may use before tasks are added. */
  readonly outFraction: number;
  /** Share of the promised latency that a plan may use after tasks are removed. */
  readonly inFraction: number;
  /** Standard deviations that the forecast is raised by when adding. */
  readonly outDeviations: number;
  /** Standard deviations that the forecast is raised by before removing. */
  readonly inDeviations: number;
  /** Tasks of missing capacity that are tolerated before one is added. */
  readonly toleratedTasks: number;
  /** Seconds beyond the lead time that adding looks ahead. */
  readonly outHorizonSeconds: number;
  /** Seconds beyond the lead time that removing looks ahead. */
  readonly inHorizonSeconds: number;
}

const nothingLate: Caution = {
  outFraction: 0.8,
  inFraction: 0.5,
  outDeviations: 0.5,
  inDeviations: 1,
  toleratedTasks: 0.2,
  outHorizonSeconds: 60,
  inHorizonSeconds: 60,
};

/** The weights for a promise; a promise that forgives some messages is planned closer to its edge. */
export const cautionFor = ({ caution }: ScaleSettings): Caution => ({ ...nothingLate, ...caution });
