/** Sending to our own queues: resumes, dead letters, work handed on by the sweep. */
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import { translate } from "./errors.ts";

/** SQS delays a message by at most 15 minutes. Source: SQS API reference, SendMessage DelaySeconds. */
const LONGEST_DELAY_SECONDS = 900;

export const sqsMailbox = (sqs: SQSClient, queueUrl: string): Mailbox => ({
  async send(message, { delaySeconds = 0, attributes = {} } = {}) {
    await sqs
      .send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify(message),
          DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), LONGEST_DELAY_SECONDS),
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
          ),
        }),
      )
      .catch((error: unknown) => {
        throw translate(error, `sending a message to ${queueUrl}`);
      });
  },
});
