/** The event that Lambda makes of SQS messages, and what it reads from the function's answer. */
import type { Json, JsonObject } from "../../contract.ts";
import type { ReceivedMessage } from "../../neighbours.ts";
import { listOf, objectOf, textOf } from "./reading.ts";
import type { Outcome } from "./runner.ts";

const messageAttributesOf = (attributes: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const { StringValue, BinaryValue, DataType, stringValue, binaryValue, dataType } = objectOf(value);
      const text = StringValue ?? stringValue;
      const binary = BinaryValue ?? binaryValue;
      const members: JsonObject = {
        ...(text !== undefined && { stringValue: text }),
        ...(binary !== undefined && { binaryValue: binary }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType ?? dataType,
      };
      return [name, members];
    }),
  );

/** One record of the event. */
const recordOf = (message: ReceivedMessage, queueArn: string): JsonObject => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: message.attributes,
  messageAttributes: messageAttributesOf(message.messageAttributes),
  md5OfBody: message.md5OfBody,
  eventSource: "aws:sqs",
  eventSourceARN: queueArn,
  awsRegion: queueArn.split(":")[3] ?? "",
});

/** The whole event, as the function receives it. */
export const eventOf = (messages: readonly ReceivedMessage[], queueArn: string): string =>
  JSON.stringify({ Records: messages.map((message) => recordOf(message, queueArn)) });

/** Which messages are done and may be deleted. A garbled partial answer fails the whole batch. Source: "Handling errors for an SQS event source in Lambda". */
export function doneMessages(
  messages: readonly ReceivedMessage[],
  outcome: Outcome,
  reportsItemFailures: boolean,
): readonly ReceivedMessage[] {
  if (outcome.functionError) return [];
  if (!reportsItemFailures) return messages;
  const failures = objectOf(JSON.parse(outcome.payload) as Json).batchItemFailures;
  if (failures === undefined || failures === null) return messages;
  if (!Array.isArray(failures)) return [];
  const known = new Set(messages.map(({ messageId }) => messageId));
  const failed = listOf(failures).map((each) => textOf(objectOf(each).itemIdentifier) ?? "");
  if (failed.some((id) => !known.has(id))) return [];
  return messages.filter(({ messageId }) => !failed.includes(messageId));
}
