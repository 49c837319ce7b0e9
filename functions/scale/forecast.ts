import { rateBetween, type Sample } from "./arrivals.ts";

/** What comes next, from what this queue has taught about its own changes: do they last, go on, or pass? */

/** Sums of a regression of what came (y) on the last minute over the last minutes (x) and on growth within the last minute (z). */
export type RiseSums = readonly [xx: number, xz: number, zz: number, xy: number, zy: number];

/** Sums of small regressions and of the forecasts' errors, which forget within hours. */
export interface Forecasting {
  /** After rises that might be noise, and after rises that cannot be: the one must not teach the other. */
  readonly small: RiseSums;
  readonly large: RiseSums;
  /** After a fall below the last minutes: sums of xx, xy. */
  readonly fall: readonly [xx: number, xy: number];
  /** Mean square of what came beyond the forecast, relative to it, and the weight behind it. */
  readonly square: number;
  readonly weight: number;
}

/** The forecast of the mean rate of the next minute, messages a second. */
export interface Forecast {
  readonly rate: number;
  /** By how much more may well come, one standard deviation. */
  readonly deviation: number;
  /** By how much arrivals are expected to grow each second, messages a second; never below zero. */
  readonly growthPerSecond: number;
  /** Whether arrivals rise beyond all noise. */
  readonly isSurge: boolean;
}

/** Before anything is known, forecasts are taken to be off by a tenth. */
export const freshForecasting: Forecasting = {
  small: [0, 0, 0, 0, 0],
  large: [0, 0, 0, 0, 0],
  fall: [0, 0],
  square: 0.01,
  weight: 20,
};

const newestSeconds = 20;
const beforeSeconds = 40;
const leastBeforeSeconds = 9;
const slowSeconds = 240;
const aheadSeconds = 60;
const forgetSeconds = 3600;
/** SQS counts are off by about this share. */
const countNoise = 0.03;
/** What a queue does before it has taught anything: small rises last in part, large ones last and go on. */
const prior = { weight: 1, small: { level: 0.8, growth: 0.5 }, large: { level: 0.8, growth: 1.6 }, fall: 0.6 };
/** From so many standard deviations on a rise cannot be noise, be arrivals burstier than Poisson's. */
const largeDeviations = 8;
const mostLevel = 1.5;
const mostGrowth = 3;
const largestError = 3;

interface Features {
  readonly slow: number;
  /** The last minute's rate over the slow one, beyond noise. */
  readonly level: number;
  /** The newest rate over the one before it, beyond noise; never below zero. */
  readonly growth: number;
  readonly isLarge: boolean;
  readonly scale: number;
}

const beyond = (value: number, noise: number): number => Math.sign(value) * Math.max(0, Math.abs(value) - noise);

const featuresAt = (samples: readonly Sample[], at: number): Features => {
  const slow = rateBetween(samples, at - slowSeconds, at);
  const newest = rateBetween(samples, at - newestSeconds, at);
  // A curve that began just now shows no growth: there is nothing to have grown from.
  const beforeEnds = at - newestSeconds;
  const hasBefore = beforeEnds - (samples[0]?.[0] ?? at) >= leastBeforeSeconds;
  const before = hasBefore ? rateBetween(samples, beforeEnds - beforeSeconds, beforeEnds) : newest;
  const minute = (newest * newestSeconds + before * beforeSeconds) / (newestSeconds + beforeSeconds);
  const [, , waiting, busy] = samples.at(-1) as Sample;
  // Two reads bound a window, each with its own error; Poisson arrivals add theirs.
  const reads = (countNoise * Math.SQRT2 * (waiting + busy)) / newestSeconds;
  const noise = (rate: number, seconds: number) => Math.sqrt(rate / seconds + reads ** 2);
  const levelNoise = noise(slow, newestSeconds + beforeSeconds);
  const growthNoise = 1.2 * noise(Math.max(slow, before), newestSeconds);
  return {
    slow,
    level: beyond(minute - slow, levelNoise),
    growth: Math.max(0, beyond(newest - before, growthNoise)),
    isLarge: minute - slow > largeDeviations * levelNoise || newest - before > largeDeviations * growthNoise,
    scale: Math.max(newest, slow, 1 / aheadSeconds),
  };
};

/** Solves the regressions, leaning to the prior while little is known. */
const weightsOf = (learned: Forecasting, isLarge: boolean) => {
  const [xx, xz, zz, xy, zy] = isLarge ? learned.large : learned.small;
  const { level, growth } = isLarge ? prior.large : prior.small;
  const a = xx + prior.weight;
  const d = zz + prior.weight;
  const p = xy + prior.weight * level;
  const q = zy + prior.weight * growth;
  const det = a * d - xz * xz;
  const bound = (value: number, most: number) => Math.max(0, Math.min(most, value));
  return {
    level: bound((p * d - q * xz) / det, mostLevel),
    growth: bound((q * a - p * xz) / det, mostGrowth),
    fall: bound((learned.fall[1] + prior.weight * prior.fall) / (learned.fall[0] + prior.weight), 1),
  };
};

const expectedRate = ({ slow, level, growth, isLarge }: Features, learned: Forecasting): number => {
  const weights = weightsOf(learned, isLarge);
  return Math.max(0, slow + (level > 0 ? weights.level : weights.fall) * level + weights.growth * growth);
};

/** Whether the curve is long enough to say what arrives; after a gap it begins anew. */
export const isForecastFounded = (samples: readonly Sample[]): boolean =>
  (samples.at(-1)?.[0] ?? 0) - (samples[0]?.[0] ?? 0) >= newestSeconds + beforeSeconds;

/** What the next minute is expected to bring; while the curve is short, at least as much as leaves. */
export const forecast = (samples: readonly Sample[], learned: Forecasting, inFlightSeconds: number): Forecast => {
  const last = samples.at(-1);
  if (last === undefined) return { rate: 0, deviation: 0, growthPerSecond: 0, isSurge: false };
  const leaving = isForecastFounded(samples) ? 0 : last[3] / inFlightSeconds;
  const seen = featuresAt(samples, last[0]);
  const rate = Math.max(leaving, expectedRate(seen, learned));
  // From the middle of the slow window to the middle of the minute ahead.
  const growthPerSecond = Math.max(0, rate - seen.slow) / ((slowSeconds + aheadSeconds) / 2);
  return { rate, deviation: Math.sqrt(learned.square) * rate, growthPerSecond, isSurge: seen.isLarge };
};

/** Compares what would have been forecast a minute ago with what came. */
export const learnForecast = (samples: readonly Sample[], learned: Forecasting): Forecasting => {
  const now = samples.at(-1)?.[0] ?? 0;
  const then = now - aheadSeconds;
  if (samples.length < 3 || then - newestSeconds - beforeSeconds < (samples[0] as Sample)[0]) return learned;
  const seen = featuresAt(samples, then);
  const came = rateBetween(samples, then, now);
  const keep = Math.exp(((samples.at(-2) as Sample)[0] - now) / forgetSeconds);
  const x = seen.level / seen.scale;
  const z = seen.growth / seen.scale;
  const y = (came - seen.slow) / seen.scale;
  const fell = x < 0 ? 1 : 0;
  const faded = ([xx, xz, zz, xy, zy]: RiseSums, rose: boolean): RiseSums => {
    const one = rose && (x > 0 || z > 0) ? 1 : 0;
    return [
      xx * keep + one * x * x,
      xz * keep + one * x * z,
      zz * keep + one * z * z,
      xy * keep + one * x * y,
      zy * keep + one * z * y,
    ];
  };
  const expected = Math.max(expectedRate(seen, learned), 1 / aheadSeconds);
  const error = Math.max(0, Math.min(largestError, (came - expected) / expected));
  const weight = learned.weight * keep;
  return {
    small: faded(learned.small, !seen.isLarge),
    large: faded(learned.large, seen.isLarge),
    fall: [learned.fall[0] * keep + fell * x * x, learned.fall[1] * keep + fell * x * y],
    // Errors of one side only are counted, so twice.
    square: (learned.square * weight + 2 * error * error) / (weight + 1),
    weight: weight + 1,
  };
};
