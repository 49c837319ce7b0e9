import type { JsonObject } from "../../contract.ts";
import type { Input } from "../events/input.ts";
import { evaluate, type Value } from "./math/evaluate.ts";
import { type Expression, parseExpression } from "./math/parse.ts";
import type { Metrics, Periods, Points } from "./metrics.ts";
import type { MetricName } from "./series.ts";
import { type Statistic, statisticOf } from "./statistic.ts";

/** One line of a metric data request: a metric's statistic, or an expression over other lines. */
export type Query = {
  readonly id: string;
  readonly label: string | undefined;
  readonly returnData: boolean;
} & (
  | {
      readonly kind: "metric";
      readonly metric: MetricName;
      readonly statisticName: string;
      readonly statistic: Statistic;
      readonly periodSeconds: number;
    }
  | { readonly kind: "expression"; readonly text: string; readonly expression: Expression }
);

/** The dimensions of a metric from `[{Name, Value}]`. */
export const dimensionsFrom = (input: Input): Readonly<Record<string, string>> =>
  Object.fromEntries(input.objects("Dimensions").map((each) => [each.text("Name"), each.text("Value")]));

/** A period in seconds; below a minute is refused, for metrics of high resolution are not modelled. */
export const periodFrom = (input: Input): number => {
  const seconds = input.wholeNumber("Period", 1, 604_800);
  if (seconds % 60 === 0) return seconds;
  throw input.refusal(`Period must be a multiple of 60 (high resolution is not modelled), is ${seconds}`);
};

/** A statistic by name, or a refusal. */
export const statisticFrom = (input: Input, name: string): Statistic => {
  const statistic = statisticOf(name);
  if (statistic) return statistic;
  throw input.refusal(`the statistic '${name}' is not modelled`);
};

/** Reads one entry of `MetricDataQueries` or of an alarm's `Metrics`. */
export const queryFrom = (input: Input): Query => {
  const id = input.text("Id");
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(id)) throw input.refusal(`Id '${id}' must begin with a lower-case letter`);
  const common = { id, label: input.optionalText("Label"), returnData: input.flag("ReturnData", true) };
  const stat = input.object("MetricStat");
  const text = input.optionalText("Expression");
  if ((stat === undefined) === (text === undefined))
    throw input.refusal(`exactly one of MetricStat and Expression must be given in '${id}'`);
  if (stat) {
    const metric = stat.object("Metric");
    if (!metric) throw input.refusal(`MetricStat.Metric is missing in '${id}'`);
    const statisticName = stat.text("Stat");
    return {
      ...common,
      kind: "metric",
      metric: {
        namespace: metric.text("Namespace"),
        name: metric.text("MetricName"),
        dimensions: dimensionsFrom(metric),
      },
      statisticName,
      statistic: statisticFrom(input, statisticName),
      periodSeconds: periodFrom(stat),
    };
  }
  try {
    return { ...common, kind: "expression", text: text ?? "", expression: parseExpression(text ?? "") };
  } catch (error) {
    throw input.refusal(`Error in expression '${id}': ${(error as Error).message}`);
  }
};

/** The period in which queries are answered, in seconds: the longest of their metrics. */
export const periodOf = (queries: readonly Query[]): number =>
  Math.max(60, ...queries.map((query) => (query.kind === "metric" ? query.periodSeconds : 0)));

/** Answers one query among others; expressions see the others by their ids. */
export const answer = (
  query: Query,
  queries: readonly Query[],
  metrics: Metrics,
  periods: Periods,
  nowMs: number,
): Value => {
  const named = (name: string, within: readonly string[]): Value => {
    const found = queries.find(({ id }) => id === name);
    if (!found) throw new SyntaxError(`there is no '${name}'`);
    if (within.includes(name)) throw new SyntaxError(`'${name}' refers to itself`);
    return valueFor(found, [...within, name]);
  };
  const valueFor = (each: Query, within: readonly string[]): Value => {
    if (each.kind === "metric") return metrics.points(each.metric, each.statistic, periods, nowMs);
    return evaluate(each.expression, {
      periods,
      named: (name) => named(name, within),
      metrics: (containing) =>
        queries.flatMap((other) =>
          other.kind === "metric" && other.id.includes(containing)
            ? [metrics.points(other.metric, other.statistic, periods, nowMs)]
            : [],
        ),
    });
  };
  return valueFor(query, [query.id]);
};

/** A value as series to show: a number stands at every period. */
export const asSeries = (value: Value, { startMs, endMs, periodMs }: Periods): readonly Points[] => {
  if (typeof value === "object") return Array.isArray(value) ? (value as readonly Points[]) : [value as Points];
  const points = new Map<number, number>();
  for (let atMs = startMs; atMs < endMs; atMs += periodMs) points.set(atMs, value);
  return [points];
};

/** A metric as AWS's answers tell it. */
export const metricView = ({ namespace, name, dimensions }: MetricName): JsonObject => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
