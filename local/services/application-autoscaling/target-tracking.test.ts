import { describe, expect, test } from "vitest";
import type { CloudWatchDoor } from "../../neighbours.ts";
import { OWNER, world } from "./world.fixture.ts";

describe("target tracking", () => {
  test("three minutes above the target scale out in proportion, and the activity says why", async () => {
    const { service, ask, minutes, register, track } = world();
    await register();
    await track();
    service.load = 200;
    await minutes(4);
    expect(service.changes).toEqual([]);
    await minutes(2);
    expect(service.changes).toEqual([3]);
    expect(await ask("DescribeScalingActivities", {})).toMatchObject({
      ScalingActivities: [
        {
          Description: "Setting desired count to 3.",
          Cause: expect.stringContaining("AlarmHigh"),
          StatusCode: "Successful",
        },
      ],
    });
  });

  test("what is still taking effect is not added twice", async () => {
    const { service, minutes, register, track } = world();
    await register();
    await track();
    service.load = 200;
    await minutes(10);
    expect(service.changes).toEqual([3]);
  });

  test("a cooldown shorter than readings are late adds again on a stale reading", async () => {
    const { service, minutes, register, track } = world();
    await register();
    await track({ ScaleOutCooldown: 60 });
    service.load = 200;
    await minutes(10);
    expect(service.changes.slice(0, 2)).toEqual([3, 5]);
  });

  test("fifteen minutes below nine tenths of the target scale in, fourteen do not", async () => {
    const { service, minutes, register, track } = world();
    await register();
    await track();
    service.desired = 10;
    service.load = 350;
    await minutes(15);
    expect(service.changes).toEqual([]);
    await minutes(3);
    expect(service.changes).toEqual([5]);
    await minutes(30);
    expect(service.desired).toBe(5);
  });

  test("a metric between nine tenths and the target moves nothing", async () => {
    const { service, minutes, register, track } = world();
    await register();
    await track();
    service.desired = 10;
    service.load = 660;
    await minutes(40);
    expect(service.changes).toEqual([]);
  });

  test("no scale-in during a deployment, but after it", async () => {
    const { service, minutes, register, track } = world();
    await register();
    await track();
    service.desired = 10;
    service.deploying = true;
    await minutes(25);
    expect(service.changes).toEqual([]);
    service.deploying = false;
    await minutes(2);
    expect(service.changes.length).toBeGreaterThan(0);
  });

  test("suspending stops the direction that is named", async () => {
    const { service, ask, minutes, register, track } = world();
    await register();
    await track();
    await ask("RegisterScalableTarget", { SuspendedState: { DynamicScalingOutSuspended: true } });
    service.load = 400;
    await minutes(10);
    expect(service.changes).toEqual([]);
    expect(await ask("DescribeScalableTargets", {})).toMatchObject({
      ScalableTargets: [
        { MinCapacity: 2, SuspendedState: { DynamicScalingOutSuspended: true, DynamicScalingInSuspended: false } },
      ],
    });
    await ask("RegisterScalableTarget", { SuspendedState: { DynamicScalingOutSuspended: false } });
    await minutes(2);
    expect(service.changes).toEqual([3]);
  });

  test("suspending scale-in keeps an idle service as large as it is", async () => {
    const { service, ask, minutes, register, track } = world();
    await register();
    await track();
    await ask("RegisterScalableTarget", { SuspendedState: { DynamicScalingInSuspended: true } });
    service.desired = 10;
    await minutes(25);
    expect(service.changes).toEqual([]);
  });

  test("the maximum holds", async () => {
    const { service, minutes, register, track } = world();
    await register({ MaxCapacity: 4 });
    await track();
    service.load = 5_000;
    await minutes(30);
    expect(service.desired).toBe(4);
  });

  test("a second policy that wants to stay keeps the count", async () => {
    const { service, local, ask, minutes, register, track } = world();
    await register();
    await track();
    await ask("PutScalingPolicy", {
      PolicyName: "backlog",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 10,
        CustomizedMetricSpecification: {
          Metrics: [
            {
              Id: "m1",
              MetricStat: { Metric: { Namespace: "Mine", MetricName: "Backlog" }, Stat: "Sum" },
              ReturnData: false,
            },
            { Id: "e1", Expression: "m1 / 2" },
          ],
        },
      },
    });
    service.desired = 10;
    for (let minute = 0; minute < 25; minute += 1) {
      local.cloud.neighbour<CloudWatchDoor>("cloudwatch").put("Mine", "Backlog", {}, 19);
      await minutes(1);
    }
    expect(service.changes).toEqual([]);
  });

  test("its two alarms are CloudWatch alarms, and go with the policy", async () => {
    const { local, ask, register, track } = world();
    await register();
    const alarms = async () =>
      (await local.request(OWNER, { service: "cloudwatch", operation: "DescribeAlarms", input: {} })).MetricAlarms;
    expect(await track()).toMatchObject({ Alarms: [{}, {}], PolicyARN: expect.stringContaining(":policyName/cpu") });
    expect(await alarms()).toMatchObject([
      { EvaluationPeriods: 3, Threshold: 70, ComparisonOperator: "GreaterThanThreshold" },
      { EvaluationPeriods: 15, Threshold: 63, ComparisonOperator: "LessThanThreshold" },
    ]);
    expect(await ask("DescribeScalingPolicies", {})).toMatchObject({ ScalingPolicies: [{ PolicyName: "cpu" }] });
    await ask("DeleteScalingPolicy", { PolicyName: "cpu" });
    expect(await alarms()).toEqual([]);
    await track();
    await ask("DeregisterScalableTarget", {});
    expect(await alarms()).toEqual([]);
  });
});
