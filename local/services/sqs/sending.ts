/** From a request to a message in a queue: everything SendMessage checks. */
import type { CallContext, Json, JsonObject } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import { contentId, Deduplication } from "./deduplication.ts";
import { digestOfAttributes } from "./digest.ts";
import { invalidParameter, missingParameter, outOfRange } from "./errors.ts";
import { type Message, sequenceNumber } from "./message.ts";
import { attributeBytes, messageAttributesFrom } from "./message-attributes.ts";
import type { Queue } from "./queue.ts";

/** Characters that XML 1.0 has no place for. Source: SQS API reference, SendMessage. */
const invalidCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const optionalText = (value: Json | undefined, name: string): string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value === "" || value.length > 128 || !/^[!-~]+$/.test(value))
    throw outOfRange(
      name,
      value,
      `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  return value;
};

function bodyOf(entry: JsonObject): string {
  const body = entry.MessageBody;
  if (body === undefined || body === null || body === "") throw missingParameter("MessageBody");
  if (typeof body !== "string") throw invalidParameter("MessageBody must be a string.");
  if (invalidCharacter.test(body))
    throw new AwsError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
    );
  return body;
}

function delayOf(entry: JsonObject, queue: Queue): number | undefined {
  const delay = entry.DelaySeconds;
  if (delay === undefined || delay === null) return undefined;
  if (typeof delay !== "number" || !Number.isInteger(delay) || delay < 0 || delay > 900)
    throw outOfRange("DelaySeconds", delay, "DelaySeconds must be >= 0 and <= 900.");
  if (queue.attributes.isFifo && delay > 0)
    throw outOfRange("DelaySeconds", delay, "The request include parameter that is not valid for this queue type.");
  return delay;
}

function deduplicationIdOf(entry: JsonObject, queue: Queue, body: string): string | undefined {
  const given = optionalText(entry.MessageDeduplicationId, "MessageDeduplicationId");
  if (!queue.attributes.isFifo) {
    if (given !== undefined)
      throw outOfRange(
        "MessageDeduplicationId",
        given,
        "The request includes a parameter that is not valid for this queue type.",
      );
    return undefined;
  }
  if (given !== undefined) return given;
  if (queue.attributes.isContentDeduplicated) return contentId(body);
  throw invalidParameter(
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  );
}

function traceHeaderOf(entry: JsonObject): string | undefined {
  const attributes = entry.MessageSystemAttributes as JsonObject | undefined;
  const header = attributes?.AWSTraceHeader as JsonObject | undefined;
  return typeof header?.StringValue === "string" ? header.StringValue : undefined;
}

/** Who a receiver is told has sent it. */
function senderIdOf({ cloud, principal }: Pick<CallContext, "cloud" | "principal">): string {
  if (principal.kind === "role") return `AROALOCALCLOUD:${principal.sessionName}`;
  return cloud.account;
}

/** Bytes of an entry that count against the limits: body and attributes. */
export const entryBytes = (entry: JsonObject): number =>
  Buffer.byteLength(typeof entry.MessageBody === "string" ? entry.MessageBody : "") +
  attributeBytes(messageAttributesFrom(entry.MessageAttributes));

/** Sends what requests ask for; remembers, per FIFO queue, what it has taken already. */
export class Sending {
  readonly #taken = new WeakMap<Queue, Deduplication>();

  /** Puts one message into the queue and answers what SendMessage does. */
  send(queue: Queue, entry: JsonObject, context: Pick<CallContext, "cloud" | "principal">): JsonObject {
    const body = bodyOf(entry);
    const messageAttributes = messageAttributesFrom(entry.MessageAttributes);
    const most = queue.attributes.number("MaximumMessageSize");
    if (Buffer.byteLength(body) + attributeBytes(messageAttributes) > most)
      throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
    const groupId = optionalText(entry.MessageGroupId, "MessageGroupId");
    if (queue.attributes.isFifo && groupId === undefined) throw missingParameter("MessageGroupId");
    const deduplicationId = deduplicationIdOf(entry, queue, body);
    const send = () =>
      queue.send({
        body,
        messageAttributes,
        traceHeader: traceHeaderOf(entry),
        senderId: senderIdOf(context),
        delaySeconds: delayOf(entry, queue),
        groupId,
        deduplicationId,
      });
    const message = deduplicationId === undefined ? send() : this.#once(queue, deduplicationId, context, send);
    return this.#answer(message, entry);
  }

  #once(queue: Queue, id: string, { cloud }: Pick<CallContext, "cloud">, send: () => Message): Message {
    const taken = this.#taken.get(queue) ?? new Deduplication();
    this.#taken.set(queue, taken);
    const nowMs = cloud.clock.now();
    const known = taken.find(id, nowMs);
    if (known) return known;
    const message = send();
    taken.remember(id, message, nowMs);
    return message;
  }

  #answer(message: Message, entry: JsonObject): JsonObject {
    const ofAttributes = digestOfAttributes(message.messageAttributes);
    const ofSystem = digestOfAttributes(messageAttributesFrom(withoutReservedNames(entry.MessageSystemAttributes)));
    return {
      MessageId: message.messageId,
      MD5OfMessageBody: message.digest,
      ...(ofAttributes !== undefined && { MD5OfMessageAttributes: ofAttributes }),
      ...(ofSystem !== undefined && { MD5OfMessageSystemAttributes: ofSystem }),
      ...(message.deduplicationId !== undefined && { SequenceNumber: sequenceNumber(message.sequence) }),
    };
  }
}

/** `AWSTraceHeader` is the one system attribute a sender may give. */
function withoutReservedNames(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined;
  const other = Object.keys(value as JsonObject).find((name) => name !== "AWSTraceHeader");
  if (other !== undefined) throw invalidParameter(`Message system attribute name '${other}' is invalid.`);
  return value;
}
