import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { wantedCount } from "./act.ts";
import { OWNER, world } from "./world.fixture.ts";

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

// biome-ignore format: a table reads as a table
test.each([[10, 80, 12], [10, 70, 10], [10, 63, 9], [10, 7, 5], [1, 7, 1]])(
  "tracking 70 with %i tasks at %i wants %i", (basis, value, expected) => {
    const sizing = { kind: "tracking", target: 70, mayScaleIn: true } as const;
    expect(wantedCount(sizing, basis, { value, threshold: 70 })).toBe(expected);
  },
);

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
