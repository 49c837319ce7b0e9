/** What names a metric: namespace, name, and dimensions in order of their names. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const FIELDS = 4;
/** Source: CloudWatch, metrics of one-minute periods are kept for 15 days. */
const KEPT_MS = 15 * 24 * 3_600_000;
/** Single values, which percentiles need, are kept this long and this many per minute. */
const VALUES_KEPT_MINUTES = 180;
const VALUES_PER_MINUTE = 256;

/** One minute of a metric. */
export interface Minute {
  readonly startMs: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}

/** The minutes of one metric, in blocks of an hour; what was put shows about one to two minutes late. */
export class Series {
  readonly metric: MetricName;
  unit: string | undefined;
  readonly #hours = new Map<number, Float64Array>();
  readonly #values = new Map<number, number[]>();
  readonly #lateness: number;

  constructor(metric: MetricName, key: string) {
    this.metric = metric;
    this.#lateness = [...key].reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 65_521, 7);
  }

  put(atMs: number, value: number, count = 1): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    const hour = Math.floor(minute / HOUR_MINUTES);
    const block = this.#hours.get(hour) ?? new Float64Array(HOUR_MINUTES * FIELDS);
    this.#hours.set(hour, block);
    const at = (minute % HOUR_MINUTES) * FIELDS;
    const known = block[at] ?? 0;
    block[at] = known + count;
    block[at + 1] = (block[at + 1] ?? 0) + value * count;
    block[at + 2] = known === 0 ? value : Math.min(block[at + 2] ?? value, value);
    block[at + 3] = known === 0 ? value : Math.max(block[at + 3] ?? value, value);
    const values = this.#values.get(minute) ?? [];
    if (values.length === 0) this.#values.set(minute, values);
    for (let copy = 0; copy < count && values.length < VALUES_PER_MINUTE; copy += 1) values.push(value);
  }

  /** Forgets what is too old, in virtual time. */
  prune(nowMs: number): void {
    const firstHour = Math.floor((nowMs - KEPT_MS) / (HOUR_MINUTES * MINUTE_MS));
    for (const hour of this.#hours.keys()) if (hour < firstHour) this.#hours.delete(hour);
    const firstMinute = Math.floor(nowMs / MINUTE_MS) - VALUES_KEPT_MINUTES;
    for (const minute of this.#values.keys()) if (minute < firstMinute) this.#values.delete(minute);
  }

  isEmpty(): boolean {
    return this.#hours.size === 0;
  }

  /** The minute that holds an instant, if there is data and it shows by now. */
  minute(atMs: number, nowMs: number): Minute | undefined {
    const minute = Math.floor(atMs / MINUTE_MS);
    const block = this.#hours.get(Math.floor(minute / HOUR_MINUTES));
    const at = (minute % HOUR_MINUTES) * FIELDS;
    const count = block?.[at] ?? 0;
    if (!block || count === 0 || nowMs < this.#shownFromMs(minute)) return undefined;
    return {
      startMs: minute * MINUTE_MS,
      count,
      sum: block[at + 1] ?? 0,
      min: block[at + 2] ?? 0,
      max: block[at + 3] ?? 0,
      values: this.#values.get(minute) ?? [],
    };
  }

  /** A minute shows 20 to 55 seconds after its end: a value is between 20 and 115 seconds late. */
  #shownFromMs(minute: number): number {
    return (minute + 1) * MINUTE_MS + 20_000 + ((this.#lateness + minute * 7_919) % 35_000);
  }
}
