/** Why an answer from Slack changes nothing; each with its meaning for the reference page and for the person who pressed. */

/** The closed list of refusals, in the order in which they are asked. */
export type Refusal =
  | "not-an-approver"
  | "unknown-cluster"
  | "already-approved"
  | "another-plan"
  | "not-waiting"
  | "expired"
  | "being-taken-back"
  | "undo-over";

/** What each means, in a sentence that the person reads. */
export const refusalMeanings: Readonly<Record<Refusal, string>> = {
  "not-an-approver": "You are not among the approvers of the configuration (slack.approvers); nothing was changed.",
  "unknown-cluster": "The service's cluster is not among those that are looked after; nothing was changed.",
  "already-approved": "Somebody approved it before you.",
  "another-plan": "Another plan took the place of the one you saw; nothing was changed.",
  "not-waiting": "It waits for no answer any more: it was declined, expired, or is over; nothing was changed.",
  expired: "Nobody answered in time, so it is over; nothing was changed.",
  "being-taken-back": "It is being taken back already.",
  "undo-over":
    "It cannot be taken back from here any more: its time is over, or something newer runs; nothing was changed.",
};
