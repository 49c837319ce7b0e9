/** `Queues` on Amazon SQS. */
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueueCounts, Queues } from "#shared/ports/queues.ts";
import { readingOf } from "./reading.ts";

/** SQS's two names for a queue that does not exist: of its JSON protocol and of its older one. */
const NO_SUCH_QUEUE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/** The queues beside ours: a queue's address differs from that of another of the same account and region in its name only. */
export const sqsQueues = (sqs: SQSClient, ownQueueUrl: string): Queues => ({
  counts: (queueName) =>
    readingOf({ doing: `reading the counts of queue ${queueName}`, gone: NO_SUCH_QUEUE }, async () => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: new URL(queueName, ownQueueUrl).href,
          AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }),
      );
      const counts: QueueCounts = {
        visibleMessages: Number(Attributes.ApproximateNumberOfMessages),
        inFlightMessages: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      };
      return counts;
    }),
});
