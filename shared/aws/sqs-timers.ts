/** `Timers` on our own queue: delayed messages, ten to a call. */
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { ReflexError } from "#shared/errors.ts";
import type { Timers } from "#shared/ports/timers.ts";
import { translate } from "./errors.ts";

/** Source: SQS API reference, SendMessageBatch. */
const ENTRIES_PER_CALL = 10;

/** Timers that ring in that queue. */
export const sqsTimers = (sqs: SQSClient, queueUrl: string): Timers => ({
  async set(timers) {
    for (let from = 0; from < timers.length; from += ENTRIES_PER_CALL) {
      const page = timers.slice(from, from + ENTRIES_PER_CALL);
      const { Failed = [] } = await sqs
        .send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: page.map(({ message, delaySeconds }, index) => ({
              Id: String(index),
              MessageBody: JSON.stringify(message),
              DelaySeconds: delaySeconds,
            })),
          }),
        )
        .catch((error: unknown) => {
          throw translate(error, `setting ${page.length} timers in ${queueUrl}`);
        });
      const [refused] = Failed;
      if (refused)
        throw new ReflexError(
          "unavailable",
          `setting timers in ${queueUrl}: ${Failed.length} of ${page.length} refused, first ${refused.Code}`,
        );
    }
  },
});
