/** Entry of the notify function: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { dynamodbMessages } from "#shared/aws/dynamodb-messages.ts";
import { slackCredentials } from "#shared/aws/secrets-manager-slack.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { systemClock } from "#shared/runtime/clock.ts";
import { FunctionEnv, readEnv } from "#shared/runtime/env.ts";
import { queueHandler } from "#shared/runtime/lambda.ts";
import { slackMessenger } from "#shared/slack/web-api.ts";
import { createNotify } from "./handler.ts";

const Env = v.object({ ...FunctionEnv.entries, REFLEX_SLACK_SECRET_ID: v.pipe(v.string(), v.minLength(1)) });

const SLACK_API = "https://slack.com/api";

export const handler = queueHandler({
  name: "notify",
  build(invocation) {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const dynamodb = new DynamoDBClient(clientDefaults);
    const credentials = slackCredentials(
      new SecretsManagerClient(clientDefaults),
      env.REFLEX_SLACK_SECRET_ID,
      systemClock,
    );
    return {
      deadLetters: sqsMailbox(new SQSClient(clientDefaults), env.REFLEX_DEAD_LETTERS_URL),
      handle: createNotify({
        config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
        ledger: dynamodbLedger(dynamodb, env.REFLEX_LEDGER_TABLE),
        messages: dynamodbMessages(dynamodb, env.REFLEX_LEDGER_TABLE),
        messenger: slackMessenger({ apiUrl: SLACK_API, token: async () => (await credentials()).botToken, fetch }),
        clock: systemClock,
        invocation,
      }),
    };
  },
});
