import type { Sample } from "./arrivals.ts";
import { type Calm, freshCalm } from "./calm.ts";
import { type Downstream, freshDownstream } from "./downstream.ts";
import { type Forecasting, freshForecasting } from "./forecast.ts";
import { freshLateness, type Lateness } from "./lateness.ts";
import type { SeenMinute, ServiceTime } from "./service-time.ts";
import type { ScaleSettings } from "./settings.ts";
import { type Launch, type StartTime, startTimeOf } from "./starts.ts";

/** What the scaler remembers of a service between ticks: JSON, bounded, under four kilobytes. */
export interface ScaleState {
  readonly samples: readonly Sample[];
  readonly minutes: readonly SeenMinute[];
  readonly launches: readonly Launch[];
  readonly service: ServiceTime;
  readonly start: StartTime;
  readonly forecasting: Forecasting;
  readonly downstream: Downstream;
  readonly lateness: Lateness;
  readonly calm: Calm;
  /** The count that was last decided on or seen; held when nothing can be read. */
  readonly desiredCount?: number;
  readonly tickedAtSeconds: number;
  readonly addedAtSeconds: number;
  readonly removedAtSeconds: number;
  readonly minutesReadAtSeconds: number;
}

/** Before a message was seen, one is taken to need a twentieth of the promise: rather too many tasks at first than too few. */
const guessedFraction = 1 / 20;
/** What a user says of the service time counts like so many deletions. */
const toldDeletions = 200;

/** Where a scaler begins that has never seen the service. */
export const freshState = (settings: ScaleSettings): ScaleState => {
  const seconds = settings.secondsPerMessage ?? settings.latencySeconds * guessedFraction;
  const deletions = settings.secondsPerMessage === undefined ? 0 : toldDeletions;
  return {
    samples: [],
    minutes: [],
    launches: [],
    service: { inFlightSeconds: seconds, slotSeconds: seconds, deletions },
    start: startTimeOf(settings.startSeconds),
    forecasting: freshForecasting,
    downstream: freshDownstream,
    lateness: freshLateness,
    calm: freshCalm,
    tickedAtSeconds: 0,
    addedAtSeconds: 0,
    removedAtSeconds: 0,
    minutesReadAtSeconds: 0,
  };
};
