import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { startAtMs, world } from "./world.fixture.ts";

describe("metrics", () => {
  test("a value shows neither at once nor later than two minutes after it was put", async () => {
    const { ask, put, local, minutes } = world();
    await minutes(10.3);
    put(7);
    const shows = async () => {
      const nowS = local.clock.now() / 1000;
      const answer = await ask("GetMetricStatistics", {
        Namespace: "Test",
        MetricName: "Depth",
        Dimensions: [{ Name: "Queue", Value: "q" }],
        StartTime: nowS - 600,
        EndTime: nowS + 60,
        Period: 60,
        Statistics: ["Sum"],
      });
      return (answer.Datapoints as JsonObject[]).length;
    };
    expect(await shows()).toBe(0);
    await minutes(1);
    expect(await shows()).toBe(0);
    await minutes(1);
    expect(await shows()).toBe(1);
  });

  test("statistics of one period: sum, average, extremes, count and percentile", async () => {
    const { ask, put, minutes } = world();
    for (const value of [1, 2, 3, 4, 10]) put(value);
    await minutes(5);
    const answer = await ask("GetMetricStatistics", {
      Namespace: "Test",
      MetricName: "Depth",
      Dimensions: [{ Name: "Queue", Value: "q" }],
      StartTime: startAtMs / 1000,
      EndTime: startAtMs / 1000 + 300,
      Period: 300,
      Statistics: ["Sum", "Average", "Minimum", "Maximum", "SampleCount"],
      ExtendedStatistics: ["p50", "p90"],
    });
    expect(answer.Datapoints).toEqual([
      {
        Timestamp: startAtMs / 1000,
        Unit: "None",
        Sum: 20,
        Average: 4,
        Minimum: 1,
        Maximum: 10,
        SampleCount: 5,
        ExtendedStatistics: { p50: 3, p90: expect.closeTo(7.6) },
      },
    ]);
  });

  test("GetMetricData answers metrics and expressions, newest first unless asked otherwise", async () => {
    const { ask, put, feed, minutes } = world();
    put(4, "Tasks");
    await feed(100, 60);
    await minutes(3);
    const stat = (name: string, stat_: string) => ({
      Metric: { Namespace: "Test", MetricName: name, Dimensions: [{ Name: "Queue", Value: "q" }] },
      Period: 60,
      Stat: stat_,
    });
    const request = {
      StartTime: startAtMs / 1000,
      EndTime: startAtMs / 1000 + 300,
      MetricDataQueries: [
        { Id: "depth", MetricStat: stat("Depth", "Sum") },
        { Id: "tasks", MetricStat: stat("Tasks", "Average"), ReturnData: false },
        { Id: "each", Expression: "depth / FILL(tasks, REPEAT)", Label: "per task" },
      ],
    };
    const first = startAtMs / 1000;
    expect(await ask("GetMetricData", request)).toMatchObject({
      MetricDataResults: [
        { Id: "depth", Label: "Depth", Timestamps: [first + 60, first], Values: [60, 100], StatusCode: "Complete" },
        { Id: "each", Label: "per task", Timestamps: [first + 60, first], Values: [15, 25] },
      ],
    });
    const ascending = await ask("GetMetricData", { ...request, ScanBy: "TimestampAscending" });
    expect(ascending).toMatchObject({ MetricDataResults: [{ Values: [100, 60] }, {}] });
  });

  test("periods run from the minute of the start, that of the end is left out, and one without a value is none", async () => {
    const { ask, feed, minutes } = world();
    await feed(1, 2, 4, 8, 16, 32, 64, ...Array(5), 256);
    await minutes(3);
    const first = startAtMs / 1000;
    const depth = async (fromSeconds: number, toSeconds: number, Period: number, more: JsonObject = {}) => {
      const Metric = { Namespace: "Test", MetricName: "Depth", Dimensions: [{ Name: "Queue", Value: "q" }] };
      const { MetricDataResults } = await ask("GetMetricData", {
        StartTime: first + fromSeconds,
        EndTime: first + toSeconds,
        ScanBy: "TimestampAscending",
        MetricDataQueries: [{ Id: "depth", MetricStat: { Metric, Period, Stat: "Sum" }, ...more }],
      });
      const [{ Timestamps, Values } = {}] = MetricDataResults as readonly JsonObject[];
      return (Timestamps as readonly number[]).map((at, index) => [at - first, (Values as readonly number[])[index]]);
    };
    expect(await depth(0, 120, 60)).toEqual([
      [0, 1],
      [60, 2],
    ]);
    expect(await depth(125, 780, 300)).toEqual([
      [120, 4 + 8 + 16 + 32 + 64],
      [720, 256],
    ]);
    expect(await depth(480, 660, 60)).toEqual([]);
  });

  test("PutMetricData refuses AWS's own namespaces, and what it put is listed", async () => {
    const { ask } = world();
    const MetricData = [{ MetricName: "Beat", Value: 1, Dimensions: [{ Name: "Of", Value: "x" }] }];
    await expect(ask("PutMetricData", { Namespace: "AWS/SQS", MetricData })).rejects.toMatchObject({
      code: "ValidationError",
    });
    await ask("PutMetricData", { Namespace: "Mine", MetricData });
    expect(await ask("ListMetrics", { Namespace: "Mine" })).toEqual({
      Metrics: [{ Namespace: "Mine", MetricName: "Beat", Dimensions: [{ Name: "Of", Value: "x" }] }],
    });
  });

  test("a metric is forgotten after fifteen days of silence", async () => {
    const { ask, put, minutes } = world();
    put(1);
    await minutes(14 * 24 * 60);
    expect(await ask("ListMetrics", {})).toMatchObject({ Metrics: [{ MetricName: "Depth" }] });
    await minutes(2 * 24 * 60);
    expect(await ask("ListMetrics", {})).toEqual({ Metrics: [] });
  });
});

test("a dashboard's body must be JSON", () => {
  const { local } = world();
  const create = local.services.get("cloudwatch")?.resources["AWS::CloudWatch::Dashboard"];
  const declare = (DashboardBody: string) =>
    create?.(
      {
        stackName: "S",
        stackId: "s",
        logicalId: "D",
        type: "",
        assemblyFolder: "",
        generatedName: "S-D-1",
        properties: { DashboardBody },
      },
      local.cloud,
    );
  expect(declare('{"widgets":[]}')?.ref).toBe("S-D-1");
  expect(() => declare("{")).toThrow(/valid JSON/);
});
