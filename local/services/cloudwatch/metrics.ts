import { type MetricName, type Minute, Series } from "./series.ts";
import type { Statistic } from "./statistic.ts";

/** Values by the start of their period, in milliseconds. */
export type Points = ReadonlyMap<number, number>;

/** Equal periods: the first starts at `startMs`, the last ends at `endMs`. */
export interface Periods {
  readonly startMs: number;
  readonly endMs: number;
  readonly periodMs: number;
}

const keyOf = ({ namespace, name, dimensions }: MetricName): string =>
  JSON.stringify([namespace, name, ...Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1))]);

/** Every metric of the account. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  put(metric: MetricName, atMs: number, value: number, unit?: string, count = 1): void {
    const key = keyOf(metric);
    const series = this.#series.get(key) ?? new Series(metric, key);
    this.#series.set(key, series);
    if (unit !== undefined) series.unit = unit;
    series.put(atMs, value, count);
  }

  /** The statistic of each period that has data which shows by now. */
  points(metric: MetricName, statistic: Statistic, { startMs, endMs, periodMs }: Periods, nowMs: number): Points {
    const points = new Map<number, number>();
    const series = this.#series.get(keyOf(metric));
    if (!series) return points;
    for (let fromMs = startMs; fromMs < endMs; fromMs += periodMs) {
      const minutes: Minute[] = [];
      for (let atMs = fromMs; atMs < Math.min(fromMs + periodMs, endMs); atMs += 60_000) {
        const minute = series.minute(atMs, nowMs);
        if (minute) minutes.push(minute);
      }
      if (minutes.length > 0) points.set(fromMs, statistic(minutes));
    }
    return points;
  }

  unitOf(metric: MetricName): string | undefined {
    return this.#series.get(keyOf(metric))?.unit;
  }

  all(): readonly MetricName[] {
    return [...this.#series.values()].map(({ metric }) => metric);
  }

  /** Forgets minutes older than the retention, and metrics without any. */
  prune(nowMs: number): void {
    for (const [key, series] of this.#series) {
      series.prune(nowMs);
      if (series.isEmpty()) this.#series.delete(key);
    }
  }
}
