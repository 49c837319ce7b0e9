/** `ScalableTargets` on Application Auto Scaling. */
import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { ScalableTargets } from "#shared/ports/scalable-targets.ts";
import { readingOf } from "./reading.ts";

const NO_SUCH_TARGET = ["ObjectNotFoundException"];
/** A target that is gone would be a new one, which needs a maximum; one with a lower maximum has no room for the minimum. Both are
 *  refused by the same name. Source: Application Auto Scaling API reference, RegisterScalableTarget. */
const NOT_AS_READ = ["ValidationException"];

const resourceOf = ({ cluster, name }: ServiceRef) => `service/${cluster}/${name}`;
const desiredCountOfEcs = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" } as const;

/** The scalable targets of one account and region. */
export const applicationScalableTargets = (scaling: ApplicationAutoScalingClient): ScalableTargets => ({
  read: (ref) =>
    readingOf({ doing: `reading the scalable target of ${ref.arn}`, gone: NO_SUCH_TARGET }, async () => {
      const ResourceId = resourceOf(ref);
      const [{ ScalableTargets: [target] = [] }, { ScalingPolicies = [] }] = await Promise.all([
        scaling.send(new DescribeScalableTargetsCommand({ ...desiredCountOfEcs, ResourceIds: [ResourceId] })),
        scaling.send(new DescribeScalingPoliciesCommand({ ...desiredCountOfEcs, ResourceId })),
      ]);
      return (
        target && {
          min: target.MinCapacity ?? 0,
          max: target.MaxCapacity ?? 0,
          policies: ScalingPolicies.flatMap(({ PolicyName }) => PolicyName ?? []),
        }
      );
    }),

  setMinimum: (ref, min) =>
    readingOf(
      { doing: `moving the minimum of ${ref.arn} to ${min}`, gone: NO_SUCH_TARGET, changed: NOT_AS_READ },
      async () => {
        await scaling.send(
          new RegisterScalableTargetCommand({ ...desiredCountOfEcs, ResourceId: resourceOf(ref), MinCapacity: min }),
        );
        return true as const;
      },
    ),
});
