import type { Cloud, JsonObject, Operation } from "../../contract.ts";
import { Input } from "../events/input.ts";
import type { Metrics, Periods } from "./metrics.ts";
import {
  answer,
  asSeries,
  dimensionsFrom,
  metricView,
  periodFrom,
  periodOf,
  queryFrom,
  statisticFrom,
} from "./queries.ts";

const read = (input: JsonObject): Input => new Input(input, "ValidationError");

/** Source: CloudWatch limits for PutMetricData and GetMetricData. */
const MOST_DATA = 1_000;
const MOST_QUERIES = 500;
const MOST_POINTS = 1_440;
const MINUTE_MS = 60_000;

/** Operations on metric data. */
export const dataOperations = (cloud: Cloud, metrics: Metrics): Readonly<Record<string, Operation>> => {
  const onAll = (action: string, run: (request: Input) => JsonObject): Operation => ({
    needs: () => [{ action: `cloudwatch:${action}`, resource: "*" }],
    run: (input) => run(read(input)),
  });

  /** Periods one after another from the minute of the start on, wherever it lies in the hour.
   *  Source: CloudWatch API reference, GetMetricData, StartTime: rounded down to the whole minute within 15 days. */
  const periodsOf = (request: Input, seconds: number): Periods => {
    const startMs = request.instantMs("StartTime");
    const endMs = request.instantMs("EndTime");
    if (startMs === undefined || endMs === undefined) throw request.refusal("StartTime and EndTime must be given");
    if (startMs >= endMs) throw request.refusal("The parameter StartTime must be less than the parameter EndTime.");
    return { startMs: Math.floor(startMs / MINUTE_MS) * MINUTE_MS, endMs, periodMs: seconds * 1_000 };
  };

  const put = (request: Input): JsonObject => {
    const namespace = request.text("Namespace");
    if (namespace.startsWith("AWS/"))
      throw request.refusal(`The value AWS/ for parameter Namespace is invalid: '${namespace}'`);
    const data = request.objects("MetricData");
    if (data.length > MOST_DATA)
      throw request.refusal(`MetricData holds ${data.length} entries, at most ${MOST_DATA} may be`);
    for (const datum of data) putDatum(namespace, datum);
    return {};
  };

  const putDatum = (namespace: string, datum: Input): void => {
    const metric = { namespace, name: datum.text("MetricName"), dimensions: dimensionsFrom(datum) };
    const atMs = datum.instantMs("Timestamp") ?? cloud.clock.now();
    const unit = datum.optionalText("Unit");
    const nowMs = cloud.clock.now();
    if (atMs < nowMs - 14 * 86_400_000 || atMs > nowMs + 7_200_000)
      throw datum.refusal(
        "The parameter Timestamp must specify a time no more than 2 weeks in the past or 2 hours ahead.",
      );
    const statistics = datum.object("StatisticValues");
    const values = datum.list("Values").map(Number);
    const counts = datum.list("Counts").map(Number);
    if (statistics) throw datum.refusal("StatisticValues are not modelled; give Value or Values");
    if (values.length === 0) metrics.put(metric, atMs, datum.number("Value"), unit);
    for (const [index, value] of values.entries()) metrics.put(metric, atMs, value, unit, counts[index] ?? 1);
  };

  const getData = (request: Input): JsonObject => {
    const queries = request.objects("MetricDataQueries").map(queryFrom);
    if (queries.length > MOST_QUERIES) throw request.refusal(`at most ${MOST_QUERIES} queries may be asked at once`);
    const periods = periodsOf(request, periodOf(queries));
    const isAscending = request.optionalText("ScanBy") === "TimestampAscending";
    const results = queries
      .filter(({ returnData }) => returnData)
      .flatMap((query) => {
        const own = query.kind === "metric" ? periodsOf(request, query.periodSeconds) : periods;
        try {
          return asSeries(answer(query, queries, metrics, own, cloud.clock.now()), own).map((points) => {
            const told = [...points].sort(([left], [right]) => (isAscending ? left - right : right - left));
            return {
              Id: query.id,
              Label: query.label ?? (query.kind === "metric" ? query.metric.name : query.id),
              Timestamps: told.map(([atMs]) => atMs / 1_000),
              Values: told.map(([, value]) => value),
              StatusCode: "Complete",
            };
          });
        } catch (error) {
          if (error instanceof SyntaxError)
            throw request.refusal(`Error in expression '${query.id}': ${error.message}`);
          throw error;
        }
      });
    return { MetricDataResults: results, Messages: [] };
  };

  const getStatistics = (request: Input): JsonObject => {
    const metric = {
      namespace: request.text("Namespace"),
      name: request.text("MetricName"),
      dimensions: dimensionsFrom(request),
    };
    const periods = periodsOf(request, periodFrom(request));
    if ((periods.endMs - periods.startMs) / periods.periodMs > MOST_POINTS)
      throw request.refusal(`You have requested more than ${MOST_POINTS} datapoints; use a longer Period`);
    const names = [...request.texts("Statistics"), ...request.texts("ExtendedStatistics")];
    const byStatistic = names.map((name) => {
      const points = metrics.points(metric, statisticFrom(request, name), periods, cloud.clock.now());
      return [name, points] as const;
    });
    const instants = [...new Set(byStatistic.flatMap(([, points]) => [...points.keys()]))];
    const unit = metrics.unitOf(metric) ?? "None";
    const extended = new Set(request.texts("ExtendedStatistics"));
    return {
      Label: metric.name,
      Datapoints: instants.map((atMs) => {
        const values = byStatistic.map(([name, points]) => [name, points.get(atMs) ?? 0] as const);
        const plain = values.filter(([name]) => !extended.has(name));
        const others = values.filter(([name]) => extended.has(name));
        return {
          Timestamp: atMs / 1_000,
          Unit: unit,
          ...Object.fromEntries(plain),
          ...(others.length > 0 && { ExtendedStatistics: Object.fromEntries(others) }),
        };
      }),
    };
  };

  const list = (request: Input): JsonObject => {
    const namespace = request.optionalText("Namespace");
    const name = request.optionalText("MetricName");
    const wanted = request
      .objects("Dimensions")
      .map((each) => [each.text("Name"), each.optionalText("Value")] as const);
    const found = metrics.all().filter(
      (metric) =>
        (namespace === undefined || metric.namespace === namespace) &&
        (name === undefined || metric.name === name) &&
        wanted.every(([key, value]) => {
          const own = metric.dimensions[key];
          return own !== undefined && (value === undefined || own === value);
        }),
    );
    return { Metrics: found.map(metricView) };
  };

  return {
    PutMetricData: {
      needs: (input) => [
        {
          action: "cloudwatch:PutMetricData",
          resource: "*",
          context: { "cloudwatch:namespace": read(input).optionalText("Namespace") },
        },
      ],
      run: (input) => put(read(input)),
    },
    GetMetricData: onAll("GetMetricData", getData),
    GetMetricStatistics: onAll("GetMetricStatistics", getStatistics),
    ListMetrics: onAll("ListMetrics", list),
  };
};
