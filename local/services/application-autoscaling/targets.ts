import { AwsError, arnOf, type Cloud, type JsonObject } from "../../contract.ts";
import type { EcsDoor } from "../../neighbours.ts";
import type { Input } from "../events/input.ts";
import type { ScalableTarget, Scaling, ScalingPolicy, Suspended } from "./state.ts";

export const NAMESPACE = "ecs";
export const DIMENSION = "ecs:service:DesiredCount";

/** The id under which a target is kept; also what `Ref` of a template's target is. */
export const idOf = (input: Input): string => {
  const namespace = input.word("ServiceNamespace", [NAMESPACE]);
  const dimension = input.word("ScalableDimension", [DIMENSION]);
  return `${input.text("ResourceId")}|${dimension}|${namespace}`;
};

const NOTHING_SUSPENDED: Suspended = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

const suspendedFrom = (input: Input, before: Suspended): Suspended => {
  const given = input.object("SuspendedState");
  if (!given) return before;
  return {
    DynamicScalingInSuspended: given.flag("DynamicScalingInSuspended", before.DynamicScalingInSuspended),
    DynamicScalingOutSuspended: given.flag("DynamicScalingOutSuspended", before.DynamicScalingOutSuspended),
    ScheduledScalingSuspended: given.flag("ScheduledScalingSuspended", before.ScheduledScalingSuspended),
  };
};

const checkBounds = (input: Input, min: number, max: number): void => {
  if (min > max) throw input.refusal(`Maximum capacity cannot be less than minimum capacity: ${max} < ${min}`);
};

/** Registers a target, or changes the members that are given; what is not given stays. */
export const register = (scaling: Scaling, cloud: Cloud, input: Input): ScalableTarget => {
  const id = idOf(input);
  const known = scaling.targets.get(id);
  const min = input.wholeNumber("MinCapacity", 0, 10_000, known?.min);
  const max = input.wholeNumber("MaxCapacity", 0, 10_000, known?.max);
  checkBounds(input, min, max);
  if (known) {
    known.min = min;
    known.max = max;
    known.suspended = suspendedFrom(input, known.suspended);
    return known;
  }
  const resourceId = input.text("ResourceId");
  const [kind, cluster, service, ...rest] = resourceId.split("/");
  if (kind !== "service" || !cluster || !service || rest.length > 0)
    throw input.refusal(`Unsupported resource ID '${resourceId}'; service/CLUSTER/SERVICE would be fine`);
  const unique = cloud.random.hex(20);
  const target: ScalableTarget = {
    id,
    arn: arnOf(cloud, "application-autoscaling", `scalable-target/0ec5${unique}`),
    resourceId,
    cluster,
    service,
    min,
    max,
    roleArn: `arn:${cloud.partition}:iam::${cloud.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    suspended: suspendedFrom(input, NOTHING_SUSPENDED),
    createdAtMs: cloud.clock.now(),
  };
  scaling.targets.set(id, target);
  return target;
};

/** Moves a service that stands outside of its bounds into them, at once. */
export const moveIntoBounds = (scaling: Scaling, cloud: Cloud, target: ScalableTarget): void => {
  const view = cloud.neighbour<EcsDoor>("ecs").service(target.cluster, target.service);
  if (!view) throw new AwsError("ValidationException", `ECS service doesn't exist: ${target.resourceId}`);
  const count = Math.min(Math.max(view.desiredCount, target.min), target.max);
  const bound = count < view.desiredCount ? "maximum" : "minimum";
  if (count !== view.desiredCount) setCount(scaling, cloud, target, count, `${bound} capacity was set to ${count}`);
};

const MOST_ACTIVITIES = 500;

/** Moves a service's desired count and keeps the activity. */
export const setCount = (
  scaling: Scaling,
  cloud: Cloud,
  target: ScalableTarget,
  count: number,
  cause: string,
): void => {
  const nowS = cloud.clock.now() / 1_000;
  cloud.neighbour<EcsDoor>("ecs").setDesiredCount(target.cluster, target.service, count);
  scaling.activities.unshift({
    ActivityId: cloud.random.uuid(),
    ServiceNamespace: NAMESPACE,
    ResourceId: target.resourceId,
    ScalableDimension: DIMENSION,
    Description: `Setting desired count to ${count}.`,
    Cause: cause,
    StartTime: nowS,
    EndTime: nowS,
    StatusCode: "Successful",
    StatusMessage: `Successfully set desired count to ${count}. Change successfully fulfilled by ecs.`,
  });
  scaling.activities.splice(MOST_ACTIVITIES);
};

/** A target as DescribeScalableTargets tells it. */
export const targetView = (target: ScalableTarget): JsonObject => ({
  ServiceNamespace: NAMESPACE,
  ResourceId: target.resourceId,
  ScalableDimension: DIMENSION,
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: target.roleArn,
  CreationTime: target.createdAtMs / 1_000,
  SuspendedState: { ...target.suspended },
  ScalableTargetARN: target.arn,
});

/** A policy as DescribeScalingPolicies tells it. */
export const policyView = (policy: ScalingPolicy, target: ScalableTarget): JsonObject => ({
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  ServiceNamespace: NAMESPACE,
  ResourceId: target.resourceId,
  ScalableDimension: DIMENSION,
  PolicyType: policy.type,
  ...(policy.type === "TargetTrackingScaling"
    ? { TargetTrackingScalingPolicyConfiguration: policy.given.TargetTrackingScalingPolicyConfiguration }
    : { StepScalingPolicyConfiguration: policy.given.StepScalingPolicyConfiguration }),
  Alarms: policy.alarms,
  CreationTime: policy.createdAtMs / 1_000,
});
