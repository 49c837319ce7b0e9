/** Where people are told, and who may answer. */
import { block } from "./block.ts";
import { text, wholeNumber } from "./field.ts";

const APPROVER = String.raw`(?:T[A-Z0-9]{2,20}\/)?[UW][A-Z0-9]{2,20}`;

export const slack = block({
  description: "Where people are told, and who may answer. Without a token in the secret, everything else goes on.",
  perService: true,
  fields: {
    channel: text(/^(?:#[\p{Ll}\p{N}_-]{1,80}|[CG][A-Z0-9]{8,})$/u, "a channel as #name or its id", {
      default: "#ecs-reflex",
      description: "The channel of a service's messages.",
    }),
    approvers: text(
      new RegExp(`^(?:${APPROVER}(?: ${APPROVER})*)?$`),
      "Slack user ids separated by spaces, each as USER or TEAM/USER",
      { default: "", description: "Who may approve, decline, take back and pause. Nobody named: nobody may." },
    ),
    undoHours: wholeNumber(
      { from: 0, to: 168 },
      { default: 24, description: "How long after its end a plan can still be taken back by its button." },
    ),
  },
});
