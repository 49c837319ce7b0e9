/** The buttons of a message: what a person may say about the incident as it stands. The converse function hears them. */
import { code } from "#shared/slack/text.ts";
import type { Incident, Stage } from "./incident.ts";

export interface Answering {
  /** Whether the configuration names anybody who may answer. */
  readonly hasApprovers: boolean;
}

/** Stages in which something of ours is in force. */
const IN_FORCE: ReadonlySet<Stage> = new Set(["under-way", "rolling-out", "steady", "verified"]);

const plain = (text: string) => ({ type: "plain_text", text });

interface Button {
  readonly action: string;
  readonly words: string;
  readonly style?: "primary" | "danger";
  readonly value?: string;
  /** Asked again before it counts: title and question. */
  readonly confirm?: readonly [string, string];
}

const button = ({ action, words, style, value, confirm }: Button) => ({
  type: "button",
  action_id: action,
  text: plain(words),
  ...(style && { style }),
  ...(value && { value }),
  ...(confirm && {
    confirm: { title: plain(confirm[0]), text: plain(confirm[1]), confirm: plain("Yes"), deny: plain("No") },
  }),
});

const actions = (...buttons: readonly Button[]) => ({
  type: "actions",
  block_id: "answers",
  elements: buttons.map(button),
});

const PAUSE: Button = {
  action: "pause",
  words: "Pause everything",
  confirm: ["Pause everything?", "No reaction writes to AWS until somebody unpauses. Plans under way wait."],
};

const nobodyMayApprove = {
  type: "context",
  elements: [
    { type: "mrkdwn", text: `Nobody may approve this here: ${code("slack.approvers")} names nobody.`, verbatim: true },
  ],
};

/** Blocks with the buttons that may be pressed now; none when there is nothing to say. */
export const answerBlocks = ({ service, plan, stage }: Incident, { hasApprovers }: Answering): readonly unknown[] => {
  if (!service || !plan) return [];
  const value = JSON.stringify({ service: service.arn, plan: plan.id, print: plan.print });
  if (stage === "proposed") {
    if (!hasApprovers) return [nobodyMayApprove];
    const approve: Button = { action: "approve", words: "Approve", style: "primary", value };
    const decline: Button = { action: "decline", words: "Decline", style: "danger", value };
    return [actions(approve, decline, PAUSE)];
  }
  if (!hasApprovers || !IN_FORCE.has(stage)) return [];
  if (!plan.canBeUndone) return stage === "verified" ? [] : [actions(PAUSE)];
  const undo: Button = {
    action: "undo",
    words: "Undo",
    style: "danger",
    value,
    confirm: ["Take it back?", "The service goes back to what it ran before this change."],
  };
  return [stage === "verified" ? actions(undo) : actions(undo, PAUSE)];
};

/** The button that ends a pause. */
export const unpauseButton = actions({
  action: "unpause",
  words: "Unpause",
  style: "primary",
  confirm: ["Unpause?", "Plans that waited go on at once, and new ones are begun."],
});
