/** The switch that stops every reaction with a service. */
import { block } from "./block.ts";
import { flag } from "./field.ts";

export const brakes = block({
  description: "Stops every reaction, for all services or for one.",
  perService: true,
  fields: {
    paused: flag({
      default: false,
      tag: "higher",
      description: "No reaction acts; what would have been done is recorded.",
    }),
  },
});
