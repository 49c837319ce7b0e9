import type { Controller } from "../controller.ts";

/** cboxdk's queue autoscaler for Laravel: the strongest published algorithm. Source: cboxdk/laravel-queue-autoscale. */
export interface LaravelSettings {
  readonly latencySeconds: number;
  readonly secondsPerMessage: number;
  readonly slotsPerTask: number;
  readonly cooldownSeconds: number;
  /** Seconds of start that it takes off the promise. */
  readonly spawnSeconds: number;
  /** Share of the promise from which the drain term counts. */
  readonly breachFraction: number;
  readonly min: number;
  readonly max: number;
}

const forecastAheadSeconds = 60;
/** Reads that a rate is taken over: a minute of them. */
const rateReads = 12;
const leastFit = 0.6;
const mostPressure = 5;
/** Below this coefficient of variation the count goes down one at a time. */
const steadySpread = 0.05;

const fitLine = (points: readonly (readonly [number, number])[]) => {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const xx = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const xy = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const yy = points.reduce((sum, [, y]) => sum + (y - meanY) ** 2, 0);
  const slope = xx > 0 ? xy / xx : 0;
  return { at: (x: number) => meanY + slope * (x - meanX), fit: xx > 0 && yy > 0 ? xy ** 2 / (xx * yy) : 0 };
};

/** Coefficient of variation of the rates. */
const spread = (points: readonly (readonly [number, number])[]): number => {
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const square = points.reduce((sum, [, y]) => sum + (y - mean) ** 2, 0) / points.length;
  return mean > 0 ? Math.sqrt(square) / mean : Number.POSITIVE_INFINITY;
};

/** Little's law, a linear forecast at half weight, and a drain term that grows as the oldest message nears the promise. */
export const laravel = (variant: string, settings: LaravelSettings): Controller => {
  let changedAt = Number.NEGATIVE_INFINITY;
  let totals: (readonly [at: number, total: number, departures: number])[] = [];
  let rates: (readonly [number, number])[] = [];
  return {
    name: "laravel",
    variant,
    periodSeconds: 5,
    usdPerMonth: 0.2,
    decide: (view) => {
      const { nowSeconds, desired: current } = view;
      const counts = view.counts();
      if (counts === undefined) return current;
      const { secondsPerMessage, slotsPerTask } = settings;
      const taskRate = slotsPerTask / secondsPerMessage;
      const total = counts.visible + counts.inFlight;
      const departures = Math.min(counts.inFlight, view.running * slotsPerTask) / secondsPerMessage;
      totals = [...totals.slice(-rateReads), [nowSeconds, total, departures]];
      const [then, before] = totals[0] ?? [nowSeconds, total];
      const leftPerSecond = totals.reduce((sum, [, , leaving]) => sum + leaving, 0) / totals.length;
      const rate = Math.max(0, (nowSeconds > then ? (total - before) / (nowSeconds - then) : 0) + leftPerSecond);
      rates = [...rates.slice(1 - rateReads), [nowSeconds, rate]];
      const line = fitLine(rates.length > 2 ? rates : [[0, rate]]);
      const ahead = line.fit >= leastFit ? Math.max(0, line.at(nowSeconds + forecastAheadSeconds)) : rate;
      const oldest = counts.visible / Math.max(taskRate, view.running * taskRate);
      const budget = Math.max(1, settings.latencySeconds - settings.spawnSeconds);
      const progress = oldest / budget;
      const pressure = Math.min(mostPressure, 1 + 8 * Math.max(0, progress - settings.breachFraction) ** 2);
      const left = Math.max(secondsPerMessage, budget - oldest);
      const drain = progress >= settings.breachFraction ? (counts.visible / left / taskRate) * pressure : 0;
      const busy = counts.inFlight / Math.max(1, view.running * slotsPerTask);
      let wanted = Math.ceil(Math.max(rate / taskRate, (rate + ahead) / 2 / taskRate, drain)) + (busy >= 0.9 ? 1 : 0);
      if (wanted < current && spread(rates) < steadySpread) wanted = current - 1;
      const next = Math.min(settings.max, Math.max(settings.min, wanted));
      if (next === current || nowSeconds - changedAt < settings.cooldownSeconds) return current;
      changedAt = nowSeconds;
      return next;
    },
  };
};
