/** Budgets and brakes that all services of the account share. */
import { block } from "./block.ts";
import { decimal, wholeNumber } from "./field.ts";

export const account = block({
  description: "Budgets and brakes that all services share.",
  perService: false,
  fields: {
    actsPerHour: wholeNumber(
      { from: 0, to: 10_000 },
      { default: 10, description: "Plans that may be started in one hour, all reactions together." },
    ),
    addedUsdPerMonth: decimal(
      { from: 0, to: 1_000_000 },
      { default: 500, description: "What all raises of one month may add to the monthly bill, in US dollars." },
    ),
    correlationWindowSeconds: wholeNumber(
      { from: 60, to: 86_400 },
      { default: 600, description: "Services in trouble within so many seconds count as in trouble at once." },
    ),
    correlationServices: wholeNumber(
      { from: 2, to: 10_000 },
      {
        default: 5,
        description: "So many services in trouble at once have one cause: nothing is changed, one incident is told.",
      },
    ),
  },
});
