import type { ScaleWarning } from "./explanation.ts";
import type { ScaleSettings } from "./settings.ts";
import { type StartTime, startQuantile, startTimeOf } from "./starts.ts";

/** Counts that SQS answers are about this old. */
export const observationLagSeconds = 6;

/** Seconds from a message's arrival until a task that was launched for it works: counts, tick, and a start that is slow by one deviation. */
export const leadSeconds = (settings: ScaleSettings, start: StartTime): number =>
  observationLagSeconds + settings.tickSeconds + startQuantile(start, 1);

/** What is wrong with a promise before any message has come; said at synth and by the doctor. */
export const promiseWarnings = (
  settings: ScaleSettings,
  start: StartTime = startTimeOf(settings.startSeconds),
): readonly ScaleWarning[] => {
  const median = observationLagSeconds + settings.tickSeconds + start.medianSeconds;
  return settings.latencySeconds < median ? ["promise-below-lead-time"] : [];
};

/** Whether no task at all keeps the promise: a task from zero must work before it breaks. */
export const mayReachZero = (settings: ScaleSettings, start: StartTime): boolean =>
  settings.min === 0 && settings.latencySeconds > leadSeconds(settings, start) + settings.tickSeconds;
