/** How messages wait to be received: without promise of order, or in order within a group. */
import type { Cloud } from "../../contract.ts";
import type { Message } from "./message.ts";

/** Messages that may be received, and those that stand in their way. */
export interface Line {
  /** A message became receivable. */
  add(message: Message): void;
  /** The next message to hand out with those of `batch`; undefined when there is none. */
  take(batch: readonly Message[]): Message | undefined;
  /** A message was handed out, delayed or is gone: whether it holds up others is the line's business. */
  note(message: Message): void;
}

/** How far from its head a standard queue may pick: order is best effort only.
 *  Source: SQS developer guide, "Standard queues". */
const reach = 8;

/** Nearly first in, first out. */
export class StandardLine implements Line {
  readonly #random: Cloud["random"];
  #waiting: Message[] = [];
  #head = 0;

  constructor(random: Cloud["random"]) {
    this.#random = random;
  }

  add(message: Message): void {
    this.#waiting.push(message);
  }

  take(): Message | undefined {
    for (;;) {
      const left = this.#waiting.length - this.#head;
      if (left === 0) return undefined;
      const picked = this.#head + Math.floor(this.#random.next() * Math.min(reach, left));
      const message = this.#waiting[picked] as Message;
      this.#waiting[picked] = this.#waiting[this.#head] as Message;
      this.#head++;
      if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#head);
        this.#head = 0;
      }
      if (message.state === "visible") return message;
    }
  }

  note(): void {}
}

/** Strict order within each message group: a message waits for all before it. */
export class FifoLine implements Line {
  /** Every message that is not gone, by group, in order. */
  readonly #groups = new Map<string, Message[]>();

  add(message: Message): void {
    const group = this.#group(message);
    if (group.includes(message)) return;
    const after = group.findIndex(({ sequence }) => sequence > message.sequence);
    group.splice(after === -1 ? group.length : after, 0, message);
  }

  take(batch: readonly Message[]): Message | undefined {
    let earliest: Message | undefined;
    for (const group of this.#groups.values()) {
      // Messages of one group may be handed out together, but none while an earlier one is out since before.
      const next = group.find((message) => !batch.includes(message));
      if (next?.state === "visible" && (!earliest || next.sequence < earliest.sequence)) earliest = next;
    }
    return earliest;
  }

  note(message: Message): void {
    if (message.state !== "gone") {
      this.add(message);
      return;
    }
    const group = this.#group(message);
    const at = group.indexOf(message);
    if (at !== -1) group.splice(at, 1);
    if (group.length === 0) this.#groups.delete(message.groupId ?? "");
  }

  #group(message: Message): Message[] {
    const name = message.groupId ?? "";
    const group = this.#groups.get(name) ?? [];
    this.#groups.set(name, group);
    return group;
  }
}
