/** Entry of the converse function: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { dynamodbOneUse } from "#shared/aws/dynamodb-one-use.ts";
import { dynamodbPauseSwitch } from "#shared/aws/dynamodb-pause-switch.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { slackCredentials } from "#shared/aws/secrets-manager-slack.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { systemClock } from "#shared/runtime/clock.ts";
import { readEnv } from "#shared/runtime/env.ts";
import { urlHandler } from "#shared/runtime/url.ts";
import { slackResponder } from "#shared/slack/respond.ts";
import { createConverse } from "./handler.ts";

const name = v.pipe(v.string(), v.minLength(1));
const Env = v.object({
  REFLEX_LEDGER_TABLE: name,
  REFLEX_BUS_NAME: name,
  REFLEX_SLACK_SECRET_ID: name,
  REFLEX_REACTION_QUEUES: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.pipe(v.string(), v.url()))),
});

export const handler = urlHandler({
  name: "converse",
  build() {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const dynamodb = new DynamoDBClient(clientDefaults);
    const sqs = new SQSClient(clientDefaults);
    const credentials = slackCredentials(
      new SecretsManagerClient(clientDefaults),
      env.REFLEX_SLACK_SECRET_ID,
      systemClock,
    );
    const queues = Object.entries(env.REFLEX_REACTION_QUEUES);
    return createConverse({
      config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
      ledger: dynamodbLedger(dynamodb, env.REFLEX_LEDGER_TABLE),
      pauseSwitch: dynamodbPauseSwitch(dynamodb, env.REFLEX_LEDGER_TABLE),
      oneUse: dynamodbOneUse(dynamodb, env.REFLEX_LEDGER_TABLE),
      publisher: eventbridgePublisher(new EventBridgeClient(clientDefaults), env.REFLEX_BUS_NAME),
      mailboxes: Object.fromEntries(queues.map(([reaction, url]) => [reaction, sqsMailbox(sqs, url)])),
      async signingSecrets() {
        const { signingSecret = "", previousSigningSecret = "" } = await credentials();
        return [signingSecret, previousSigningSecret];
      },
      respond: slackResponder(fetch),
      clock: systemClock,
    });
  },
});
