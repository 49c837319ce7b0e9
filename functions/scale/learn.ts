import { addSample } from "./arrivals.ts";
import { passTime } from "./calm.ts";
import { learnDownstream } from "./downstream.ts";
import { learnForecast } from "./forecast.ts";
import { learnLateness } from "./lateness.ts";
import type { ScaleObservation } from "./observation.ts";
import { observationLagSeconds } from "./promise.ts";
import { learnServiceTime, seeMinute } from "./service-time.ts";
import type { ScaleSettings } from "./settings.ts";
import { followLaunches, learnStart } from "./starts.ts";
import type { ScaleState } from "./state.ts";

/** The state with what a tick has seen; parts that could not be read teach nothing. */
export const learn = (
  { nowSeconds, counts, tasks, minutes = [], reportedSecondsPerMessage }: ScaleObservation,
  known: ScaleState,
  settings: ScaleSettings,
): ScaleState => {
  const learned = learnServiceTime(known.service, known.minutes, minutes);
  const service =
    reportedSecondsPerMessage === undefined
      ? learned
      : { ...learned, slotSeconds: reportedSecondsPerMessage, deletions: Math.max(learned.deletions, 20) };
  const ticked: ScaleState = {
    ...known,
    service,
    downstream: learnDownstream(known.downstream, known.minutes, minutes),
    calm: passTime(known.calm, {
      elapsedSeconds: known.tickedAtSeconds === 0 ? 0 : nowSeconds - known.tickedAtSeconds,
      hasChanged:
        known.tickedAtSeconds > 0 && known.tickedAtSeconds === Math.max(known.addedAtSeconds, known.removedAtSeconds),
      tasks: tasks?.desiredCount ?? known.desiredCount ?? settings.min,
    }),
    tickedAtSeconds: nowSeconds,
    minutesReadAtSeconds: minutes.length > 0 ? nowSeconds : known.minutesReadAtSeconds,
  };
  if (tasks === undefined) return ticked;
  const cancelled = Math.max(0, (known.desiredCount ?? tasks.desiredCount) - tasks.desiredCount);
  // What ECS has been asked for and has not begun yet is on its way as well.
  const startingCount = Math.max(tasks.pendingCount, tasks.desiredCount - tasks.runningCount);
  const { launches, startedAfterSeconds } = followLaunches(known.launches, startingCount, cancelled, nowSeconds);
  const followed: ScaleState = {
    ...ticked,
    launches,
    start: learnStart(known.start, startedAfterSeconds, settings.tickSeconds),
  };
  if (counts === undefined) return followed;
  const slots = tasks.runningCount * settings.slotsPerTask;
  // In flight beyond the slots is held back by workers or lost by them: nobody works on it.
  const busy = Math.min(counts.inFlightMessages, slots);
  const sampledAt = nowSeconds - observationLagSeconds;
  const samples = addSample(
    known.samples,
    sampledAt,
    counts.visibleMessages,
    busy,
    service.inFlightSeconds,
    settings.latencySeconds,
  );
  return {
    ...followed,
    samples,
    minutes: seeMinute(known.minutes, sampledAt, busy, slots, counts.visibleMessages),
    lateness: learnLateness(known.lateness, samples, settings.latencySeconds),
    forecasting: samples.length > 1 ? learnForecast(samples, known.forecasting) : known.forecasting,
  };
};
