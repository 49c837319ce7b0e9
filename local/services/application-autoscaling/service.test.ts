import { describe, expect, test } from "vitest";
import { createCloud } from "../../cloud.ts";
import type { Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { CloudWatchDoor, EcsDoor } from "../../neighbours.ts";
import { createCloudWatchService } from "../cloudwatch/service.ts";
import { createEventsService } from "../events/service.ts";
import { wantedCount } from "./act.ts";
import { createApplicationAutoScalingService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
const startAtMs = Date.parse("2026-01-02T03:00:00Z");
const TARGET = {
  ServiceNamespace: "ecs",
  ResourceId: "service/prod/web",
  ScalableDimension: "ecs:service:DesiredCount",
};

/** One service whose tasks start at once, and whose CPU follows a load shared by them. */
const world = () => {
  const service = { desired: 2, deploying: false, load: 100, changes: [] as number[] };
  const ecs = (cloud: Cloud): Service => {
    const door: Pick<EcsDoor, "service" | "setDesiredCount"> = {
      service: (cluster, name) =>
        cluster === "prod" && name === "web"
          ? {
              arn: "arn",
              cluster,
              name,
              desiredCount: service.desired,
              runningCount: service.desired,
              pendingCount: 0,
              isDeploying: service.deploying,
              taskDefinitionArn: "td",
              taskRoleArn: undefined,
              tags: {},
              bill: { vcpuSeconds: 0, gbSeconds: 0 },
              tasks: [],
            }
          : undefined,
      setDesiredCount: (_cluster, _name, count) => {
        service.desired = count;
        service.changes.push(count);
      },
    };
    cloud.expose("ecs", door);
    return { name: "world", operations: {}, resources: {} };
  };
  const services = [ecs, createEventsService, createCloudWatchService, createApplicationAutoScalingService];
  const local = createCloud({ startAtMs, services });
  for (const each of local.services.values()) each.start?.(local.cloud);
  const ask = (operation: string, input: JsonObject) =>
    local.request(OWNER, { service: "application-autoscaling", operation, input: { ...TARGET, ...input } });
  /** Lets minutes pass, each with its CPU reading of the load per task. */
  const minutes = async (count: number) => {
    const dimensions = { ClusterName: "prod", ServiceName: "web" };
    for (let minute = 0; minute < count; minute += 1) {
      const cpu = Math.min(100, service.load / service.desired);
      local.cloud.neighbour<CloudWatchDoor>("cloudwatch").put("AWS/ECS", "CPUUtilization", dimensions, cpu);
      await local.clock.advance(local.clock.now() + 60_000);
    }
  };
  const track = (configuration: JsonObject = {}) =>
    ask("PutScalingPolicy", {
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
        ScaleOutCooldown: 300,
        ScaleInCooldown: 300,
        ...configuration,
      },
    });
  const register = (input: JsonObject = {}) =>
    ask("RegisterScalableTarget", { MinCapacity: 2, MaxCapacity: 20, ...input });
  return { service, local, ask, minutes, track, register };
};

describe("bounds", () => {
  test("registering moves the count into the bounds at once, and keeps what is not given", async () => {
    const { service, ask, register } = world();
    await register({ MinCapacity: 4 });
    expect(service.changes).toEqual([4]);
    await ask("RegisterScalableTarget", { MaxCapacity: 3, MinCapacity: 1 });
    expect(service.changes).toEqual([4, 3]);
    await ask("RegisterScalableTarget", { MinCapacity: 2 });
    expect(await ask("DescribeScalableTargets", {})).toMatchObject({
      ScalableTargets: [{ ResourceId: "service/prod/web", MinCapacity: 2, MaxCapacity: 3 }],
    });
    expect(service.changes).toEqual([4, 3]);
  });

  test("lowering the minimum does not scale in", async () => {
    const { service, ask, register } = world();
    await register({ MinCapacity: 5 });
    await ask("RegisterScalableTarget", { MinCapacity: 1 });
    expect(service.desired).toBe(5);
  });

  test.each<[string, JsonObject, RegExp]>([
    ["a service that is not there", { ResourceId: "service/prod/none" }, /doesn't exist/],
    ["a maximum below the minimum", { MinCapacity: 5, MaxCapacity: 4 }, /cannot be less than/],
    ["a new target without a maximum", { MaxCapacity: null }, /MaxCapacity is missing/],
    ["another namespace", { ServiceNamespace: "dynamodb" }, /ServiceNamespace must be one of/],
  ])("%s is refused", async (_, input, message) => {
    const { ask, register } = world();
    await expect(register(input)).rejects.toThrow(message);
    expect(await ask("DescribeScalableTargets", {})).toEqual({ ScalableTargets: [] });
  });
});

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

describe("step scaling", () => {
  const steps = (from: number | null, to: number | null, by: number): JsonObject => ({
    MetricIntervalLowerBound: from,
    MetricIntervalUpperBound: to,
    ScalingAdjustment: by,
  });

  test("an alarm of the user's own takes the step its value falls into", async () => {
    const { service, local, ask, minutes, register } = world();
    await register();
    const { PolicyARN } = await ask("PutScalingPolicy", {
      PolicyName: "steps",
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: "ChangeInCapacity",
        Cooldown: 600,
        StepAdjustments: [steps(0, 30, 1), steps(30, null, 5)],
      },
    });
    const input = {
      AlarmName: "busy",
      Namespace: "AWS/ECS",
      MetricName: "CPUUtilization",
      Dimensions: [
        { Name: "ClusterName", Value: "prod" },
        { Name: "ServiceName", Value: "web" },
      ],
      Statistic: "Average",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 60,
      ComparisonOperator: "GreaterThanThreshold",
      AlarmActions: [String(PolicyARN)],
    };
    await local.request(OWNER, { service: "cloudwatch", operation: "PutMetricAlarm", input });
    service.load = 150;
    await minutes(4);
    expect(service.changes).toEqual([3]);
    service.load = 600;
    await minutes(4);
    expect(service.changes).toEqual([3, 7]);
  });

  // biome-ignore format: a table reads as a table
  test.each([
    ["ChangeInCapacity", 0, 10, 65, 11], ["ChangeInCapacity", 0, 10, 95, undefined], ["ExactCapacity", 0, 10, 60, 1],
    ["PercentChangeInCapacity", 0, 10, 60, 11], ["PercentChangeInCapacity", 3, 10, 60, 13],
  ] as const)("%s with magnitude %i from %i at %i gives %s", (adjustment, leastMagnitude, basis, value, expected) => {
    const sizing = { kind: "steps", adjustment, leastMagnitude, steps: [{ from: 0, to: 30, by: 1 }] } as const;
    expect(wantedCount(sizing, basis, { value, threshold: 60 })).toBe(expected);
  });

  test("steps with a gap are refused", async () => {
    const { ask, register } = world();
    await register();
    const StepScalingPolicyConfiguration = {
      AdjustmentType: "ChangeInCapacity",
      StepAdjustments: [steps(0, 10, 1), steps(20, null, 2)],
    };
    const input = { PolicyName: "s", PolicyType: "StepScaling", StepScalingPolicyConfiguration };
    await expect(ask("PutScalingPolicy", input)).rejects.toThrow(/overlap nor leave gaps/);
  });
});
