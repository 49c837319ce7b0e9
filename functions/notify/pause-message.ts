/** The message of a pause: who, since when, until when. */
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { MessageContent } from "#shared/ports/messenger.ts";
import { mention } from "#shared/slack/text.ts";
import { unpauseButton } from "./buttons.ts";

const instant = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

/** What is told of the pause with these records, oldest first; undefined when there is none. */
export const pauseMessage = (records: readonly LedgerRecord[]): MessageContent | undefined => {
  const last = records.at(-1);
  if (!last) return undefined;
  const isPaused = last.reason === "paused";
  const title = isPaused ? "⏸ All reactions are paused" : "▶ All reactions go on";
  const lines = records.map(
    ({ reason, by, at }) =>
      `${reason === "paused" ? "Paused" : "Unpaused"} by ${mention(by?.user ?? "?")}, ${instant(at)}`,
  );
  const rest = isPaused ? ["Events are still decided on and recorded; nothing is written to AWS."] : [];
  return {
    text: title,
    blocks: [
      { type: "header", text: { type: "plain_text", text: title, emoji: true } },
      { type: "section", text: { type: "mrkdwn", text: [...lines, ...rest].join("\n"), verbatim: true } },
      ...(isPaused ? [unpauseButton] : []),
    ],
  };
};
