/** Entry of the oom function: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { clientDefaults, withoutRetry } from "#shared/aws/clients.ts";
import { cloudformationStacks } from "#shared/aws/cloudformation-stacks.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { ecsServices } from "#shared/aws/ecs-services.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { systemClock } from "#shared/runtime/clock.ts";
import { FunctionEnv, readEnv } from "#shared/runtime/env.ts";
import { queueHandler } from "#shared/runtime/lambda.ts";
import { createOom } from "./handler.ts";

const Env = v.object({ ...FunctionEnv.entries, REFLEX_BUS_NAME: v.pipe(v.string(), v.minLength(1)) });

export const handler = queueHandler({
  name: "oom",
  build(invocation) {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const sqs = new SQSClient(clientDefaults);
    return {
      deadLetters: sqsMailbox(sqs, env.REFLEX_DEAD_LETTERS_URL),
      handle: createOom({
        config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
        services: ecsServices(new ECSClient(clientDefaults), new ECSClient(withoutRetry)),
        stacks: cloudformationStacks(new CloudFormationClient(clientDefaults)),
        ledger: dynamodbLedger(new DynamoDBClient(clientDefaults), env.REFLEX_LEDGER_TABLE),
        publisher: eventbridgePublisher(new EventBridgeClient(clientDefaults), env.REFLEX_BUS_NAME),
        mailbox: sqsMailbox(sqs, env.REFLEX_QUEUE_URL),
        clock: systemClock,
        invocation,
      }),
    };
  },
});
