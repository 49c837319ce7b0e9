/** One message in a queue. */
import type { MessageAttributes } from "./message-attributes.ts";

/** What a sender gives. */
export interface Sent {
  readonly body: string;
  readonly messageAttributes: MessageAttributes;
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  /** Undefined: the queue's own delay. */
  readonly delaySeconds: number | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** A message and where it stands; only its queue changes it. */
export interface Message extends Sent {
  readonly messageId: string;
  readonly sentAtMs: number;
  /** When it came into this queue: later than sent for one that was moved to a dead-letter queue. */
  readonly enteredAtMs: number;
  readonly sequence: number;
  readonly digest: string;
  /** The queue it failed in, for a message that was moved. */
  readonly deadLetterSourceArn: string | undefined;
  state: "arriving" | "visible" | "delayed" | "in-flight" | "gone";
  /** Grows with every change of state, so that what was planned for an earlier state is known to be void. */
  turn: number;
  receivesHere: number;
  receives: number;
  firstReceivedAtMs: number | undefined;
  lastReceivedAtMs: number;
}

/** The system attributes of a message, as strings, as a receiver sees them. */
export function systemAttributes(message: Message): Readonly<Record<string, string>> {
  const { sequence, groupId, deduplicationId, traceHeader, deadLetterSourceArn, firstReceivedAtMs } = message;
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAtMs ?? message.lastReceivedAtMs),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(deduplicationId !== undefined && {
      MessageDeduplicationId: deduplicationId,
      SequenceNumber: sequenceNumber(sequence),
    }),
    ...(traceHeader !== undefined && { AWSTraceHeader: traceHeader }),
    ...(deadLetterSourceArn !== undefined && { DeadLetterQueueSourceArn: deadLetterSourceArn }),
  };
}

/** The 20 digits of a FIFO message's place in its queue. */
export const sequenceNumber = (sequence: number): string => `1885${String(sequence).padStart(16, "0")}`;
