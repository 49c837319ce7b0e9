import type { JsonObject } from "../../contract.ts";

/** A service whose desired count may be moved, and how far. */
export interface ScalableTarget {
  readonly id: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly cluster: string;
  readonly service: string;
  min: number;
  max: number;
  readonly roleArn: string;
  suspended: Suspended;
  readonly createdAtMs: number;
}

/** What is switched off. */
export interface Suspended {
  readonly DynamicScalingInSuspended: boolean;
  readonly DynamicScalingOutSuspended: boolean;
  readonly ScheduledScalingSuspended: boolean;
}

/** How a policy sizes: towards a metric's target, or by steps around an alarm's threshold. */
export type Sizing =
  | { readonly kind: "tracking"; readonly target: number; readonly mayScaleIn: boolean }
  | {
      readonly kind: "steps";
      readonly adjustment: "ChangeInCapacity" | "PercentChangeInCapacity" | "ExactCapacity";
      readonly leastMagnitude: number;
      readonly steps: readonly { readonly from: number; readonly to: number; readonly by: number }[];
    };

/** A scaling policy with its memory of what it last did. */
export interface ScalingPolicy {
  readonly name: string;
  readonly arn: string;
  readonly targetId: string;
  readonly type: "TargetTrackingScaling" | "StepScaling";
  readonly sizing: Sizing;
  readonly outCooldownMs: number;
  readonly inCooldownMs: number;
  readonly alarms: readonly { readonly AlarmName: string; readonly AlarmARN: string }[];
  readonly createdAtMs: number;
  /** As PutScalingPolicy had it. */
  readonly given: JsonObject;
  lastOut: { readonly atMs: number; readonly basis: number } | undefined;
  lastInAtMs: number | undefined;
}

/** Everything registered, and the last activities. */
export interface Scaling {
  readonly targets: Map<string, ScalableTarget>;
  readonly policies: Map<string, ScalingPolicy>;
  readonly activities: JsonObject[];
}
