/** `Mailbox` that keeps what is sent, with SQS's bound on delays. */
import type { Mailbox } from "#shared/ports/mailbox.ts";

/** A message as it lies in the queue. */
export interface SentMail {
  readonly message: unknown;
  readonly delaySeconds: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface FakeMailbox extends Mailbox {
  readonly sent: readonly SentMail[];
}

/** SQS delays a message by at most 15 minutes. */
const LONGEST_DELAY_SECONDS = 900;

export const fakeMailbox = (): FakeMailbox => {
  const sent: SentMail[] = [];
  return {
    sent,
    async send(message, { delaySeconds = 0, attributes = {} } = {}) {
      const delay = Math.min(Math.max(0, Math.ceil(delaySeconds)), LONGEST_DELAY_SECONDS);
      sent.push({ message: JSON.parse(JSON.stringify(message)), delaySeconds: delay, attributes });
    },
  };
};
