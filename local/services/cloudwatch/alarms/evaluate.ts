import type { Metrics, Periods } from "../metrics.ts";
import { answer, asSeries } from "../queries.ts";
import { COMPARISONS, type MetricAlarm } from "./alarm.ts";
import type { StateValue } from "./state.ts";

/** A compared value with the start of its period. */
export interface Datapoint {
  readonly atMs: number;
  readonly value: number;
}

/** What an alarm's data says: the state it asks for, or undefined to stay as it is. */
export interface Verdict {
  readonly value: StateValue | undefined;
  /** The values that decided, oldest first. */
  readonly datapoints: readonly Datapoint[];
  readonly breaching: number;
  /** Periods without data that were filled in by the treatment of missing data. */
  readonly filled: number;
}

/** Data shows up to 115 seconds late, so the newest minute looked at ended at least one minute ago. */
const LATENESS_MS = 60_000;
/** Source: alarm evaluation, "CloudWatch attempts to retrieve a higher number of data points": for late data. */
const EXTRA_PERIODS = 2;

/** The periods an alarm looks at now; they end on a minute, wherever that falls within a longer period. */
const evaluationRange = ({ periodSeconds, evaluationPeriods }: MetricAlarm, nowMs: number): Periods => {
  const periodMs = periodSeconds * 1_000;
  const endMs = Math.floor((nowMs - LATENESS_MS) / 60_000) * 60_000;
  return { startMs: endMs - (evaluationPeriods + EXTRA_PERIODS) * periodMs, endMs, periodMs };
};

/** What an alarm watches, period by period; undefined where there is no data. Oldest first. */
export const watchedValues = (
  alarm: MetricAlarm,
  metrics: Metrics,
  nowMs: number,
): readonly { readonly atMs: number; readonly value: number | undefined }[] => {
  const periods = evaluationRange(alarm, nowMs);
  const [points] = asSeries(answer(alarm.watched, alarm.queries, metrics, periods, nowMs), periods);
  const found: { atMs: number; value: number | undefined }[] = [];
  for (let atMs = periods.startMs; atMs < periods.endMs; atMs += periods.periodMs)
    found.push({ atMs, value: points?.get(atMs) });
  return found;
};

/** Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", with its tables. */
export const judge = (
  alarm: Pick<MetricAlarm, "evaluationPeriods" | "datapointsToAlarm" | "threshold" | "comparison" | "missing">,
  range: readonly { readonly atMs: number; readonly value: number | undefined }[],
): Verdict => {
  const { evaluationPeriods, datapointsToAlarm, threshold, missing } = alarm;
  const breaches = (value: number): boolean => COMPARISONS[alarm.comparison].breaches(value, threshold);
  const real = range.flatMap(({ atMs, value }) => (value === undefined ? [] : [{ atMs, value }]));
  const datapoints = real.slice(-evaluationPeriods);
  const filled = evaluationPeriods - datapoints.length;
  const breaching = datapoints.filter(({ value }) => breaches(value)).length;
  const verdict = (value: StateValue | undefined): Verdict => ({ value, datapoints, breaching, filled });

  if (breaching >= datapointsToAlarm) return verdict("ALARM");
  if (filled === 0) return verdict("OK");
  if (missing === "breaching") return verdict(breaching + filled >= datapointsToAlarm ? "ALARM" : "OK");
  if (missing === "notBreaching") return verdict("OK");
  if (datapoints.length === 0) return verdict(missing === "ignore" ? undefined : "INSUFFICIENT_DATA");
  if (breaching === 0) return verdict("OK");
  if (missing === "ignore") return verdict(undefined);
  const recent = range.slice(-evaluationPeriods);
  const oldestBreach = recent.findIndex(({ value }) => value !== undefined && breaches(value));
  const sinceBreach = oldestBreach < 0 ? [] : recent.slice(oldestBreach);
  const lasts = sinceBreach.every(({ value }) => value === undefined || breaches(value));
  if (lasts && sinceBreach.length >= datapointsToAlarm) return verdict("ALARM");
  return verdict(breaching < datapoints.length ? "OK" : undefined);
};
