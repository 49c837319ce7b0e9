/** SendMessage and SendMessageBatch. */
import { AwsError, type Operation } from "../../../contract.ts";
import { eachEntry, entriesOf } from "../batches.ts";
import type { Queues } from "../queues.ts";
import { entryBytes, type Sending } from "../sending.ts";

/** Most bytes of a batch together. Source: SQS developer guide, "Message quotas". */
const maxBatchBytes = 1_048_576;

/** SendMessage: one message. */
export const sendMessage = (queues: Queues, sending: Sending): Operation => ({
  needs: (request) => queues.needs("SendMessage", request),
  run: (request, context) => sending.send(queues.of(request), request, context),
});

/** SendMessageBatch: up to ten messages, each succeeding or failing alone. */
export const sendMessageBatch = (queues: Queues, sending: Sending): Operation => ({
  needs: (request) => queues.needs("SendMessage", request),
  run: (request, context) => {
    const queue = queues.of(request);
    const entries = entriesOf(request, "SendMessageBatchRequestEntry");
    const bytes = entries.reduce((total, entry) => total + entryBytes(entry), 0);
    if (bytes > maxBatchBytes)
      throw new AwsError(
        "BatchRequestTooLong",
        `Batch requests cannot be longer than ${maxBatchBytes} bytes. You have sent ${bytes} bytes.`,
      );
    return eachEntry(entries, (entry) => sending.send(queue, entry, context));
  },
});
