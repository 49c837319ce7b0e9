/** Queues just good enough to feed functions in tests: visibility, receive counts, no quirks. */
import type { Cloud, Service } from "../../../contract.ts";
import type { ReceivedMessage, SqsDoor } from "../../../neighbours.ts";

interface Held {
  readonly messageId: string;
  readonly body: string;
  readonly trace: string | undefined;
  receives: number;
  visibleAtMs: number;
  receiptHandle: string;
}

interface Queue {
  readonly arn: string;
  readonly visibilitySeconds: number;
  messages: Held[];
  readonly listeners: (() => void)[];
}

/** The door, and `send` for tests. */
export interface PlainQueues extends SqsDoor {
  create(name: string, visibilitySeconds?: number): string;
  send(queueArn: string, body: string, trace?: string): string;
  bodies(queueArn: string): readonly string[];
  /** How often each message that is left has been received. */
  receives(queueArn: string): readonly number[];
}

export function plainQueues(cloud: Cloud): { readonly door: PlainQueues; readonly service: Service } {
  const queues = new Map<string, Queue>();
  let handles = 0;
  const of = (arn: string): Queue => {
    const queue = queues.get(arn);
    if (!queue) throw new Error(`the test has no queue ${arn}`);
    return queue;
  };
  const visible = (queue: Queue): Held[] => queue.messages.filter((each) => each.visibleAtMs <= cloud.clock.now());
  const announce = (queue: Queue): void => {
    for (const listener of queue.listeners) listener();
  };
  const hide = (queue: Queue, message: Held, seconds: number): void => {
    message.visibleAtMs = cloud.clock.now() + seconds * 1000;
    cloud.clock.at(message.visibleAtMs, "a message is visible again", () => {
      if (queue.messages.includes(message) && message.visibleAtMs <= cloud.clock.now()) announce(queue);
    });
  };
  const received = (message: Held): ReceivedMessage => ({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    md5OfBody: "-",
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      ...(message.trace && { AWSTraceHeader: message.trace }),
    },
    messageAttributes: { kind: { DataType: "String", StringValue: "test" } },
  });
  const door: PlainQueues = {
    create(name, visibilitySeconds = 60) {
      const arn = `arn:aws:sqs:${cloud.region}:${cloud.account}:${name}`;
      queues.set(arn, { arn, visibilitySeconds, messages: [], listeners: [] });
      return arn;
    },
    send(queueArn, body, trace) {
      const queue = of(queueArn);
      const messageId = cloud.random.uuid();
      queue.messages.push({ messageId, body, trace, receives: 0, visibleAtMs: 0, receiptHandle: "" });
      announce(queue);
      return messageId;
    },
    bodies: (queueArn) => of(queueArn).messages.map(({ body }) => body),
    receives: (queueArn) => of(queueArn).messages.map(({ receives }) => receives),
    deliver(queueArn, body) {
      door.send(queueArn, body);
      return true;
    },
    receive(queueArn, atMost) {
      const queue = of(queueArn);
      return visible(queue)
        .slice(0, atMost)
        .map((message) => {
          message.receives += 1;
          handles += 1;
          message.receiptHandle = `handle-${handles}`;
          hide(queue, message, queue.visibilitySeconds);
          return received(message);
        });
    },
    delete(queueArn, receiptHandle) {
      const queue = of(queueArn);
      queue.messages = queue.messages.filter((each) => each.receiptHandle !== receiptHandle);
    },
    changeVisibility(queueArn, receiptHandle, seconds) {
      const queue = of(queueArn);
      const message = queue.messages.find((each) => each.receiptHandle === receiptHandle);
      if (message) hide(queue, message, seconds);
    },
    whenReceivable: (queueArn, listener) => {
      of(queueArn).listeners.push(listener);
    },
    counts(queueArn) {
      const queue = of(queueArn);
      const count = visible(queue).length;
      return { visible: count, inFlight: queue.messages.length - count, delayed: 0, oldestAgeSeconds: 0 };
    },
    queues: () =>
      [...queues.values()].map(({ arn, visibilitySeconds }) => ({
        arn,
        name: arn.split(":")[5] ?? "",
        url: `http://queue/${arn.split(":")[5]}`,
        visibilitySeconds,
      })),
    load(queueArn, bodies) {
      for (const body of bodies) door.send(queueArn, body);
    },
  };
  cloud.expose("sqs", door);
  const arnOfUrl = (url: string): string => `arn:aws:sqs:${cloud.region}:${cloud.account}:${url.split("/").at(-1)}`;
  const service: Service = {
    name: "sqs",
    operations: {
      SendMessage: {
        needs: ({ QueueUrl }) => [{ action: "sqs:SendMessage", resource: arnOfUrl(String(QueueUrl)) }],
        run: ({ QueueUrl, MessageBody }) => ({ MessageId: door.send(arnOfUrl(String(QueueUrl)), String(MessageBody)) }),
      },
    },
    resources: {},
  };
  return { door, service };
}
