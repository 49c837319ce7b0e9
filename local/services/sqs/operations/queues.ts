/** Queues themselves: made, found, listed, emptied, deleted. */
import { AwsError, type JsonObject, type Operation } from "../../../contract.ts";
import { missingParameter, queueDoesNotExist } from "../errors.ts";
import type { Queues } from "../queues.ts";
import { attributesIn } from "./attributes.ts";

/** Source: SQS API reference, PurgeQueue. */
const purgeEveryMs = 60_000;

function nameOf(request: JsonObject): string {
  if (typeof request.QueueName !== "string" || request.QueueName === "") throw missingParameter("QueueName");
  return request.QueueName;
}

/** One page of queue URLs; the token is the last URL of the page before. */
function page(urls: readonly string[], request: JsonObject, member: "QueueUrls" | "queueUrls"): JsonObject {
  const most = typeof request.MaxResults === "number" ? request.MaxResults : 1000;
  const after = typeof request.NextToken === "string" ? Buffer.from(request.NextToken, "base64").toString() : "";
  const left = [...urls].sort().filter((url) => url > after);
  const shown = left.slice(0, most);
  return {
    [member]: shown,
    ...(typeof request.MaxResults === "number" &&
      left.length > most && { NextToken: Buffer.from(shown.at(-1) ?? "").toString("base64") }),
  };
}

/** CreateQueue. */
export const createQueue = (queues: Queues): Operation => ({
  needs: (request) => queues.needsOf("CreateQueue", nameOf(request)),
  run: (request) => {
    const queue = queues.create(nameOf(request), attributesIn(request.Attributes));
    for (const [key, value] of Object.entries(attributesIn(request.tags))) queue.tags.set(key, value);
    return { QueueUrl: queues.urlOf(queue.name) };
  },
});

/** DeleteQueue: with everything in it. */
export const deleteQueue = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("DeleteQueue", request),
  run: (request) => {
    queues.delete(queues.of(request));
    return {};
  },
});

/** PurgeQueue: once a minute at most. */
export const purgeQueue = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("PurgeQueue", request),
  run: (request) => {
    const queue = queues.of(request);
    if (queues.cloud.clock.now() - queue.lastPurgedAtMs < purgeEveryMs)
      throw new AwsError(
        "PurgeQueueInProgress",
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        { status: 403 },
      );
    queue.purge();
    return {};
  },
});

/** GetQueueUrl. */
export const getQueueUrl = (queues: Queues): Operation => ({
  needs: (request) => queues.needsOf("GetQueueUrl", nameOf(request)),
  run: (request) => {
    const owner = request.QueueOwnerAWSAccountId;
    const isOurs = owner === undefined || owner === null || owner === queues.cloud.account;
    const queue = isOurs ? queues.named(nameOf(request)) : undefined;
    if (!queue) throw queueDoesNotExist();
    return { QueueUrl: queues.urlOf(queue.name) };
  },
});

/** ListQueues: by prefix of the name. */
export const listQueues = (queues: Queues): Operation => ({
  needs: () => [{ action: "sqs:ListQueues", resource: queues.arnOf("*") }],
  run: (request) => {
    const prefix = typeof request.QueueNamePrefix === "string" ? request.QueueNamePrefix : "";
    const found = [...queues.all()].filter(({ name }) => name.startsWith(prefix));
    return page(
      found.map(({ name }) => queues.urlOf(name)),
      request,
      "QueueUrls",
    );
  },
});

/** ListDeadLetterSourceQueues: the queues whose failures come here. */
export const listDeadLetterSourceQueues = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("ListDeadLetterSourceQueues", request),
  run: (request) => {
    const { arn } = queues.of(request);
    const sources = [...queues.all()].filter(({ attributes }) => attributes.redrive?.deadLetterTargetArn === arn);
    return page(
      sources.map(({ name }) => queues.urlOf(name)),
      request,
      "queueUrls",
    );
  },
});

/** TagQueue. */
export const tagQueue = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("TagQueue", request),
  run: (request) => {
    const { tags } = queues.of(request);
    for (const [key, value] of Object.entries(attributesIn(request.Tags))) tags.set(key, value);
    return {};
  },
});

/** UntagQueue. */
export const untagQueue = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("UntagQueue", request),
  run: (request) => {
    const { tags } = queues.of(request);
    for (const key of Array.isArray(request.TagKeys) ? request.TagKeys : []) tags.delete(String(key));
    return {};
  },
});

/** ListQueueTags. */
export const listQueueTags = (queues: Queues): Operation => ({
  needs: (request) => queues.needs("ListQueueTags", request),
  run: (request) => {
    const { tags } = queues.of(request);
    return tags.size > 0 ? { Tags: Object.fromEntries(tags) } : {};
  },
});
