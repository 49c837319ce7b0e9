import { describe, expect, test } from "vitest";
import { createCloud } from "../../cloud.ts";
import type { Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { AutoScalingDoor, CloudWatchDoor } from "../../neighbours.ts";
import { type Arrival, recordingNeighbours } from "../events/neighbours.fixture.ts";
import { createEventsService } from "../events/service.ts";
import { createCloudWatchService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
const startAtMs = Date.parse("2026-01-02T03:00:00Z");
const TOPIC = "arn:aws:sns:us-east-1:111122223333:alarms";
const POLICY = "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:x";

const world = () => {
  const arrivals: Arrival[] = [];
  const acted: [string, string][] = [];
  const scaling = (cloud: Cloud): Service => {
    const door: AutoScalingDoor = { act: (policyArn, alarmName) => void acted.push([policyArn, alarmName]) };
    cloud.expose("application-autoscaling", door);
    return { name: "scaling", operations: {}, resources: {} };
  };
  const services = [recordingNeighbours(arrivals), scaling, createEventsService, createCloudWatchService];
  const local = createCloud({ startAtMs, services });
  for (const service of local.services.values()) service.start?.(local.cloud);
  const ask = (operation: string, input: JsonObject) =>
    local.request(OWNER, { service: "cloudwatch", operation, input });
  const minutes = (count: number) => local.clock.advance(local.clock.now() + count * 60_000);
  const put = (value: number, name = "Depth") =>
    local.cloud.neighbour<CloudWatchDoor>("cloudwatch").put("Test", name, { Queue: "q" }, value);
  const alarm = (more: JsonObject = {}) =>
    ask("PutMetricAlarm", {
      AlarmName: "deep",
      Namespace: "Test",
      MetricName: "Depth",
      Dimensions: [{ Name: "Queue", Value: "q" }],
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 50,
      ComparisonOperator: "GreaterThanThreshold",
      AlarmActions: [TOPIC],
      ...more,
    });
  /** Puts a value in each of the following minutes. */
  const feed = async (...values: (number | undefined)[]) => {
    for (const value of values) {
      if (value !== undefined) put(value);
      await minutes(1);
    }
  };
  const state = async (name = "deep") => {
    const { MetricAlarms, CompositeAlarms } = await ask("DescribeAlarms", {
      AlarmNames: [name],
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
    });
    const [found] = [...(MetricAlarms as JsonObject[]), ...(CompositeAlarms as JsonObject[])];
    return found?.StateValue;
  };
  return { arrivals, acted, local, ask, minutes, put, alarm, feed, state };
};

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
      ExtendedStatistics: ["p50"],
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
        ExtendedStatistics: { p50: 3 },
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

describe("alarms", () => {
  test("a crossed threshold is told to the topic and to the bus in CloudWatch's shape", async () => {
    const { arrivals, local, alarm, feed } = world();
    await local.request(OWNER, {
      service: "events",
      operation: "PutRule",
      input: { Name: "r", EventPattern: '{"source":["aws.cloudwatch"]}' },
    });
    const queue = "arn:aws:sqs:us-east-1:111122223333:q";
    await local.request(OWNER, {
      service: "events",
      operation: "PutTargets",
      input: { Rule: "r", Targets: [{ Id: "q", Arn: queue }] },
    });
    await alarm({ AlarmDescription: "queue depth" });
    await feed(10, 10, 99.5, 99.5, 99.5);
    const told = arrivals.filter(({ arn }) => arn === queue).map(({ body }) => JSON.parse(body) as JsonObject);
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({
      "detail-type": "CloudWatch Alarm State Change",
      source: "aws.cloudwatch",
      time: "2026-01-02T03:04:05Z",
      resources: ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:deep"],
      detail: {
        alarmName: "deep",
        configuration: {
          description: "queue depth",
          metrics: [
            {
              id: expect.any(String),
              metricStat: {
                metric: { dimensions: { Queue: "q" }, name: "Depth", namespace: "Test" },
                period: 60,
                stat: "Maximum",
              },
              returnData: true,
            },
          ],
        },
        previousState: { value: "OK", timestamp: "2026-01-02T03:02:05.000+0000" },
        state: {
          reason:
            "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/01/26 03:02:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).",
          reasonData:
            '{"version":"1.0","queryDate":"2026-01-02T03:04:05.000+0000","startDate":"2026-01-02T03:02:00.000+0000","statistic":"Maximum","period":60,"recentDatapoints":[99.5],"threshold":50.0}',
          timestamp: "2026-01-02T03:04:05.000+0000",
          value: "ALARM",
        },
      },
    });
    expect(told[0]).toMatchObject({ detail: { previousState: { reason: "Unchecked: Initial alarm creation" } } });
    const notices = arrivals.filter(({ arn }) => arn === TOPIC);
    expect(notices.map(({ body }) => JSON.parse(body))).toMatchObject([
      { AlarmName: "deep", NewStateValue: "ALARM", OldStateValue: "OK" },
    ]);
  });

  test("two of three datapoints make an alarm, one does not, and it ends when they are gone", async () => {
    const { alarm, feed, state } = world();
    await alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    await feed(1, 99, 1, 1, 1, 1);
    expect(await state()).toBe("OK");
    await feed(99, 1, 99, 1, 1);
    expect(await state()).toBe("ALARM");
    await feed(1, 1, 1, 1);
    expect(await state()).toBe("OK");
  });

  test("an alarm over metric math watches the line that returns data", async () => {
    const { alarm, feed, put, state, ask } = world();
    const stat = (MetricName: string) => ({
      MetricStat: {
        Metric: { Namespace: "Test", MetricName, Dimensions: [{ Name: "Queue", Value: "q" }] },
        Period: 60,
        Stat: "Sum",
      },
      ReturnData: false,
    });
    const Metrics = [
      { Id: "beat", ...stat("Beat") },
      { Id: "age", ...stat("Depth") },
      { Id: "dead", Expression: "IF(FILL(beat,0)<1 AND FILL(age,0)>50,1,0)", Label: "nobody works" },
    ];
    const single = { MetricName: null, Namespace: null, Statistic: null, Period: null, Dimensions: [] };
    await alarm({ ...single, Metrics, Threshold: 0, TreatMissingData: "notBreaching" });
    put(1, "Beat");
    await feed(99, 1, 1, 1);
    expect(await state()).toBe("OK");
    await feed(99, 99, 99, 99);
    expect(await state()).toBe("ALARM");
    expect(await ask("DescribeAlarms", {})).toMatchObject({ MetricAlarms: [{ Metrics, Threshold: 0 }] });
  });

  test("an alarm without data says so, unless missing data means something", async () => {
    const { alarm, minutes, feed, state } = world();
    await alarm();
    await alarm({ AlarmName: "quiet", TreatMissingData: "notBreaching" });
    await alarm({ AlarmName: "silent", TreatMissingData: "breaching" });
    await feed(10, 10, 10, 10);
    expect([await state(), await state("quiet"), await state("silent")]).toEqual(["OK", "OK", "OK"]);
    await minutes(10);
    expect([await state(), await state("quiet"), await state("silent")]).toEqual(["INSUFFICIENT_DATA", "OK", "ALARM"]);
  });

  test("a scaling policy is called every minute of an alarm, a topic once", async () => {
    const { acted, arrivals, alarm, feed } = world();
    await alarm({ AlarmActions: [TOPIC, POLICY] });
    await feed(99, 99, 99, 99, 99, 99);
    expect(acted.length).toBeGreaterThanOrEqual(3);
    expect(acted[0]).toEqual([POLICY, "deep"]);
    expect(arrivals).toHaveLength(1);
  });

  test("disabled actions call nobody", async () => {
    const { ask, arrivals, acted, alarm, feed, state } = world();
    await alarm({ AlarmActions: [TOPIC, POLICY] });
    await ask("DisableAlarmActions", { AlarmNames: ["deep"] });
    await feed(99, 99, 99, 99);
    expect([await state(), arrivals.length, acted.length]).toEqual(["ALARM", 0, 0]);
  });

  test("SetAlarmState lasts until the next look at the data", async () => {
    const { ask, alarm, feed, state } = world();
    await alarm();
    await feed(10, 10, 10);
    await ask("SetAlarmState", { AlarmName: "deep", StateValue: "ALARM", StateReason: "drill" });
    expect(await state()).toBe("ALARM");
    await feed(10);
    expect(await state()).toBe("OK");
  });

  test("a composite alarm follows its children by its rule", async () => {
    const { ask, alarm, arrivals, state, feed } = world();
    await alarm({ AlarmActions: [] });
    await alarm({ AlarmName: "other", Threshold: 1_000, AlarmActions: [] });
    await ask("PutCompositeAlarm", {
      AlarmName: "both",
      AlarmRule: 'ALARM(deep) AND NOT (ALARM("other") OR FALSE)',
      AlarmActions: [TOPIC],
    });
    await feed(10, 10, 10);
    expect(await state("both")).toBe("OK");
    await feed(99, 99, 99);
    expect(await state("both")).toBe("ALARM");
    expect(arrivals).toHaveLength(1);
    await feed(2_000, 2_000, 2_000);
    expect(await state("both")).toBe("OK");
    await expect(ask("PutCompositeAlarm", { AlarmName: "x", AlarmRule: "ALARM(a" })).rejects.toThrow(/AlarmRule/);
  });

  test.each<[string, JsonObject]>([
    [
      "two lines that return data",
      {
        Metrics: [
          { Id: "a", Expression: "1" },
          { Id: "b", Expression: "2" },
        ],
      },
    ],
    ["an expression that names nothing", { Metrics: [{ Id: "a", Expression: "missing * 2" }] }],
    ["a period of ten seconds", { Period: 10 }],
    ["an unknown comparison", { ComparisonOperator: "GreaterThanUpperThreshold" }],
    ["more datapoints than periods", { DatapointsToAlarm: 2 }],
    ["more than a day", { EvaluationPeriods: 1_441 }],
    ["an unknown treatment of missing data", { TreatMissingData: "maybe" }],
  ])("%s is refused", async (_, members) => {
    const { alarm } = world();
    await expect(alarm(members)).rejects.toMatchObject({ code: "ValidationError" });
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
