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
  /** Seconds from launch to a working task, median and 95th percentile, until they are learned. */
  readonly startSeconds: { readonly median: number; readonly p95: number };
  /** Replaces the weights that follow from the percentile; benches tune with it. */
  readonly caution?: Partial<Caution>;
}

/** How much of the promise plans use up, how far forecasts are trusted, how long counts rest. */
export interface Caution {
  /** Share of the promised latency that a plan may use before tasks are added. */
  readonly outFraction: number;
  /** The same while arrivals rise beyond all noise: starts are late just then, and there are many. */
  readonly surgeFraction: number;
  /** Share of the promised latency that a plan may use after tasks are removed. */
  readonly inFraction: number;
  /** Standard deviations that the forecast is raised by when adding. */
  readonly outDeviations: number;
  /** Standard deviations that the forecast is raised by before removing. */
  readonly inDeviations: number;
  /** Standard deviations that starts of few tasks are taken to be slow by. */
  readonly startDeviations: number;
  /** Tasks of missing capacity that are tolerated before one is added. */
  readonly toleratedTasks: number;
  /** Seconds beyond the lead time that adding looks ahead. */
  readonly outHorizonSeconds: number;
  /** Seconds beyond the lead time and the price of a start that removing looks ahead. */
  readonly inHorizonSeconds: number;
  /** Seconds after adding before anything is removed: Fargate bills a minute anyway. */
  readonly restAfterOutSeconds: number;
  /** Spare tasks from this share of the running ones on are many: they go at once. */
  readonly manyFraction: number;
  /** Share of the running tasks that must be spare before any is removed. */
  readonly leastSpareFraction: number;
  /** Share of the running tasks that may still be starting while others are removed. */
  readonly toleratedPendingFraction: number;
}

/** For a promise that covers every message. Chosen on one half of the benchmark's traces; docs/scaling.md reports the other. */
const nothingLate: Caution = {
  outFraction: 0.75,
  surgeFraction: 0.7,
  inFraction: 0.5,
  outDeviations: 0.5,
  inDeviations: 0.5,
  startDeviations: 1.5,
  toleratedTasks: 0.2,
  outHorizonSeconds: 20,
  inHorizonSeconds: 20,
  restAfterOutSeconds: 60,
  manyFraction: 0.5,
  leastSpareFraction: 0.05,
  toleratedPendingFraction: 0.1,
};

/** While the promise has messages left to forgive. */
const fewLate: Caution = {
  ...nothingLate,
  outFraction: 0.85,
  surgeFraction: 0.75,
  outDeviations: 0.25,
  startDeviations: 0.5,
  outHorizonSeconds: 10,
};

/** The weights of a plan; one that may risk messages, since the promise forgives some, goes closer to the edge. */
export const cautionFor = ({ caution }: ScaleSettings, mayRisk: boolean): Caution => ({
  ...(mayRisk ? fewLate : nothingLate),
  ...caution,
});
