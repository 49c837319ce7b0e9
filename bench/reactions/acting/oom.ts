/** A task that died of memory five minutes after its start, of a service that opted in: a raise, up to UpdateService. */
import { type Acting, CLUSTER, ecsArn, queued, SERVICE, SERVICE_ARN } from "./acting.ts";

const DIGEST = `sha256:${"5b".repeat(32)}`;
const IMAGE = `111122223333.dkr.ecr.us-east-1.amazonaws.com/${SERVICE}:v1.0.0`;
const BEFORE = ecsArn(`task-definition/${SERVICE}:7`);
const AFTER = ecsArn(`task-definition/${SERVICE}:8`);
const SERVICE_REVISION = ecsArn(`service-revision/${CLUSTER}/${SERVICE}/4821990175530287113`);

const taskDefinition = {
  taskDefinitionArn: BEFORE,
  family: SERVICE,
  revision: 7,
  status: "ACTIVE",
  cpu: "512",
  memory: "1024",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  compatibilities: ["EC2", "FARGATE"],
  containerDefinitions: [{ name: "app", image: IMAGE, essential: true, portMappings: [{ containerPort: 8080 }] }],
};

const service = {
  serviceArn: SERVICE_ARN,
  serviceName: SERVICE,
  clusterArn: ecsArn(`cluster/${CLUSTER}`),
  status: "ACTIVE",
  launchType: "FARGATE",
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  taskDefinition: BEFORE,
  deployments: [
    {
      id: "ecs-svc/4821990175530287113",
      status: "PRIMARY",
      taskDefinition: BEFORE,
      rolloutState: "COMPLETED",
      desiredCount: 2,
      runningCount: 2,
      createdAt: 1_790_000_000,
    },
  ],
  currentServiceRevisions: [{ arn: SERVICE_REVISION, requestedTaskCount: 2, runningTaskCount: 2 }],
  tags: [{ key: "reflex:oom:mode", value: "act" }],
};

export const acting: Acting = {
  acts: "ecs.UpdateService",
  payload: (now) => {
    const at = now.toISOString();
    return queued({
      id: "2c4a9e6b-7f31-4d0a-b1c5-9a8e7d6c5b40",
      source: "aws.ecs",
      "detail-type": "ECS Task State Change",
      time: at,
      detail: {
        taskArn: ecsArn(`task/${CLUSTER}/${"8f".repeat(16)}`),
        clusterArn: ecsArn(`cluster/${CLUSTER}`),
        taskDefinitionArn: BEFORE,
        group: `service:${SERVICE}`,
        version: 6,
        stopCode: "EssentialContainerExited",
        stoppedReason: "Essential container in task exited",
        startedAt: new Date(now.getTime() - 300_000).toISOString(),
        executionStoppedAt: at,
        stoppingAt: at,
        stoppedAt: at,
        containers: [
          {
            name: "app",
            image: IMAGE,
            exitCode: 137,
            reason: "OutOfMemoryError: Container killed due to memory usage",
          },
        ],
      },
    });
  },
  answers: {
    "dynamodb.GetItem": {},
    "dynamodb.PutItem": {},
    "dynamodb.UpdateItem": { Attributes: { troubled: { M: {} } } },
    "ecs.DescribeServices": { services: [service], failures: [] },
    "ecs.DescribeTaskDefinition": { taskDefinition, tags: [] },
    "ecs.DescribeServiceRevisions": {
      serviceRevisions: [
        {
          serviceRevisionArn: SERVICE_REVISION,
          serviceArn: SERVICE_ARN,
          taskDefinition: BEFORE,
          containerImages: [{ containerName: "app", image: IMAGE, imageDigest: DIGEST }],
        },
      ],
      failures: [],
    },
    "ecs.RegisterTaskDefinition": { taskDefinition: { ...taskDefinition, taskDefinitionArn: AFTER, revision: 8 } },
    "ecs.UpdateService": { service: { ...service, taskDefinition: AFTER } },
    "ecs.ListServiceDeployments": { serviceDeployments: [] },
    "events.PutEvents": { FailedEntryCount: 0, Entries: [{ EventId: "1" }] },
  },
};
