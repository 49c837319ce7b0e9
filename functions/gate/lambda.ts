/** Entry of the gate function: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { clientDefaults, withoutRetry } from "#shared/aws/clients.ts";
import { dynamodbKnownImages } from "#shared/aws/dynamodb-known-images.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { ecrImages } from "#shared/aws/ecr-images.ts";
import { ecsDeployments } from "#shared/aws/ecs-deployments.ts";
import { ecsServices } from "#shared/aws/ecs-services.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { systemClock } from "#shared/runtime/clock.ts";
import { FunctionEnv, readEnv } from "#shared/runtime/env.ts";
import { queueHandler } from "#shared/runtime/lambda.ts";
import { createGate } from "./handler.ts";

const Env = v.object({ ...FunctionEnv.entries, REFLEX_BUS_NAME: v.pipe(v.string(), v.minLength(1)) });

export const handler = queueHandler({
  name: "gate",
  build(invocation) {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const sqs = new SQSClient(clientDefaults);
    const ecs = new ECSClient(clientDefaults);
    const writing = new ECSClient(withoutRetry);
    const dynamodb = new DynamoDBClient(clientDefaults);
    return {
      deadLetters: sqsMailbox(sqs, env.REFLEX_DEAD_LETTERS_URL),
      handle: createGate({
        config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
        services: ecsServices(ecs, writing),
        deployments: ecsDeployments(ecs, writing),
        images: ecrImages(new ECRClient(clientDefaults)),
        known: dynamodbKnownImages(dynamodb, env.REFLEX_LEDGER_TABLE, systemClock),
        ledger: dynamodbLedger(dynamodb, env.REFLEX_LEDGER_TABLE),
        publisher: eventbridgePublisher(new EventBridgeClient(clientDefaults), env.REFLEX_BUS_NAME),
        mailbox: sqsMailbox(sqs, env.REFLEX_QUEUE_URL),
        clock: systemClock,
        invocation,
      }),
    };
  },
});
