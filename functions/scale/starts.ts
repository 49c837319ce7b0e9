/** Lead time: how long launched tasks take, and how many of them can be counted on by when. */

/** Launches that have not become running tasks yet, oldest first: second of launch and number of tasks. */
export type Launch = readonly [atSeconds: number, tasks: number];

/** A lognormal start: median seconds, the spread of its logarithm, and how many starts they rest on. */
export interface StartTime {
  readonly medianSeconds: number;
  readonly sigma: number;
  readonly starts: number;
}

/** A stated start time counts like so many seen ones; older ones fade behind `mostStarts`. */
const priorStarts = 20;
const mostStarts = 200;
const normal95 = 1.6449;

/** The start time that a user or a default states by median and 95th percentile. */
export const startTimeOf = ({ median, p95 }: { readonly median: number; readonly p95: number }): StartTime => ({
  medianSeconds: median,
  sigma: Math.log(p95 / median) / normal95,
  starts: priorStarts,
});

/** Probability that a task works within so many seconds of its launch. Source: Abramowitz and Stegun 7.1.26. */
export const startedShare = ({ medianSeconds, sigma }: StartTime, seconds: number): number => {
  if (seconds <= 0) return 0;
  const z = Math.log(seconds / medianSeconds) / (sigma * Math.SQRT2);
  const t = 1 / (1 + 0.3275911 * Math.abs(z));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-z * z)) / 2;
  return z < 0 ? tail : 1 - tail;
};

/** Seconds within which a start is done that is so many standard deviations slow. */
export const startQuantile = ({ medianSeconds, sigma }: StartTime, deviations: number): number =>
  medianSeconds * Math.exp(deviations * sigma);

/** Launches in line with the pending count, and the ages at which launched tasks came to run. */
export interface Followed {
  readonly launches: readonly Launch[];
  readonly startedAfterSeconds: readonly number[];
}

/** The oldest launches are those that started; cancelled ones are the newest; pending tasks nobody launched count from now. */
export const followLaunches = (
  launches: readonly Launch[],
  pendingCount: number,
  cancelled: number,
  nowSeconds: number,
): Followed => {
  const left = launches.map(([at, tasks]): [number, number] => [at, tasks]);
  for (let drop = cancelled; drop > 0 && left.length > 0; ) {
    const newest = left[left.length - 1] as [number, number];
    const gone = Math.min(drop, newest[1]);
    newest[1] -= gone;
    drop -= gone;
    if (newest[1] === 0) left.pop();
  }
  let surplus = left.reduce((sum, [, tasks]) => sum + tasks, 0) - pendingCount;
  if (surplus < 0) left.push([nowSeconds, -surplus]);
  const startedAfterSeconds: number[] = [];
  while (surplus > 0 && left.length > 0) {
    const oldest = left[0] as [number, number];
    const gone = Math.min(surplus, oldest[1]);
    startedAfterSeconds.push(nowSeconds - oldest[0]);
    oldest[1] -= gone;
    surplus -= gone;
    if (oldest[1] === 0) left.shift();
  }
  return { launches: left, startedAfterSeconds };
};

/** The start time with what was seen; a start is noticed half a tick late on average. */
export const learnStart = (known: StartTime, startedAfterSeconds: readonly number[], tickSeconds: number): StartTime =>
  startedAfterSeconds.reduce(({ medianSeconds, sigma, starts }, seen) => {
    const apart = Math.log(Math.max(1, seen - tickSeconds / 2) / medianSeconds);
    const step = Math.max(-3 * sigma, Math.min(3 * sigma, apart)) / (starts + 1);
    const variance = sigma ** 2 + (Math.min(apart ** 2, 9 * sigma ** 2) - sigma ** 2) / (starts + 1);
    return {
      medianSeconds: medianSeconds * Math.exp(step),
      sigma: Math.max(0.05, Math.min(1, Math.sqrt(variance))),
      starts: Math.min(mostStarts, starts + 1),
    };
  }, known);
