import {
  AwsError,
  arnOf,
  type Cloud,
  type JsonObject,
  type Need,
  type Operation,
  type ResourceDeclaration,
  type Service,
} from "../../contract.ts";
import type { AutoScalingDoor } from "../../neighbours.ts";
import { Input } from "../events/input.ts";
import { act } from "./act.ts";
import { deletePolicy, putPolicy } from "./policies.ts";
import type { ScalableTarget, Scaling, ScalingPolicy } from "./state.ts";
import { DIMENSION, idOf, moveIntoBounds, NAMESPACE, policyView, register, targetView } from "./targets.ts";

const read = (input: JsonObject): Input => new Input(input, "ValidationException");

const propertiesOf = ({ properties, stackName, logicalId }: ResourceDeclaration): Input =>
  new Input(properties, `ValidationException of ${stackName}/${logicalId}`);

/** Application Auto Scaling for ECS services: bounds, target tracking, steps, cooldowns. */
export const createApplicationAutoScalingService = (cloud: Cloud): Service => {
  const scaling: Scaling = { targets: new Map(), policies: new Map(), activities: [] };
  const door: AutoScalingDoor = { act: (policyArn, alarmName) => act(scaling, cloud, policyArn, alarmName) };
  cloud.expose("application-autoscaling", door);

  const targetNamed = (id: string): ScalableTarget => {
    const target = scaling.targets.get(id);
    if (target) return target;
    throw new AwsError("ObjectNotFoundException", `No scalable target found for ${id}`);
  };
  const policyNamed = (request: Input): ScalingPolicy => {
    const id = idOf(request);
    const name = request.text("PolicyName");
    const policy = [...scaling.policies.values()].find((each) => each.targetId === id && each.name === name);
    if (policy) return policy;
    throw new AwsError("ObjectNotFoundException", `No scaling policy found for ${name} of ${id}`);
  };
  const needOnTarget = (action: string, input: JsonObject): Need => {
    const target = scaling.targets.get(idOf(read(input)));
    return {
      action: `application-autoscaling:${action}`,
      resource: target?.arn ?? arnOf(cloud, "application-autoscaling", "scalable-target/*"),
      context: {
        "application-autoscaling:service-namespace": NAMESPACE,
        "application-autoscaling:scalable-dimension": DIMENSION,
      },
    };
  };
  const onTarget = (action: string, run: (request: Input) => JsonObject): Operation => ({
    needs: (input) => [needOnTarget(action, input)],
    run: (input) => run(read(input)),
  });
  const onAll = (action: string, run: (request: Input) => JsonObject): Operation => ({
    needs: () => [{ action: `application-autoscaling:${action}`, resource: "*" }],
    run: (input) => {
      const request = read(input);
      request.word("ServiceNamespace", [NAMESPACE]);
      return run(request);
    },
  });
  const deregister = (request: Input): JsonObject => {
    const { id } = targetNamed(idOf(request));
    for (const policy of scaling.policies.values()) if (policy.targetId === id) deletePolicy(scaling, cloud, policy);
    scaling.targets.delete(id);
    return {};
  };

  const operations: Service["operations"] = {
    RegisterScalableTarget: onTarget("RegisterScalableTarget", (request) => {
      const isNew = !scaling.targets.has(idOf(request));
      const target = register(scaling, cloud, request);
      try {
        moveIntoBounds(scaling, cloud, target);
      } catch (error) {
        if (isNew) scaling.targets.delete(target.id);
        throw error;
      }
      return { ScalableTargetARN: target.arn };
    }),
    DeregisterScalableTarget: onTarget("DeregisterScalableTarget", deregister),
    PutScalingPolicy: onTarget("PutScalingPolicy", (request) => {
      const policy = putPolicy(scaling, cloud, request, targetNamed(idOf(request)));
      return { PolicyARN: policy.arn, Alarms: policy.alarms };
    }),
    DeleteScalingPolicy: onTarget("DeleteScalingPolicy", (request) => {
      deletePolicy(scaling, cloud, policyNamed(request));
      return {};
    }),
    DescribeScalableTargets: onAll("DescribeScalableTargets", (request) => {
      const ids = request.texts("ResourceIds");
      const found = [...scaling.targets.values()].filter((each) => ids.length === 0 || ids.includes(each.resourceId));
      return { ScalableTargets: found.map(targetView) };
    }),
    DescribeScalingPolicies: onAll("DescribeScalingPolicies", (request) => {
      const resourceId = request.optionalText("ResourceId");
      const names = request.texts("PolicyNames");
      const found = [...scaling.policies.values()].flatMap((policy) => {
        const target = targetNamed(policy.targetId);
        const isAsked = resourceId === undefined || target.resourceId === resourceId;
        return isAsked && (names.length === 0 || names.includes(policy.name)) ? [policyView(policy, target)] : [];
      });
      return { ScalingPolicies: found };
    }),
    DescribeScalingActivities: onAll("DescribeScalingActivities", (request) => {
      const resourceId = request.optionalText("ResourceId");
      const most = request.wholeNumber("MaxResults", 1, 50, 50);
      const from = Number(request.optionalText("NextToken") ?? 0);
      const found = scaling.activities.filter((each) => resourceId === undefined || each.ResourceId === resourceId);
      return {
        ScalingActivities: found.slice(from, from + most),
        ...(from + most < found.length && { NextToken: String(from + most) }),
      };
    }),
  };

  return {
    name: "application-autoscaling",
    operations,
    resources: {
      "AWS::ApplicationAutoScaling::ScalableTarget": (declaration) => {
        const input = propertiesOf(declaration);
        if (input.list("ScheduledActions").length > 0) throw input.refusal("ScheduledActions are not modelled");
        const { id } = register(scaling, cloud, input);
        return { ref: id, attributes: { Id: id } };
      },
      "AWS::ApplicationAutoScaling::ScalingPolicy": (declaration) => {
        const input = propertiesOf(declaration);
        const target = targetNamed(input.optionalText("ScalingTargetId") ?? idOf(input));
        const { arn } = putPolicy(scaling, cloud, input, target);
        return { ref: arn, attributes: { Arn: arn } };
      },
    },
    start: () => {
      for (const target of scaling.targets.values()) moveIntoBounds(scaling, cloud, target);
    },
  };
};
