/** Many services in trouble at once are one cause, so one message: which services it tells of, and in what words. */
import type { MessageContent } from "#shared/ports/messenger.ts";
import { code, cut } from "#shared/slack/text.ts";

/** The incident under which all of them are told. */
export const TOGETHER = "together/killed-for-memory";

const NAMES_SHOWN = 20;
const SECTION_CHARACTERS = 3000;

const nameOf = (arn: string): string => arn.slice(arn.indexOf("/") + 1);

/** The one message of all these services. `isMore` says that the ledger stopped counting. */
export const togetherMessage = (arns: readonly string[], isMore: boolean): MessageContent => {
  const count = `${isMore ? "at least " : ""}${arns.length} services`;
  const title = `${count} are killed for memory at once`;
  const names = arns.slice(0, NAMES_SHOWN).map((arn) => code(nameOf(arn)));
  const rest = arns.length > NAMES_SHOWN || isMore ? " and more" : "";
  const why =
    "So many at once have one cause, and it is not their size: a deployment, a library, traffic, a neighbour. " +
    "What was begun before this was noticed goes on; nothing further is changed.";
  return {
    text: `✋ ${title}`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: `✋ ${title}`, emoji: true } },
      { type: "section", text: { type: "mrkdwn", text: why, verbatim: true } },
      {
        type: "section",
        text: { type: "mrkdwn", text: cut(`${names.join(", ")}${rest}`, SECTION_CHARACTERS), verbatim: true },
      },
    ],
  };
};
