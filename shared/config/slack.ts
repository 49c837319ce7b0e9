/** Where people are told. */
import { block } from "./block.ts";
import { text } from "./field.ts";

export const slack = block({
  description: "Where people are told. Without a token in the secret, everything else goes on.",
  perService: true,
  fields: {
    channel: text(/^(?:#[\p{Ll}\p{N}_-]{1,80}|[CG][A-Z0-9]{8,})$/u, "a channel as #name or its id", {
      default: "#ecs-reflex",
      description: "The channel of a service's messages.",
    }),
  },
});
