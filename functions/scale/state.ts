import { type Forecasting, freshForecasting, type Sample } from "./arrivals.ts";
import type { SeenMinute, ServiceTime } from "./service-time.ts";
import type { ScaleSettings } from "./settings.ts";
import { type Launches, type StartTime, startTimeOf } from "./starts.ts";

/** What the scaler remembers of a service between ticks: JSON, bounded, under four kilobytes. */
export interface ScaleState {
  readonly samples: readonly Sample[];
  readonly minutes: readonly SeenMinute[];
  readonly launches: Launches;
  readonly service: ServiceTime;
  readonly start: StartTime;
  readonly forecasting: Forecasting;
  readonly lastTickSeconds: number;
  readonly lastOutSeconds: number;
  readonly lastInSeconds: number;
  readonly learnedMinuteSeconds: number;
}

/** Where a scaler begins that has never seen the service: with what the user said, or a second a message. */
export const freshState = (settings: ScaleSettings): ScaleState => {
  const seconds = settings.secondsPerMessage ?? 1;
  return {
    samples: [],
    minutes: [],
    launches: [],
    service: {
      inFlightSeconds: seconds,
      slotSeconds: seconds,
      weight: settings.secondsPerMessage === undefined ? 0 : 4,
    },
    start: startTimeOf(settings.startSeconds),
    forecasting: freshForecasting,
    lastTickSeconds: 0,
    lastOutSeconds: 0,
    lastInSeconds: 0,
    learnedMinuteSeconds: 0,
  };
};
