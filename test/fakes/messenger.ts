/** `Messenger` over one channel per name: posts by name or id, edits by id alone, as Slack does. */
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { MessageContent, Messenger, Posted } from "#shared/ports/messenger.ts";

/** A message as the channel shows it. */
export interface FakeMessage extends Posted {
  readonly incident: string;
  readonly at: Date;
  content: MessageContent;
  edits: number;
}

export interface FakeMessenger extends Messenger {
  readonly messages: readonly FakeMessage[];
  /** A person deletes the oldest message. */
  deleteOldest(): void;
  /** What the next calls suffer, in their order; `lost` is carried out and its answer does not come. */
  suffer(...troubles: readonly ("down" | "lost")[]): void;
  /** Runs something while the next call is under way. */
  during(happen: () => Promise<unknown>): void;
}

const idOf = (channel: string): string => (channel.startsWith("#") ? `C-${channel.slice(1)}` : channel);

export const fakeMessenger = (clock: Clock): FakeMessenger => {
  const messages: FakeMessage[] = [];
  const troubles: ("down" | "lost")[] = [];

  let happening: (() => Promise<unknown>) | undefined;

  const carriedOut = async <T>(run: () => T): Promise<T> => {
    const happen = happening;
    happening = undefined;
    await happen?.();
    const trouble = troubles.shift();
    if (trouble === "down") throw new ReflexError("unavailable", "asking the chat: it is down");
    const answer = run();
    if (trouble === "lost") throw new ReflexError("unavailable", "asking the chat: no answer");
    return answer;
  };

  return {
    messages,
    deleteOldest: () => void messages.shift(),
    suffer: (...more) => void troubles.push(...more),
    during(happen) {
      happening = happen;
    },

    async post(channel, content, incident) {
      return carriedOut(() => {
        const [id, at] = [idOf(channel), clock.now()];
        const ts = `${Math.floor(at.getTime() / 1000)}.${String(messages.length + 1).padStart(6, "0")}`;
        messages.push({ channel: id, ts, incident, at, content, edits: 0 });
        return { channel: id, ts };
      });
    },

    async update({ channel, ts }, content) {
      return carriedOut(() => {
        const message = messages.find((one) => one.channel === channel && one.ts === ts);
        if (!message) return false;
        message.content = content;
        message.edits += 1;
        return true;
      });
    },

    async find(channel, incident, since) {
      return carriedOut(() => {
        const found = messages.findLast(
          (one) => one.channel === idOf(channel) && one.incident === incident && one.at >= since,
        );
        return found && { channel: found.channel, ts: found.ts };
      });
    },
  };
};
