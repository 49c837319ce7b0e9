import { COMPARISONS, type MetricAlarm } from "./alarm.ts";
import type { Datapoint, Verdict } from "./evaluate.ts";
import type { AlarmState, StateValue } from "./state.ts";

/** `2019-10-02T17:04:40.989+0000`: how CloudWatch writes instants in events. */
const alarmTime = (atMs: number): string => new Date(atMs).toISOString().replace("Z", "+0000");

/** A number as Java writes a double: `50.0`. */
const javaDouble = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `02/10/19 16:59:00` */
const shortTime = (atMs: number): string => {
  const [date = "", time = ""] = new Date(atMs).toISOString().split("T");
  const [year = "", month, day] = date.split("-");
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
};

const listed = (datapoints: readonly Datapoint[]): string =>
  datapoints
    .toReversed()
    .map(({ value, atMs }) => `${javaDouble(value)} (${shortTime(atMs)})`)
    .join(", ");

const TREATED = { breaching: "Breaching", notBreaching: "NonBreaching", missing: "Missing", ignore: "Ignore" } as const;

/** The words and the data of a new state, as CloudWatch writes them. */
export const reasonFor = (alarm: MetricAlarm, verdict: Verdict, to: StateValue, nowMs: number): AlarmState => {
  const { evaluationPeriods, datapointsToAlarm, threshold, watched } = alarm;
  const { datapoints, breaching, filled } = verdict;
  const first = datapoints[0]?.atMs ?? nowMs;
  const reasonData = [
    '"version":"1.0"',
    `"queryDate":"${alarmTime(nowMs)}"`,
    `"startDate":"${alarmTime(first)}"`,
    ...(watched.kind === "metric" ? [`"statistic":"${watched.statisticName}"`] : []),
    `"period":${alarm.periodSeconds}`,
    `"recentDatapoints":[${datapoints.map(({ value }) => javaDouble(value)).join(",")}]`,
    `"threshold":${javaDouble(threshold)}`,
  ].join(",");
  const common = { value: to, reasonData: `{${reasonData}}`, atMs: nowMs };
  if (to === "INSUFFICIENT_DATA")
    return {
      ...common,
      reason: `Insufficient Data: ${filled} ${filled === 1 ? "datapoint was" : "datapoints were"} unknown.`,
    };
  const counted = to === "ALARM" ? breaching : datapoints.length - breaching;
  const limit = `the threshold (${javaDouble(threshold)})`;
  const words = `${to === "ALARM" ? "" : "not "}${COMPARISONS[alarm.comparison].words} ${limit}`;
  const treated = `${filled} missing datapoint${filled === 1 ? " was" : "s were"} treated as [${TREATED[alarm.missing]}]`;
  if (datapoints.length === 0)
    return {
      ...common,
      reason: `Threshold Crossed: no datapoints were received for ${filled} period${filled === 1 ? "" : "s"} and ${treated}.`,
    };
  const needed = to === "ALARM" ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const from = to === "ALARM" ? "OK -> ALARM" : "ALARM -> OK";
  const were = counted === 1 ? "was" : "were";
  return {
    ...common,
    reason: `Threshold Crossed: ${counted} out of the last ${datapoints.length} datapoints [${listed(datapoints)}] ${were} ${words} (minimum ${needed} datapoint${needed === 1 ? "" : "s"} for ${from} transition).`,
  };
};

/** A state as events tell it. */
export const stateView = ({ value, reason, reasonData, atMs }: AlarmState) => ({
  reason,
  ...(reasonData !== undefined && { reasonData }),
  timestamp: alarmTime(atMs),
  value,
});
