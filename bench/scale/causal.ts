import type { Controller, View } from "./controller.ts";
import type { Scenario } from "./scenario.ts";

const tickSeconds = 10;
const idleSecondsBeforeRelease = 300;

/**
 * The causal limit: exact counts without delay at each tick, a slot launched at once for every message that waits, cost no object,
 * tasks released after five minutes without use, and no knowledge of the future. What it is late with, no scaler without idle head room can promise.
 */
export const eager = ({ min, max, slotsPerTask }: Scenario): Controller => {
  let peaks: { readonly at: number; readonly tasks: number }[] | undefined;
  const decide = ({ nowSeconds, desired, exact }: View): number => {
    const used = Math.ceil((exact.visible + exact.inFlight) / slotsPerTask);
    // What runs when the window opens counts as used just now.
    peaks ??= [{ at: nowSeconds, tasks: desired }];
    peaks = peaks.filter(({ at }) => at > nowSeconds - idleSecondsBeforeRelease);
    peaks.push({ at: nowSeconds, tasks: used });
    const needed = peaks.reduce((most, { tasks }) => Math.max(most, tasks), 0);
    return Math.max(min, Math.min(max, needed));
  };
  return { name: "causal-limit", variant: "eager", periodSeconds: tickSeconds, usdPerMonth: 0, decide };
};
