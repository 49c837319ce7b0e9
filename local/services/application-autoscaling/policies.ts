import type { Cloud, JsonObject } from "../../contract.ts";
import type { AlarmsDoor } from "../../neighbours.ts";
import type { Input } from "../events/input.ts";
import type { ScalableTarget, Scaling, ScalingPolicy, Sizing } from "./state.ts";
import { DIMENSION, NAMESPACE } from "./targets.ts";

/** Source: Application Auto Scaling, default cooldowns of ECS services. */
const DEFAULT_COOLDOWN_SECONDS = 300;
/** Source: target tracking alarms as AWS makes them: 3 of 3 minutes above, 15 of 15 below nine tenths. */
const MINUTES_ABOVE = 3;
const MINUTES_BELOW = 15;
const LOW_SHARE = 0.9;

const METRIC_NAMES: Readonly<Record<string, string>> = {
  ECSServiceAverageCPUUtilization: "CPUUtilization",
  ECSServiceAverageMemoryUtilization: "MemoryUtilization",
};

/** What a target tracking policy watches, in the members of PutMetricAlarm. */
const watchedBy = (configuration: Input, { cluster, service }: ScalableTarget): JsonObject => {
  const predefined = configuration.object("PredefinedMetricSpecification");
  if (predefined) {
    const type = predefined.text("PredefinedMetricType");
    const MetricName = METRIC_NAMES[type];
    if (!MetricName) throw predefined.refusal(`PredefinedMetricType '${type}' is not modelled`);
    const Dimensions = [
      { Name: "ClusterName", Value: cluster },
      { Name: "ServiceName", Value: service },
    ];
    return { Namespace: "AWS/ECS", MetricName, Dimensions, Statistic: "Average", Period: 60 };
  }
  const customized = configuration.object("CustomizedMetricSpecification");
  if (!customized) throw configuration.refusal("a predefined or a customized metric specification must be given");
  const metrics = customized.objects("Metrics");
  if (metrics.length === 0) return { ...customized.members, Period: 60 };
  return {
    Metrics: metrics.map((entry) => {
      const stat = entry.object("MetricStat");
      return { ...entry.members, ...(stat && { MetricStat: { ...stat.members, Period: 60 } }) };
    }),
  };
};

/** The two alarms of a target tracking policy. */
const alarmsFor = (
  cloud: Cloud,
  configuration: Input,
  target: ScalableTarget,
  policyArn: string,
  before: ScalingPolicy | undefined,
): ScalingPolicy["alarms"] => {
  const door = cloud.neighbour<AlarmsDoor>("alarms");
  for (const { AlarmName } of before?.alarms ?? []) door.deleteAlarm(AlarmName);
  const threshold = configuration.number("TargetValue");
  const watched = watchedBy(configuration, target);
  const make = (suffix: string, members: JsonObject) => {
    const AlarmName = `TargetTracking-${target.resourceId}-${suffix}-${cloud.random.uuid()}`;
    const AlarmARN = door.putAlarm({
      ...watched,
      ...members,
      AlarmName,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policyArn}.`,
      AlarmActions: [policyArn],
    });
    return { AlarmName, AlarmARN };
  };
  const high = make("AlarmHigh", {
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: threshold,
    EvaluationPeriods: MINUTES_ABOVE,
  });
  if (configuration.flag("DisableScaleIn", false)) return [high];
  const low = make("AlarmLow", {
    ComparisonOperator: "LessThanThreshold",
    Threshold: threshold * LOW_SHARE,
    EvaluationPeriods: MINUTES_BELOW,
  });
  return [high, low];
};

const stepsFrom = (configuration: Input): Sizing => {
  const adjustment = configuration.word("AdjustmentType", [
    "ChangeInCapacity",
    "PercentChangeInCapacity",
    "ExactCapacity",
  ]);
  const steps = configuration.objects("StepAdjustments").map((step) => ({
    from: step.optionalNumber("MetricIntervalLowerBound") ?? Number.NEGATIVE_INFINITY,
    to: step.optionalNumber("MetricIntervalUpperBound") ?? Number.POSITIVE_INFINITY,
    by: step.wholeNumber("ScalingAdjustment", -10_000, 10_000),
  }));
  if (steps.length === 0) throw configuration.refusal("StepAdjustments must hold at least one step");
  const ordered = steps.toSorted((left, right) => left.from - right.from);
  const gap = ordered.find(({ from }, index) => index > 0 && from !== ordered[index - 1]?.to);
  if (gap) throw configuration.refusal("StepAdjustments must neither overlap nor leave gaps");
  return {
    kind: "steps",
    adjustment,
    leastMagnitude: configuration.wholeNumber("MinAdjustmentMagnitude", 0, 10_000, 0),
    steps: ordered,
  };
};

/** Makes or replaces a policy, with its alarms where it has its own. */
export const putPolicy = (scaling: Scaling, cloud: Cloud, input: Input, target: ScalableTarget): ScalingPolicy => {
  const name = input.text("PolicyName");
  const before = [...scaling.policies.values()].find((each) => each.name === name && each.targetId === target.id);
  const type = input.word("PolicyType", ["TargetTrackingScaling", "StepScaling"]);
  const configuration = input.object(`${type}PolicyConfiguration`);
  if (!configuration) throw input.refusal(`${type}PolicyConfiguration is missing`);
  const arn =
    before?.arn ??
    `arn:${cloud.partition}:autoscaling:${cloud.region}:${cloud.account}:scalingPolicy:${cloud.random.uuid()}:resource/${NAMESPACE}/${target.resourceId}:policyName/${name}`;
  const cooldownMs = (member: string): number =>
    configuration.wholeNumber(member, 0, 86_400, DEFAULT_COOLDOWN_SECONDS) * 1_000;
  const isTracking = type === "TargetTrackingScaling";
  const policy: ScalingPolicy = {
    name,
    arn,
    targetId: target.id,
    type,
    sizing: isTracking
      ? {
          kind: "tracking",
          target: configuration.number("TargetValue"),
          mayScaleIn: !configuration.flag("DisableScaleIn", false),
        }
      : stepsFrom(configuration),
    outCooldownMs: cooldownMs(isTracking ? "ScaleOutCooldown" : "Cooldown"),
    inCooldownMs: cooldownMs(isTracking ? "ScaleInCooldown" : "Cooldown"),
    alarms: isTracking ? alarmsFor(cloud, configuration, target, arn, before) : [],
    createdAtMs: before?.createdAtMs ?? cloud.clock.now(),
    given: { ...input.members, ScalableDimension: DIMENSION },
    lastOut: undefined,
    lastInAtMs: undefined,
  };
  scaling.policies.set(arn, policy);
  return policy;
};

/** Removes a policy and its alarms. */
export const deletePolicy = (scaling: Scaling, cloud: Cloud, policy: ScalingPolicy): void => {
  for (const { AlarmName } of policy.alarms) cloud.neighbour<AlarmsDoor>("alarms").deleteAlarm(AlarmName);
  scaling.policies.delete(policy.arn);
};
