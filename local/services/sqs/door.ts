/** What neighbours may do with queues without going through the API. */
import type { Cloud } from "../../contract.ts";
import type { IamDoor, ReceivedMessage, SqsDoor } from "../../neighbours.ts";
import { queueDoesNotExist } from "./errors.ts";
import { systemAttributes } from "./message.ts";
import type { MessageAttributes } from "./message-attributes.ts";
import type { Queue, Receipt } from "./queue.ts";
import type { Queues } from "./queues.ts";
import type { Sending } from "./sending.ts";

const receivedMessage = ({ message, handle }: Receipt): ReceivedMessage => ({
  messageId: message.messageId,
  receiptHandle: handle,
  body: message.body,
  md5OfBody: message.digest,
  attributes: systemAttributes(message),
  messageAttributes: message.messageAttributes,
});

/** The door over these queues. */
export function createDoor(cloud: Cloud, queues: Queues, sending: Sending): SqsDoor {
  const queue = (arn: string): Queue => {
    const found = queues.byArn(arn);
    if (!found) throw queueDoesNotExist();
    return found;
  };
  return {
    deliver(arn, body, from, messageAttributes = {}) {
      const found = queues.byArn(arn);
      const decision =
        found &&
        cloud
          .neighbour<IamDoor>("iam")
          .decideByResourcePolicy(found.attributes.policy, from, "sqs:SendMessage", arn, {});
      if (!found || decision !== "allow") return false;
      // Nobody names a message group here, and what is too large never arrives.
      if (found.attributes.isFifo || Buffer.byteLength(body) > found.attributes.number("MaximumMessageSize"))
        return false;
      const attributes: MessageAttributes = Object.fromEntries(
        Object.entries(messageAttributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
      );
      sending.send(found, { MessageBody: body, MessageAttributes: attributes }, { cloud, principal: from });
      return true;
    },
    receive: (arn, atMost, visibilitySeconds) => queue(arn).receive(atMost, visibilitySeconds).map(receivedMessage),
    delete: (arn, handle) => queue(arn).delete(handle),
    changeVisibility: (arn, handle, seconds) => queue(arn).changeVisibility(handle, seconds),
    whenReceivable: (arn, listener) => queue(arn).whenReceivable(listener),
    counts(arn) {
      const found = queue(arn);
      return { ...found.counts, oldestAgeSeconds: found.oldestAgeSeconds };
    },
    queues: () =>
      [...queues.all()].map(({ arn, name, attributes }) => ({
        arn,
        name,
        url: queues.urlOf(name),
        visibilitySeconds: attributes.number("VisibilityTimeout"),
        policy: attributes.policy,
      })),
    load(arn, bodies) {
      const found = queue(arn);
      const context = { cloud, principal: { kind: "owner" } } as const;
      for (const body of bodies) sending.send(found, { MessageBody: body }, context);
    },
  };
}
