/** GetQueueAttributes and SetQueueAttributes. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { invalidParameter, unknownAttribute } from "../errors.ts";
import type { Queue } from "../queue.ts";
import { QueueAttributes, readOnlyAttributes, settableAttributes } from "../queue-attributes.ts";
import type { Queues } from "../queues.ts";

function states(queue: Queue): Readonly<Record<string, string>> {
  const { visible, inFlight, delayed } = queue.observed.observe(queue.counts);
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.lastModifiedAtMs / 1000)),
  };
}

/** Attributes of a request, all text; numbers and objects are refused as the API refuses them. */
export function attributesIn(value: JsonObject[string]): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw invalidParameter("Attributes must be a map of strings.");
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => {
      if (typeof text !== "string") throw invalidParameter(`The attribute ${name} must be a string.`);
      return [name, text];
    }),
  );
}

/** GetQueueAttributes: what is asked for by name, and nothing when nothing is. */
export const getQueueAttributes = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("GetQueueAttributes", request),
  run: (request) => {
    const queue = queues.of(request);
    const asked = Array.isArray(request.AttributeNames) ? request.AttributeNames : [];
    const known = [...readOnlyAttributes, ...settableAttributes];
    const unknown = asked.find((name) => name !== "All" && !known.includes(String(name)));
    if (unknown !== undefined) throw unknownAttribute(String(unknown));
    if (asked.length === 0) return {};
    const current = states(queue);
    const wanted = asked.includes("All") ? known : asked.map(String);
    const found = wanted.flatMap((name) => {
      const text = current[name] ?? queue.attributes.text(name);
      return text === undefined ? [] : [[name, text] as const];
    });
    return { Attributes: Object.fromEntries(found) };
  },
});

/** SetQueueAttributes: all that are given, or none. */
export const setQueueAttributes = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("SetQueueAttributes", request),
  run: (request) => {
    const queue = queues.of(request);
    const given = attributesIn(request.Attributes);
    if (given.FifoQueue !== undefined && given.FifoQueue !== String(queue.attributes.isFifo))
      throw invalidParameter("You cannot change a queue's type after it was created.");
    if (given.RedrivePolicy)
      queues.checkRedrive(
        queue,
        new QueueAttributes({ ...(queue.attributes.isFifo && { FifoQueue: "true" }), ...given }),
      );
    queue.attributes.set(given);
    queue.lastModifiedAtMs = queues.cloud.clock.now();
    return {};
  },
});
