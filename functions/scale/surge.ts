import type { Sample } from "./arrivals.ts";
import type { Situation } from "./demand.ts";

/**
 * The situation as a surge has probably left it by now. Counts are some seconds old: a surge that they show the beginning of has gone on since,
 * whatever the next minute brings.
 */
export const withSurgeUntilNow = (situation: Situation): Situation => {
  const { samples, nowSeconds, runningCount, taskRate } = situation;
  const [before, last] = samples.slice(-2);
  if (before === undefined || last === undefined) return situation;
  const lagSeconds = nowSeconds - last[0];
  const unseen = (Math.max(0, last[1] - before[1]) * lagSeconds) / (last[0] - before[0]);
  const waiting = Math.max(0, last[2] + unseen - runningCount * taskRate * lagSeconds);
  const now: Sample = [nowSeconds, last[1] + unseen, waiting, last[3]];
  return { ...situation, samples: [...samples, now] };
};
