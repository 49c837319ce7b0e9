/** How messages have arrived: a cumulative curve over the last minutes, and what it says about the next ones. */

/** One read of the queue: its second, messages arrived since the curve began, waiting then, and being worked on then. */
export type Sample = readonly [atSeconds: number, arrived: number, waiting: number, busy: number];

/** What the past has taught about forecasts: sums of regressions that forget within hours. */
export interface Forecasting {
  /** A rise over the last minutes (x) and over the last one (z), against what came (y): sums of xx, xz, zz, xy, zy. */
  readonly rise: readonly [xx: number, xz: number, zz: number, xy: number, zy: number];
  /** A fall below the last minutes, against what came: sums of xx, xy. */
  readonly fall: readonly [xx: number, xy: number];
  /** Mean square of what came beyond the forecast, relative to it, and the weight behind it. */
  readonly square: number;
  readonly weight: number;
}

const priorRise = { weight: 1, level: 0.8, trend: 0.8 };
const priorFall = { weight: 1, level: 0.8 };

/** Before anything is known, most of a change is taken to last and to go on, and forecasts to be off by a tenth. */
export const freshForecasting: Forecasting = { rise: [0, 0, 0, 0, 0], fall: [0, 0], square: 0.01, weight: 20 };

const keptSamples = 48;
const longestGapSeconds = 90;
const newestSeconds = 20;
const beforeSeconds = 40;
const slowSeconds = 240;
const aheadSeconds = 60;
const forgetSeconds = 3 * 3600;

/** The curve with one more read; a gap of more than a minute and a half begins a new curve. */
export const addSample = (
  samples: readonly Sample[],
  atSeconds: number,
  waiting: number,
  inFlight: number,
  slots: number,
  inFlightSeconds: number,
): readonly Sample[] => {
  const busy = Math.min(inFlight, slots);
  const last = samples.at(-1);
  if (last === undefined || atSeconds - last[0] > longestGapSeconds)
    return [[atSeconds, waiting + busy, waiting, busy]];
  if (atSeconds <= last[0]) return samples;
  const departed = (((last[3] + busy) / 2) * (atSeconds - last[0])) / inFlightSeconds;
  const arrived = last[1] + (waiting - last[2]) + (busy - last[3]) + departed;
  return [...samples.slice(1 - keptSamples), [atSeconds, arrived, waiting, busy]];
};

/** The curve at an instant, joined linearly; before its beginning it continues backwards at its first rate. */
export const arrivedBy = (samples: readonly Sample[], atSeconds: number): number => {
  let right = samples.length - 1;
  while (right > 1 && (samples[right - 1] as Sample)[0] > atSeconds) right -= 1;
  const b = samples[right] as Sample;
  const a = samples[right - 1] ?? b;
  if (b[0] === a[0]) return b[1];
  return a[1] + ((b[1] - a[1]) * (atSeconds - a[0])) / (b[0] - a[0]);
};

/** Messages a second between two instants, never negative. */
export const rateBetween = (samples: readonly Sample[], from: number, to: number): number => {
  const first = Math.max(from, (samples[0] as Sample)[0]);
  if (to - first < 1) return 0;
  return Math.max(0, (arrivedBy(samples, to) - arrivedBy(samples, first)) / (to - first));
};

/** Counts that SQS gives are off by about this share, whatever a queue does. */
const countNoise = 0.03;
const noiseDeviations = 2;

const soften = (value: number, noise: number): number =>
  Math.sign(value) * Math.max(0, Math.abs(value) - noiseDeviations * noise);

interface Features {
  readonly slow: number;
  /** Deviation of the newest rate from the slow one, beyond noise. */
  readonly level: number;
  /** Growth of the rate until the middle of the next minute if it goes on as lately, beyond noise. */
  readonly trend: number;
  readonly scale: number;
}

const features = (samples: readonly Sample[], at: number): Features => {
  const slow = rateBetween(samples, at - slowSeconds, at);
  const newest = rateBetween(samples, at - newestSeconds, at);
  const before = rateBetween(samples, at - newestSeconds - beforeSeconds, at - newestSeconds);
  const last = samples.at(-1) as Sample;
  const reads = (countNoise * Math.SQRT2 * (last[2] + last[3])) / newestSeconds;
  const noise = (rate: number, seconds: number) => Math.sqrt(rate / seconds + reads ** 2);
  const ahead = (aheadSeconds + newestSeconds) / (newestSeconds + beforeSeconds);
  return {
    slow,
    level: soften(newest - slow, noise(slow, newestSeconds)),
    trend: ahead * Math.max(0, soften(newest - before, noise(Math.max(slow, before), newestSeconds) * 1.2)),
    scale: Math.max(newest, slow, 1 / aheadSeconds),
  };
};

/** Solves the two regressions, leaning to the prior while little is known. */
const weights = ({ rise: [xx, xz, zz, xy, zy], fall: [fxx, fxy] }: Forecasting) => {
  const a = xx + priorRise.weight;
  const d = zz + priorRise.weight;
  const p = xy + priorRise.weight * priorRise.level;
  const q = zy + priorRise.weight * priorRise.trend;
  const det = a * d - xz * xz;
  const bound = (value: number) => Math.max(0, Math.min(1.5, value));
  return {
    level: bound((p * d - q * xz) / det),
    trend: bound((q * a - p * xz) / det),
    fall: bound((fxy + priorFall.weight * priorFall.level) / (fxx + priorFall.weight)),
  };
};

const expectedRate = ({ slow, level, trend }: Features, learned: Forecasting): number => {
  const known = weights(learned);
  return Math.max(
    0,
    level > 0 ? slow + known.level * level + known.trend * trend : slow + known.fall * level + known.trend * trend,
  );
};

/** The mean rate expected over the next minute, messages a second, and by how much more may come. */
export const forecast = (
  samples: readonly Sample[],
  learned: Forecasting,
): { rate: number; deviation: number; slow: number } => {
  const seen = features(samples, samples.at(-1)?.[0] ?? 0);
  const rate = expectedRate(seen, learned);
  return { rate, deviation: Math.sqrt(learned.square) * rate, slow: seen.slow };
};

/** Compares what was forecast a minute ago with what came. */
export const learnForecast = (samples: readonly Sample[], learned: Forecasting): Forecasting => {
  const now = samples.at(-1)?.[0] ?? 0;
  const then = now - aheadSeconds;
  const previous = samples.at(-2)?.[0] ?? now;
  if (then - newestSeconds - beforeSeconds < (samples[0]?.[0] ?? now)) return learned;
  const seen = features(samples, then);
  const came = rateBetween(samples, then, now);
  const keep = Math.exp((previous - now) / forgetSeconds);
  const x = seen.level / seen.scale;
  const z = seen.trend / seen.scale;
  const y = (came - seen.slow) / seen.scale;
  const [xx, xz, zz, xy, zy] = learned.rise;
  const rose = seen.level > 0 || seen.trend > 0;
  const expected = Math.max(expectedRate(seen, learned), 1 / aheadSeconds);
  const error = Math.max(0, Math.min(3, (came - expected) / expected));
  return {
    rise: rose
      ? [xx * keep + x * x, xz * keep + x * z, zz * keep + z * z, xy * keep + x * y, zy * keep + z * y]
      : [xx * keep, xz * keep, zz * keep, xy * keep, zy * keep],
    fall:
      seen.level < 0
        ? [learned.fall[0] * keep + x * x, learned.fall[1] * keep + x * y]
        : [learned.fall[0] * keep, learned.fall[1] * keep],
    square: (learned.square * learned.weight * keep + 2 * error * error) / (learned.weight * keep + 1),
    weight: learned.weight * keep + 1,
  };
};
