import { expectedWaitSeconds, type Situation } from "./demand.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { mayRisk } from "./lateness.ts";
import type { ScaleObservation } from "./observation.ts";
import { leadSeconds } from "./promise.ts";
import { type Caution, cautionFor, type ScaleSettings } from "./settings.ts";
import type { ScaleState } from "./state.ts";

/** Everything a tick decides on, derived once from what was seen and what is remembered. */
export interface Scene extends Forecast {
  readonly settings: ScaleSettings;
  readonly caution: Caution;
  readonly state: ScaleState;
  readonly situation: Situation;
  /** The service's own desired count, or the last one known. */
  readonly from: number;
  readonly visibleMessages: number;
  readonly inFlightMessages: number;
  /** Tasks that were asked for and do not run yet. */
  readonly startingCount: number;
  /** Messages in flight beyond what the slots can hold: held back by workers, or lost by them. */
  readonly beyondSlots: number;
  /** The promise less what messages may wait unseen in workers' hands. */
  readonly promisedSeconds: number;
  readonly leadSeconds: number;
  /** Seconds of a start that Fargate bills before the task works. */
  readonly billedStartSeconds: number;
  /** What the newest message would wait if nothing changed. */
  readonly waitSeconds: number;
}

/** Image pull and boot are billed, provisioning is not. Source: AWS Fargate pricing; the share is the benchmark's. */
const billedStartShare = 0.7;
/** A message at the end of a worker's batch may have had slow ones before it. */
const heldSlowness = 1.5;

/** Puts together what a tick decides on. */
export const sceneOf = (
  { nowSeconds, counts, tasks }: ScaleObservation,
  state: ScaleState,
  settings: ScaleSettings,
): Scene => {
  const from = tasks?.desiredCount ?? state.desiredCount ?? settings.min;
  const slots = (tasks?.runningCount ?? 0) * settings.slotsPerTask;
  const { visibleMessages, inFlightMessages } = counts ?? { visibleMessages: 0, inFlightMessages: 0 };
  const beyondSlots = Math.max(0, inFlightMessages - slots);
  const heldSeconds =
    slots > 0 && visibleMessages > 0 ? heldSlowness * (beyondSlots / slots) * state.service.slotSeconds : 0;
  const situation: Situation = {
    nowSeconds,
    samples: state.samples,
    runningCount: Math.min(tasks?.runningCount ?? 0, from),
    launches: state.launches,
    start: state.start,
    taskRate: settings.slotsPerTask / state.service.slotSeconds,
  };
  return {
    ...forecast(state.samples, state.forecasting, state.service.inFlightSeconds),
    settings,
    caution: cautionFor(settings, mayRisk(state.lateness, settings.percentile, visibleMessages)),
    state,
    situation,
    from,
    visibleMessages,
    inFlightMessages,
    startingCount: state.launches.reduce((sum, [, launched]) => sum + launched, 0),
    beyondSlots,
    promisedSeconds: Math.max(settings.latencySeconds / 2, settings.latencySeconds - heldSeconds),
    leadSeconds: leadSeconds(settings, state.start),
    billedStartSeconds: billedStartShare * state.start.medianSeconds,
    waitSeconds: expectedWaitSeconds(situation),
  };
};
