/** Entry of the scale function: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { cloudwatchMetrics } from "#shared/aws/cloudwatch-metrics.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { ecsTaskCounts } from "#shared/aws/ecs-task-counts.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { applicationScalableTargets } from "#shared/aws/scalable-targets.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { sqsQueues } from "#shared/aws/sqs-queues.ts";
import { sqsTimers } from "#shared/aws/sqs-timers.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { systemClock } from "#shared/runtime/clock.ts";
import { FunctionEnv, readEnv } from "#shared/runtime/env.ts";
import { queueHandler } from "#shared/runtime/lambda.ts";
import { createScale } from "./handler.ts";

const name = v.pipe(v.string(), v.minLength(1));
const Env = v.object({ ...FunctionEnv.entries, REFLEX_BUS_NAME: name, REFLEX_SERVICES_ARN: name });

export const handler = queueHandler({
  name: "scale",
  // A tick is a decision every ten seconds: metrics of them would cost more than the ticks.
  countsDecisions: false,
  build(invocation) {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const sqs = new SQSClient(clientDefaults);
    const ecs = new ECSClient(clientDefaults);
    return {
      deadLetters: sqsMailbox(sqs, env.REFLEX_DEAD_LETTERS_URL),
      handle: createScale({
        config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
        servicesArn: env.REFLEX_SERVICES_ARN,
        queues: sqsQueues(sqs, env.REFLEX_QUEUE_URL),
        metrics: cloudwatchMetrics(new CloudWatchClient(clientDefaults)),
        tasks: ecsTaskCounts(ecs),
        targets: applicationScalableTargets(new ApplicationAutoScalingClient(clientDefaults)),
        timers: sqsTimers(sqs, env.REFLEX_QUEUE_URL),
        ledger: dynamodbLedger(new DynamoDBClient(clientDefaults), env.REFLEX_LEDGER_TABLE),
        publisher: eventbridgePublisher(new EventBridgeClient(clientDefaults), env.REFLEX_BUS_NAME),
        clock: systemClock,
        invocation,
      }),
    };
  },
});
