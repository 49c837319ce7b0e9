import type { Cloud, JsonObject } from "../../contract.ts";
import type { ReceivedMessage } from "../../neighbours.ts";

/** A standard queue, with visibility and nothing else. */
export class Queue {
  readonly #cloud: Cloud;
  readonly #visibilitySeconds: number;
  #bodies: string[] = [];
  #head = 0;
  readonly inFlight = new Map<string, { readonly body: string; readonly timer: { cancel(): void } }>();
  readonly deleted: string[] = [];
  policy: JsonObject | undefined;
  listener: () => void = () => {};
  #receipts = 0;

  constructor(cloud: Cloud, visibilitySeconds: number) {
    this.#cloud = cloud;
    this.#visibilitySeconds = visibilitySeconds;
  }

  get waiting(): readonly string[] {
    return this.#bodies.slice(this.#head);
  }

  load(bodies: readonly string[]): void {
    this.#bodies = [...this.waiting, ...bodies];
    this.#head = 0;
    this.listener();
  }

  receive(atMost: number): readonly ReceivedMessage[] {
    const taken = this.#bodies.slice(this.#head, this.#head + atMost);
    this.#head += taken.length;
    return taken.map((body) => {
      const receiptHandle = String(++this.#receipts);
      const atMs = this.#cloud.clock.now() + this.#visibilitySeconds * 1000;
      const timer = this.#cloud.clock.at(atMs, "visibility", () => {
        this.inFlight.delete(receiptHandle);
        this.load([body]);
      });
      this.inFlight.set(receiptHandle, { body, timer });
      return { messageId: body, receiptHandle, body, md5OfBody: "", attributes: {}, messageAttributes: {} };
    });
  }

  delete(receiptHandle: string): void {
    const message = this.inFlight.get(receiptHandle);
    if (message === undefined) return;
    message.timer.cancel();
    this.inFlight.delete(receiptHandle);
    this.deleted.push(message.body);
  }
}
