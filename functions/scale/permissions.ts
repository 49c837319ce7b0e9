/** What the scale function may do: look at named queues and their workers, and set how many tasks there are. */
import type { Permission } from "#shared/domain/permission.ts";
import {
  deadLetterPermissions,
  ledgerPermissions,
  ownQueuePermissions,
  publisherPermissions,
} from "#shared/runtime/permissions.ts";

export const permissions: readonly Permission[] = [
  { actions: ["sqs:GetQueueAttributes"], on: "workload-queue", because: "waiting and in-flight messages are counted" },
  { actions: ["ecs:DescribeServices"], on: "service", because: "tasks are counted, and tags are read" },
  { actions: ["ecs:UpdateService"], on: "service", because: "the desired count is set" },
  {
    actions: ["cloudwatch:GetMetricData"],
    on: "any",
    because: "messages sent and deleted in a minute tell how long one takes",
  },
  {
    actions: ["application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies"],
    on: "any",
    because: "a service that somebody else scales as well is not fought over",
  },
  {
    actions: ["application-autoscaling:RegisterScalableTarget"],
    on: "scalable-target",
    because: "the minimum is moved where somebody else's policy scales the service",
  },
  ...ledgerPermissions,
  ...publisherPermissions,
  ...ownQueuePermissions,
  ...deadLetterPermissions,
];
