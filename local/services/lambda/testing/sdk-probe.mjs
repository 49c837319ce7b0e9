// A function that speaks the real AWS SDK; bundled by the test that uses it.
import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});
const dynamodb = new DynamoDBClient({});

const acts = {
  send: ({ QueueUrl, MessageBody }) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })),
  receive: async ({ QueueUrl, WaitTimeSeconds }) => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }));
    return Messages.map(({ Body }) => Body);
  },
  put: ({ TableName }) =>
    dynamodb
      .send(
        new PutItemCommand({
          TableName,
          Item: { pk: { S: "one" } },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      )
      .catch((error) => {
        if (error instanceof ConditionalCheckFailedException) return { refused: error.$metadata.attempts };
        throw error;
      }),
};

const again = async ({ Records }) => {
  for (const { body } of Records) await acts[JSON.parse(body).act]({ ...JSON.parse(body), MessageBody: body });
};

export const handler = async (event) => {
  if (event.Records) return again(event);
  const startedMs = Date.now();
  const answer = await acts[event.act](event);
  return { answer, attempts: answer.$metadata?.attempts, tookMs: Date.now() - startedMs };
};
