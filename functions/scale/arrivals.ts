/** How messages have arrived: a cumulative curve over the last minutes, drawn from counts that SQS gives. */

/** One read of the queue: its second, messages arrived since the curve began, waiting then, and being worked on then. */
export type Sample = readonly [atSeconds: number, arrived: number, waiting: number, busy: number];

/** Five minutes of ticks and some: what a forecast and the lesson of the one before look back on. */
const keptSamples = 32;
/** Older samples are kept this thinly, as far back as a message may wait. */
const thinSamples = 16;
/** A curve that was not seen for longer is not joined: too much may have come and gone between. */
const longestGapSeconds = 90;

const tenth = (value: number): number => Math.round(value * 10) / 10;

const thin = (samples: readonly Sample[], reachSeconds: number): readonly Sample[] => {
  const now = samples.at(-1)?.[0] ?? 0;
  const spacing = reachSeconds / thinSamples;
  const old: Sample[] = [];
  for (const sample of samples.slice(0, -keptSamples))
    if (sample[0] > now - reachSeconds - spacing && sample[0] - (old.at(-1)?.[0] ?? 0) >= spacing) old.push(sample);
  return [...old, ...samples.slice(-keptSamples)];
};

/**
 * The curve with one more read: arrived = change of (waiting + busy) + what left meanwhile, busy / seconds in flight (Little's law).
 * Not clipped at zero: clipping would turn the noise of the counts into arrivals.
 */
export const addSample = (
  samples: readonly Sample[],
  atSeconds: number,
  waiting: number,
  busy: number,
  inFlightSeconds: number,
  reachSeconds: number,
): readonly Sample[] => {
  const last = samples.at(-1);
  if (last === undefined || atSeconds - last[0] > longestGapSeconds)
    return [[atSeconds, waiting + busy, waiting, busy]];
  if (atSeconds <= last[0]) return samples;
  const left = (((last[3] + busy) / 2) * (atSeconds - last[0])) / inFlightSeconds;
  const arrived = last[1] + (waiting - last[2]) + (busy - last[3]) + left;
  return thin([...samples, [atSeconds, tenth(arrived), waiting, busy]], reachSeconds);
};

/** The curve at an instant, joined linearly; before its beginning and after its end it goes on at its first and last rate. */
export const arrivedBy = (samples: readonly Sample[], atSeconds: number): number => {
  let right = samples.length - 1;
  while (right > 1 && (samples[right - 1] as Sample)[0] > atSeconds) right -= 1;
  const b = samples[right] as Sample;
  const a = samples[right - 1] ?? b;
  if (b[0] === a[0]) return b[1];
  return a[1] + ((b[1] - a[1]) * (atSeconds - a[0])) / (b[0] - a[0]);
};

/** Messages a second between two instants as far as the curve reaches, never negative. */
export const rateBetween = (samples: readonly Sample[], from: number, to: number): number => {
  const first = Math.max(from, samples[0]?.[0] ?? to);
  if (to - first < 1) return 0;
  return Math.max(0, (arrivedBy(samples, to) - arrivedBy(samples, first)) / (to - first));
};
