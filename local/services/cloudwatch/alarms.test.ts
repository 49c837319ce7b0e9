import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { OWNER, POLICY, TOPIC, world } from "./world.fixture.ts";

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

  test("one minute without a value is no lack of data: the value before it still counts", async () => {
    const { alarm, feed, minutes, state } = world();
    await alarm();
    await feed(99, 99, 99, undefined, undefined, undefined);
    expect(await state()).toBe("ALARM");
    await minutes(4);
    expect(await state()).toBe("INSUFFICIENT_DATA");
  });

  test("a state that is set again tells nobody", async () => {
    const { ask, alarm, arrivals } = world();
    await alarm();
    const set = { AlarmName: "deep", StateValue: "ALARM", StateReason: "drill" };
    await ask("SetAlarmState", set);
    await ask("SetAlarmState", set);
    expect(arrivals).toHaveLength(1);
  });

  test("composite alarms are told only when asked for by type", async () => {
    const { ask } = world();
    await ask("PutCompositeAlarm", { AlarmName: "all", AlarmRule: "TRUE" });
    expect(await ask("DescribeAlarms", {})).toEqual({ MetricAlarms: [], CompositeAlarms: [] });
    expect(await ask("DescribeAlarms", { AlarmTypes: ["CompositeAlarm"] })).toMatchObject({
      CompositeAlarms: [{ AlarmName: "all", AlarmRule: "TRUE", StateValue: "ALARM" }],
    });
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
