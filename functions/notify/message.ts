/** An incident as one Slack message: the headline, the facts, why, where it stands, and where to look. */
import type { MessageContent } from "#shared/ports/messenger.ts";
import { code, cut, escaped, link, mention } from "#shared/slack/text.ts";
import { type Answering, answerBlocks } from "./buttons.ts";
import { callOf } from "./calls.ts";
import { revisionLink, serviceLink } from "./console-links.ts";
import type { Incident } from "./incident.ts";
import { because, facts, headline, STAGES, sideEffect } from "./words.ts";

/** What stands in a notification; Slack refuses an edit whose text is longer. Source: docs.slack.dev, chat.update. */
const TEXT_CHARACTERS = 4000;

/** Block Kit's limits that a foreign name or text could reach. Source: docs.slack.dev, Block Kit reference. */
const HEADER_CHARACTERS = 150;
const SECTION_CHARACTERS = 3000;
const FIELD_CHARACTERS = 2000;
const FIELDS = 10;

const STEP_WORDS: Readonly<Record<string, string>> = {
  "raise-memory": "revision registered",
  "copy-revision": "copy of the earlier revision registered",
  "deploy-revision": "deployment started",
  "wait-until-steady": "service steady",
  "watch-for-kills": "watched, no kill",
  "continue-deployment": "hook answered",
  "stop-deployment": "deployment stopped",
  "wait-until-rolled-back": "back at what ran before",
  "deploy-image": "revision with the image registered",
};

const section = (text: string) => ({
  type: "section",
  text: { type: "mrkdwn", text: cut(text, SECTION_CHARACTERS), verbatim: true },
});

const context = (text: string) => ({
  type: "context",
  elements: [{ type: "mrkdwn", text: cut(text, SECTION_CHARACTERS), verbatim: true }],
});

const time = (at: string): string => at.slice(11, 16);

const ANSWER_WORDS: Readonly<Record<string, string>> = {
  approved: "approved by",
  declined: "declined by",
  asked: "taken back by",
};

/** What was done and answered so far, oldest first; the first time names the zone of all. */
const trail = ({ steps, answers }: Incident): string =>
  [
    ...steps
      .filter(({ outcome }) => outcome === "done")
      .map(({ name, at }) => ({ at, words: STEP_WORDS[name] ?? escaped(name) })),
    ...answers.map(({ said, user, at }) => ({ at, words: `${ANSWER_WORDS[said] ?? escaped(said)} ${mention(user)}` })),
  ]
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ at, words }, index) => `${time(at)}${index === 0 ? " UTC" : ""} ${words}`)
    .join("  ·  ");

const status = ({ stage, reason }: Incident): string => {
  const { sign, word } = STAGES[stage];
  const tellsWhy = reason !== undefined && stage !== "rolling-out" && stage !== "steady";
  return `${sign} *${word}*${tellsWhy ? ` (${code(reason)})` : ""}`;
};

const links = (incident: Incident): string => {
  const { service, evidence, newRevision } = incident;
  const killed = typeof evidence.revision === "string" ? revisionLink(evidence.revision) : undefined;
  const raised = newRevision === undefined ? undefined : revisionLink(newRevision);
  const page = service && serviceLink(service);
  return [
    page && link(page, "Service"),
    killed && link(killed, incident.reaction === "oom" ? "Killed revision" : "Revision"),
    raised && link(raised, "New revision"),
  ]
    .filter((one) => one !== undefined)
    .join("  ·  ");
};

/** More than anybody answers in one message; the rest is in the ledger, and moves up as these are answered. */
const ROLLOUTS_SHOWN = 10;

/** One service's way out of a bad image, with its own buttons. */
const rolloutBlocks = (rollout: Incident, number: number, answering: Answering): readonly unknown[] => {
  const { service, evidence } = rollout;
  const to = evidence.tag === undefined ? "what ran before" : code(String(evidence.tag));
  const done = trail(rollout);
  return [
    section(`${code(`${service?.cluster}/${service?.name}`)} to ${to}: ${status(rollout)}`),
    ...(done ? [context(done)] : []),
    // Slack wants every block's id once per message.
    ...answerBlocks(rollout, answering).map((block) =>
      typeof block === "object" && block !== null && "block_id" in block
        ? { ...block, block_id: `answers-${number}` }
        : block,
    ),
  ];
};

/** The message of an incident as it stands, with the buttons that may be pressed now. */
export const messageOf = (incident: Incident, answering: Answering): MessageContent => {
  const { sign, word } = STAGES[incident.stage];
  const title = headline(incident);
  const fields = facts(incident)
    .slice(0, FIELDS)
    .map(([label, value]) => ({ type: "mrkdwn", text: cut(`*${label}*\n${value}`, FIELD_CHARACTERS), verbatim: true }));
  const done = trail(incident);
  const where = links(incident);
  return {
    text: cut(`${sign} ${escaped(title)} (${word})`, TEXT_CHARACTERS),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(`${sign} ${title}`, HEADER_CHARACTERS), emoji: true } },
      section(status(incident)),
      { type: "section", fields },
      section(
        [because(incident), sideEffect(incident), callOf(incident)].filter((part) => part !== undefined).join("\n"),
      ),
      ...answerBlocks(incident, answering),
      ...incident.rollouts.slice(0, ROLLOUTS_SHOWN).flatMap((each, at) => rolloutBlocks(each, at, answering)),
      ...(done ? [context(done)] : []),
      context([where, `mode ${code(incident.mode)}`, `incident ${code(incident.id)}`].filter(Boolean).join("  ·  ")),
    ],
  };
};
