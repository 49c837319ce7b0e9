import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { FollowedQueue } from "../followed-queue.ts";

/** What the name of every alarm on a queue's depth begins with; the scaler's rule and its function look for it. */
const DEPTH_ALARM = "ecs-reflex depth of ";

/** Messages wait in a queue: wakes the scaler between two of its minutes, and when its schedule is broken. */
export class DepthAlarm extends Construct {
  constructor(scope: Construct, id: string, { service, queueName }: FollowedQueue) {
    super(scope, id);
    new Alarm(this, "Alarm", {
      alarmName: `${DEPTH_ALARM}${service}`,
      alarmDescription: `Messages wait in ${queueName}; EventBridge tells the scaler`,
      metric: new Metric({
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensionsMap: { QueueName: queueName },
        statistic: "max",
        period: Duration.minutes(1),
      }),
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
