import type { Minute } from "./series.ts";

/** How the minutes of one period become one value. */
export type Statistic = (minutes: readonly Minute[]) => number;

const sumOf = (minutes: readonly Minute[], part: (minute: Minute) => number): number =>
  minutes.reduce((sum, minute) => sum + part(minute), 0);

const NAMED: Readonly<Record<string, Statistic>> = {
  SampleCount: (minutes) => sumOf(minutes, ({ count }) => count),
  Sum: (minutes) => sumOf(minutes, ({ sum }) => sum),
  Average: (minutes) => sumOf(minutes, ({ sum }) => sum) / sumOf(minutes, ({ count }) => count),
  Minimum: (minutes) => Math.min(...minutes.map(({ min }) => min)),
  Maximum: (minutes) => Math.max(...minutes.map(({ max }) => max)),
};

const percentile =
  (percent: number): Statistic =>
  (minutes) => {
    const values = minutes.flatMap((minute) => minute.values).sort((left, right) => left - right);
    const rank = (percent / 100) * (values.length - 1);
    const below = values[Math.floor(rank)] ?? 0;
    const above = values[Math.ceil(rank)] ?? below;
    return below + (above - below) * (rank - Math.floor(rank));
  };

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99.9`; undefined for others. */
export const statisticOf = (name: string): Statistic | undefined => {
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  const [, percent] = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name) ?? [];
  return percent === undefined ? undefined : percentile(Number(percent));
};
