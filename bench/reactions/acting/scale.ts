/** A tick that finds a backlog: the worker gets more tasks. */
import { type Acting, CLUSTER, ecsArn, queued } from "./acting.ts";

const SERVICE = "worker";
const TICK_SECONDS = 10;

const service = {
  serviceArn: ecsArn(`service/${CLUSTER}/${SERVICE}`),
  serviceName: SERVICE,
  clusterArn: ecsArn(`cluster/${CLUSTER}`),
  status: "ACTIVE",
  launchType: "FARGATE",
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  deployments: [{ id: "ecs-svc/1", status: "PRIMARY", rolloutState: "COMPLETED", desiredCount: 1, runningCount: 1 }],
  tags: [{ key: "reflex:scale:mode", value: "act" }],
};

export const acting: Acting = {
  acts: "ecs.UpdateService",
  payload: (now) =>
    queued({
      source: "ecs-reflex.scale",
      "detail-type": "Reflex Tick",
      detail: {
        service: `${CLUSTER}/${SERVICE}`,
        slot: Math.floor(now.getTime() / 1000 / TICK_SECONDS),
        dueAt: now.toISOString(),
      },
    }),
  answers: {
    "dynamodb.GetItem": {},
    "dynamodb.PutItem": {},
    "sqs.GetQueueAttributes": {
      Attributes: {
        ApproximateNumberOfMessages: "5000",
        ApproximateNumberOfMessagesNotVisible: "1",
        ApproximateNumberOfMessagesDelayed: "0",
      },
    },
    "ecs.DescribeServices": { services: [service], failures: [] },
    "ecs.UpdateService": { service: { ...service, desiredCount: 5 } },
    "autoscaling.DescribeScalableTargets": { ScalableTargets: [] },
    "autoscaling.DescribeScalingPolicies": { ScalingPolicies: [] },
    "cloudwatch.GetMetricData": { MetricDataResults: [] },
    "events.PutEvents": { FailedEntryCount: 0, Entries: [{ EventId: "1" }] },
  },
};
