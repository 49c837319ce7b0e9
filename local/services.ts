/** All emulated services, in the order in which they are created and started. */
import type { Cloud, Service } from "./contract.ts";
import { createApplicationAutoScalingService } from "./services/application-autoscaling/service.ts";
import { createCloudFormationService } from "./services/cloudformation/service.ts";
import { createCloudWatchService } from "./services/cloudwatch/service.ts";
import { createCodeDeployService } from "./services/codedeploy/service.ts";
import { createDynamoDbService } from "./services/dynamodb/service.ts";
import { createEcrService } from "./services/ecr/service.ts";
import { createEcsService } from "./services/ecs/service.ts";
import { createEventsService } from "./services/events/service.ts";
import { createIamService } from "./services/iam/service.ts";
import { createInspector2Service } from "./services/inspector2/service.ts";
import { createLambdaService } from "./services/lambda/service.ts";
import { createLogsService } from "./services/logs/service.ts";
import { createSchedulerService } from "./services/scheduler/service.ts";
import { createSecretsManagerService } from "./services/secretsmanager/service.ts";
import { createSlackService } from "./services/slack/service.ts";
import { createSnsService } from "./services/sns/service.ts";
import { createSqsService } from "./services/sqs/service.ts";
import { createSsmService } from "./services/ssm/service.ts";
import { createStsService } from "./services/sts/service.ts";

/** What makes each of them. */
export const EVERY_SERVICE: readonly ((cloud: Cloud) => Service)[] = [
  createIamService,
  createCloudFormationService,
  createStsService,
  createSsmService,
  createSecretsManagerService,
  createSnsService,
  createLogsService,
  createCloudWatchService,
  createDynamoDbService,
  createSqsService,
  createEventsService,
  createApplicationAutoScalingService,
  createEcrService,
  createInspector2Service,
  createEcsService,
  createCodeDeployService,
  createLambdaService,
  createSchedulerService,
  createSlackService,
];

/** Creates the services; IAM is always among them, for nothing is decided without it. */
export function createServices(
  cloud: Cloud,
  chosen: readonly ((cloud: Cloud) => Service)[] = EVERY_SERVICE,
): readonly Service[] {
  const factories = chosen.includes(createIamService) ? chosen : [createIamService, ...chosen];
  return factories.map((create) => create(cloud));
}
