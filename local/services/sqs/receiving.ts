/** Receiving, at once or by waiting for the first message. */
import type { CallContext, JsonObject } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { LambdaDoor } from "../../neighbours.ts";
import { digestOfAttributes } from "./digest.ts";
import { integerMember } from "./members.ts";
import { systemAttributes } from "./message.ts";
import { selectAttributes } from "./message-attributes.ts";
import type { Queue, Receipt } from "./queue.ts";

interface Waiting {
  /** Takes messages if there are any for it; answers whether it is served. */
  readonly serve: () => boolean;
}

const namesIn = (value: JsonObject[string]): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];

function messageOf({ message, handle }: Receipt, request: JsonObject): JsonObject {
  const wantedSystem = [...namesIn(request.AttributeNames), ...namesIn(request.MessageSystemAttributeNames)];
  const isWanted = (name: string) => wantedSystem.includes("All") || wantedSystem.includes(name);
  const system = Object.entries(systemAttributes(message)).filter(([name]) => isWanted(name));
  const attributes = selectAttributes(message.messageAttributes, namesIn(request.MessageAttributeNames));
  const ofAttributes = digestOfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: handle,
    MD5OfBody: message.digest,
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(ofAttributes !== undefined && {
      MessageAttributes: attributes,
      MD5OfMessageAttributes: ofAttributes,
    }),
  };
}

/** Answers receive requests; those that wait are served in the order in which they came. */
export class Receiving {
  readonly #waiting = new WeakMap<Queue, Waiting[]>();

  receive(queue: Queue, request: JsonObject, context: CallContext): JsonObject | Promise<JsonObject> {
    const atMost = integerMember(request, "MaxNumberOfMessages", 1, 1, 10);
    const visibility = integerMember(
      request,
      "VisibilityTimeout",
      queue.attributes.number("VisibilityTimeout"),
      0,
      43_200,
    );
    const longest = queue.attributes.number("ReceiveMessageWaitTimeSeconds");
    const waitSeconds = integerMember(request, "WaitTimeSeconds", longest, 0, 20);
    if (queue.isFull && waitSeconds === 0)
      throw new AwsError("OverLimit", "Too many messages in flight", { status: 403 });
    const take = (): JsonObject | undefined => {
      const receipts = queue.receive(atMost, visibility);
      return receipts.length > 0 ? { Messages: receipts.map((receipt) => messageOf(receipt, request)) } : undefined;
    };
    const atOnce = take();
    if (atOnce) return atOnce;
    if (waitSeconds > 0) return this.#wait(queue, waitSeconds, take, context);
    queue.noteEmptyReceive();
    return {};
  }

  /** Time must be able to pass for the process that waits, or its own clock would keep the wait from ending. */
  #wait(queue: Queue, seconds: number, take: () => JsonObject | undefined, context: CallContext): Promise<JsonObject> {
    const { clock, neighbour } = context.cloud;
    const { principal } = context;
    const suspended = principal.kind === "role" ? neighbour<LambdaDoor>("lambda").suspend(principal) : undefined;
    const line = this.#lineOf(queue);
    return new Promise((resolve) => {
      const finish = async (answer: JsonObject): Promise<void> => {
        timer.cancel();
        line.splice(line.indexOf(waiting), 1);
        await suspended?.resume();
        resolve(answer);
      };
      const waiting: Waiting = {
        serve: () => {
          const answer = take();
          if (answer) void finish(answer);
          return answer !== undefined;
        },
      };
      const timer = clock.at(clock.now() + seconds * 1000, `sqs: a long poll of ${queue.name} ends`, () => {
        queue.noteEmptyReceive();
        return finish({});
      });
      line.push(waiting);
    });
  }

  #lineOf(queue: Queue): Waiting[] {
    const known = this.#waiting.get(queue);
    if (known) return known;
    const line: Waiting[] = [];
    this.#waiting.set(queue, line);
    queue.whenReceivable(() => {
      for (const waiting of [...line]) if (!waiting.serve()) break;
    });
    return line;
  }
}
