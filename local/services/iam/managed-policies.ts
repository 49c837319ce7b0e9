/** The AWS managed policies that are known here, as AWS publishes them; a role that attaches another cannot be made. */
import type { JsonObject } from "../../contract.ts";

const allow = (...actions: readonly string[]): JsonObject => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
});

const BALANCING = "arn:aws:elasticloadbalancing:*:*:";
const balancing = (sid: string, resource: string, ...operations: readonly string[]): JsonObject => ({
  Sid: sid,
  Effect: "Allow",
  Action: operations.map((operation) => `elasticloadbalancing:${operation}`),
  Resource: resource,
});

const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const NETWORK = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/** Documents by the part of the ARN after `policy/`. Source: AWS managed policy reference. */
export const MANAGED_POLICIES: Readonly<Record<string, JsonObject>> = {
  "service-role/AWSLambdaBasicExecutionRole": allow(...LOGS),
  "service-role/AWSLambdaVPCAccessExecutionRole": allow(...LOGS, ...NETWORK),
  "service-role/AWSLambdaSQSQueueExecutionRole": allow(
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    ...LOGS,
  ),
  "service-role/AmazonECSTaskExecutionRolePolicy": allow(
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ),
  AmazonECSInfrastructureRolePolicyForLoadBalancers: {
    Version: "2012-10-17",
    Statement: [
      balancing(
        "ELBReadOperations",
        "*",
        "DescribeListeners",
        "DescribeRules",
        "DescribeTargetGroups",
        "DescribeTargetHealth",
      ),
      balancing("TargetGroupOperations", `${BALANCING}targetgroup/*/*`, "RegisterTargets", "DeregisterTargets"),
      balancing("ALBModifyListeners", `${BALANCING}listener/app/*/*/*`, "ModifyListener"),
      balancing("NLBModifyListeners", `${BALANCING}listener/net/*/*/*`, "ModifyListener"),
      balancing("ALBModifyRules", `${BALANCING}listener-rule/app/*/*/*/*`, "ModifyRule"),
    ],
  },
  AWSXRayDaemonWriteAccess: allow(
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ),
};
