import { Duration } from "aws-cdk-lib";
import {
  AdjustmentType,
  type BaseScalableAttribute,
  MetricAggregationType,
  type ScalableTarget,
  StepScalingAction,
} from "aws-cdk-lib/aws-applicationautoscaling";
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { ApplicationScalingAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Construct } from "constructs";
import type { FollowedQueue } from "../followed-queue.ts";

/** The scaler knows policies of names that begin so as ours, and scales beside them. */
const POLICY_NAME = "ecs-reflex-dead-man";
/** The scaler's own queue: what it has handled, it deletes. */
const SCALER_QUEUE = "reflex-scale";
/** The minute's schedule and at least one tick. */
const DELETED_PER_MINUTE = 2;
const SILENT_MINUTES = 3;
const ADDED_TASKS = 1;

export interface DeadManProps extends FollowedQueue {
  /** The bounds that the policy stays in. */
  readonly scaling: BaseScalableAttribute;
}

/**
 * Adds tasks without us: when the scaler is silent and the oldest message is older than promised. One alarm on an expression, for a
 * composite alarm cannot scale; a queue that sleeps or is gone has no age, and that is no breach.
 */
export class DeadMan extends Construct {
  constructor(scope: Construct, id: string, { service, queueName, latencySeconds, scaling }: DeadManProps) {
    super(scope, id);
    const ofQueue = (metricName: string, name: string, statistic: string) =>
      new Metric({
        namespace: "AWS/SQS",
        metricName,
        dimensionsMap: { QueueName: name },
        statistic,
        period: Duration.minutes(1),
      });
    const alarm = new Alarm(this, "Alarm", {
      alarmName: `ecs-reflex dead-man of ${service}`,
      alarmDescription: `The scaler is silent and ${queueName} is older than ${latencySeconds} s: tasks are added`,
      metric: new MathExpression({
        expression: `IF(FILL(handled,0)<${DELETED_PER_MINUTE} AND FILL(age,0)>${latencySeconds},1,0)`,
        usingMetrics: {
          handled: ofQueue("NumberOfMessagesDeleted", SCALER_QUEUE, "sum"),
          age: ofQueue("ApproximateAgeOfOldestMessage", queueName, "max"),
        },
        period: Duration.minutes(1),
      }),
      evaluationPeriods: SILENT_MINUTES,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new StepScalingAction(this, "Adds", {
      // an attribute keeps its target to itself, as the child of this name
      scalingTarget: scaling.node.findChild("Target") as ScalableTarget,
      policyName: POLICY_NAME,
      adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
      metricAggregationType: MetricAggregationType.MAXIMUM,
      cooldown: Duration.minutes(1),
    });
    action.addAdjustment({ adjustment: ADDED_TASKS, lowerBound: 0 });
    alarm.addAlarmAction(new ApplicationScalingAction(action));
  }
}
