/** Entry of the sweep function: clients, environment, configuration; nothing else. */
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { clientDefaults } from "#shared/aws/clients.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { ecsStoppedTasks } from "#shared/aws/ecs-stopped-tasks.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { systemClock } from "#shared/runtime/clock.ts";
import { FunctionEnv, readEnv } from "#shared/runtime/env.ts";
import { queueHandler } from "#shared/runtime/lambda.ts";
import { createSweep } from "./handler.ts";

const Queues = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.pipe(v.string(), v.url())));
const Env = v.object({ ...FunctionEnv.entries, REFLEX_REACTION_QUEUES: Queues });

export const handler = queueHandler({
  name: "sweep",
  build() {
    const env = readEnv(Env, process.env);
    const file = new URL("config.json", import.meta.url);
    const sqs = new SQSClient(clientDefaults);
    const queues = Object.entries(env.REFLEX_REACTION_QUEUES);
    return {
      deadLetters: sqsMailbox(sqs, env.REFLEX_DEAD_LETTERS_URL),
      handle: createSweep({
        config: parseConfig(JSON.parse(readFileSync(file, "utf8")), "config.json"),
        ledger: dynamodbLedger(new DynamoDBClient(clientDefaults), env.REFLEX_LEDGER_TABLE),
        tasks: ecsStoppedTasks(new ECSClient(clientDefaults)),
        mailboxes: Object.fromEntries(queues.map(([name, url]) => [name, sqsMailbox(sqs, url)])),
        clock: systemClock,
      }),
    };
  },
});
