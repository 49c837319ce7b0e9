/** Entry of CodeDeploy's hook: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { codedeployDeployments } from "#shared/aws/codedeploy-deployments.ts";
import { dynamodbKnownImages } from "#shared/aws/dynamodb-known-images.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { ecrImages } from "#shared/aws/ecr-images.ts";
import { ecsDeployments } from "#shared/aws/ecs-deployments.ts";
import { ecsRunningImages } from "#shared/aws/ecs-running-images.ts";
import { ecsServices } from "#shared/aws/ecs-services.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { pause, systemClock } from "#shared/runtime/clock.ts";
import { readEnv } from "#shared/runtime/env.ts";
import { lastingHandler } from "#shared/runtime/lasting-lambda.ts";
import { createCodeDeployAnswer } from "./answer.ts";

const name = v.pipe(v.string(), v.minLength(1));
const Env = v.object({ REFLEX_LEDGER_TABLE: name, REFLEX_BUS_NAME: name });

export const handler = lastingHandler({
  name: "gate",
  clock: systemClock,
  pause,
  build() {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const ecs = new ECSClient(clientDefaults);
    const dynamodb = new DynamoDBClient(clientDefaults);
    return createCodeDeployAnswer({
      config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
      codeDeployments: codedeployDeployments(new CodeDeployClient(clientDefaults)),
      services: ecsServices(ecs, ecs),
      deployments: ecsDeployments(ecs, ecs),
      runningImages: ecsRunningImages(ecs),
      images: ecrImages(new ECRClient(clientDefaults)),
      known: dynamodbKnownImages(dynamodb, env.REFLEX_LEDGER_TABLE, systemClock),
      ledger: dynamodbLedger(dynamodb, env.REFLEX_LEDGER_TABLE),
      publisher: eventbridgePublisher(new EventBridgeClient(clientDefaults), env.REFLEX_BUS_NAME),
      clock: systemClock,
    });
  },
});
