/** ReceiveMessage, DeleteMessage, ChangeMessageVisibility, and the batches of the latter two. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { eachEntry, entriesOf } from "../batches.ts";
import { missingParameter, outOfRange, receiptHandleIsInvalid } from "../errors.ts";
import type { Queue } from "../queue.ts";
import type { Queues } from "../queues.ts";
import type { Receiving } from "../receiving.ts";

function handleOf(entry: JsonObject, queue: Queue): string {
  const handle = entry.ReceiptHandle;
  if (typeof handle !== "string" || handle === "") throw missingParameter("ReceiptHandle");
  if (!queue.knows(handle)) throw receiptHandleIsInvalid(handle);
  return handle;
}

function change(queue: Queue, entry: JsonObject): JsonObject {
  const seconds = entry.VisibilityTimeout;
  if (seconds === undefined || seconds === null) throw missingParameter("VisibilityTimeout");
  if (typeof seconds !== "number" || !Number.isInteger(seconds) || seconds < 0 || seconds > 43_200)
    throw outOfRange("VisibilityTimeout", seconds, "Must be between 0 and 43200, if provided.");
  queue.changeVisibility(handleOf(entry, queue), seconds);
  return {};
}

function remove(queue: Queue, entry: JsonObject): JsonObject {
  queue.delete(handleOf(entry, queue));
  return {};
}

/** ReceiveMessage: up to ten messages, waiting up to 20 s for the first. */
export const receiveMessage = (queues: Queues, receiving: Receiving): Operation => ({
  needs: (request) => queues.needs("ReceiveMessage", request),
  run: (request, context) => receiving.receive(queues.of(request), request, context),
});

/** DeleteMessage: by the handle of the latest receipt. */
export const deleteMessage = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("DeleteMessage", request),
  run: (request) => remove(queues.of(request), request),
});

/** DeleteMessageBatch. */
export const deleteMessageBatch = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("DeleteMessage", request),
  run: (request) => {
    const queue = queues.of(request);
    return eachEntry(entriesOf(request, "DeleteMessageBatchRequestEntry"), (entry) => remove(queue, entry));
  },
});

/** ChangeMessageVisibility: from now on, not on top. */
export const changeMessageVisibility = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("ChangeMessageVisibility", request),
  run: (request) => change(queues.of(request), request),
});

/** ChangeMessageVisibilityBatch. */
export const changeMessageVisibilityBatch = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("ChangeMessageVisibility", request),
  run: (request) => {
    const queue = queues.of(request);
    return eachEntry(entriesOf(request, "ChangeMessageVisibilityBatchRequestEntry"), (entry) => change(queue, entry));
  },
});
