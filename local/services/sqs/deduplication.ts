/** What a FIFO queue remembers of the last five minutes, so that one message is not taken twice. */
import { createHash } from "node:crypto";
import type { Message } from "./message.ts";

/** Source: SQS developer guide, "Exactly-once processing in Amazon SQS". */
const rememberedMs = 5 * 60_000;

/** Messages of one FIFO queue by what makes them the same. */
export class Deduplication {
  readonly #seen = new Map<string, { readonly message: Message; readonly atMs: number }>();

  /** The message that was already taken under this id; undefined when it is new. */
  find(id: string, nowMs: number): Message | undefined {
    for (const [known, { atMs }] of this.#seen) {
      if (nowMs - atMs < rememberedMs) break;
      this.#seen.delete(known);
    }
    return this.#seen.get(id)?.message;
  }

  remember(id: string, message: Message, nowMs: number): void {
    this.#seen.set(id, { message, atMs: nowMs });
  }
}

/** The deduplication id of a message that brings none: SHA-256 of its body. */
export const contentId = (body: string): string => createHash("sha256").update(body, "utf8").digest("hex");
