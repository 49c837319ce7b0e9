/** Lead time: how long launched tasks take, and how much of their work can be counted on by when. */

/** Launches that have not become running tasks yet, oldest first: second of launch and number of tasks. */
export type Launches = readonly (readonly [atSeconds: number, tasks: number])[];

/** A lognormal start: median seconds and the spread of its logarithm. */
export interface StartTime {
  readonly medianSeconds: number;
  readonly sigma: number;
}

/** The start time a user or a default states by median and 95th percentile. */
export const startTimeOf = ({ median, p95 }: { readonly median: number; readonly p95: number }): StartTime => ({
  medianSeconds: median,
  sigma: Math.log(p95 / median) / 1.6449,
});

/** Probability that a task works within so many seconds of its launch. Normal distribution by Abramowitz and Stegun 7.1.26. */
export const startedShare = ({ medianSeconds, sigma }: StartTime, seconds: number): number => {
  if (seconds <= 0) return 0;
  const z = Math.log(seconds / medianSeconds) / (sigma * Math.SQRT2);
  const t = 1 / (1 + 0.3275911 * Math.abs(z));
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-z * z);
  return z < 0 ? tail / 2 : 1 - tail / 2;
};

/** Seconds within which the given standard deviations above the median are started. */
export const startQuantile = ({ medianSeconds, sigma }: StartTime, deviations: number): number =>
  medianSeconds * Math.exp(deviations * sigma);

/** Launches brought in line with the pending count: the oldest have started, surplus pending tasks are taken as launched now. */
export const followPending = (launches: Launches, pendingCount: number, nowSeconds: number): Launches => {
  let known = launches.reduce((sum, [, tasks]) => sum + tasks, 0);
  const kept: [number, number][] = [];
  for (const [at, tasks] of launches) {
    const gone = Math.min(tasks, Math.max(0, known - pendingCount));
    known -= gone;
    if (tasks > gone) kept.push([at, tasks - gone]);
  }
  if (pendingCount > known) kept.push([nowSeconds, pendingCount - known]);
  return kept;
};
