import { addSample, forecast, learnForecast, type Sample } from "./arrivals.ts";
import { holdsWithout, missingTasks, type Situation, waitingAfter } from "./demand.ts";
import type { ScaleObservation } from "./observation.ts";
import { learnServiceTime, seeMinute } from "./service-time.ts";
import { cautionFor, type ScaleSettings } from "./settings.ts";
import { followPending, startQuantile } from "./starts.ts";
import { freshState, type ScaleState } from "./state.ts";

/** Counts that SQS answers are about this old. */
const observationLagSeconds = 6;
const leastBilledSeconds = 60;

export interface ScaleDecision {
  readonly desiredCount: number;
  readonly state: ScaleState;
  readonly explanation: Record<string, number | string>;
}

/** Sizes a service from its queue. */
export const decide = (
  observation: ScaleObservation,
  remembered: ScaleState | undefined,
  settings: ScaleSettings,
): ScaleDecision => {
  const known = remembered ?? freshState(settings);
  const { nowSeconds, counts, tasks } = observation;
  const clamp = (count: number) => Math.max(settings.min, Math.min(settings.max, count));
  if (tasks === undefined)
    return { desiredCount: settings.min, state: known, explanation: { reason: "tasks-unreadable" } };
  if (counts === undefined)
    return { desiredCount: clamp(tasks.desiredCount), state: known, explanation: { reason: "counts-unreadable" } };
  const { runningCount, pendingCount, desiredCount } = tasks;
  const slots = runningCount * settings.slotsPerTask;
  const sampledAt = nowSeconds - observationLagSeconds;
  const service = learnServiceTime(known.service, known.minutes, observation.minutes ?? []);
  const samples = addSample(
    known.samples,
    sampledAt,
    counts.visibleMessages,
    counts.inFlightMessages,
    slots,
    service.inFlightSeconds,
  );
  const forecasting = learnForecast(samples, known.forecasting);
  const launches = followPending(known.launches, pendingCount, nowSeconds);
  const state: ScaleState = {
    ...known,
    samples,
    minutes: seeMinute(
      known.minutes,
      sampledAt,
      Math.min(counts.inFlightMessages, slots),
      slots,
      counts.visibleMessages,
    ),
    launches,
    service,
    forecasting,
    lastTickSeconds: nowSeconds,
    learnedMinuteSeconds: observation.minutes?.at(-1)?.startSeconds ?? known.learnedMinuteSeconds,
  };
  const caution = cautionFor(settings);
  const { rate, deviation, slow } = forecast(samples, forecasting);
  const taskRate = settings.slotsPerTask / service.slotSeconds;
  const situation: Situation = { nowSeconds, samples, runningCount, launches, start: state.start, taskRate };
  const leadSeconds = startQuantile(state.start, 1) + settings.tickSeconds;
  const billedStart = 0.7 * state.start.medianSeconds;

  const out = {
    latencySeconds: settings.latencySeconds * caution.outFraction,
    horizonSeconds: leadSeconds + caution.outHorizonSeconds,
    arrivalsPerSecond: rate + caution.outDeviations * deviation,
  };
  const missing = missingTasks(situation, out);
  const provisioned = runningCount + pendingCount;
  const explanation = { rate, deviation, slow, serviceSeconds: service.slotSeconds, missing };
  if (missing > caution.toleratedTasks) {
    const backlog = waitingAfter(situation, out, leadSeconds);
    const worthwhile = Math.ceil(
      backlog / (taskRate * (leastBilledSeconds - billedStart)) +
        Math.max(0, out.arrivalsPerSecond / taskRate - provisioned),
    );
    const add = Math.min(Math.ceil(missing - caution.toleratedTasks), worthwhile);
    const wanted = clamp(provisioned + add);
    if (add > 0 && wanted > desiredCount)
      return {
        desiredCount: wanted,
        state: { ...state, launches: [...launches, [nowSeconds, wanted - provisioned]], lastOutSeconds: nowSeconds },
        explanation: { ...explanation, reason: "out" },
      };
    return { desiredCount: clamp(desiredCount), state, explanation: { ...explanation, reason: "enough-coming" } };
  }
  if (pendingCount > 0 || desiredCount !== runningCount || nowSeconds - state.lastOutSeconds < 60)
    return { desiredCount: clamp(desiredCount), state, explanation: { ...explanation, reason: "settling" } };
  const within = {
    latencySeconds: settings.latencySeconds * caution.inFraction,
    horizonSeconds: leadSeconds + billedStart + caution.inHorizonSeconds,
    arrivalsPerSecond: rate + caution.inDeviations * deviation,
  };
  if (service.weight < 1)
    return { desiredCount: clamp(desiredCount), state, explanation: { ...explanation, reason: "learning" } };
  let spare = 0;
  let step = Math.max(1, 2 ** Math.floor(Math.log2(Math.max(1, runningCount - settings.min))));
  for (; step >= 1; step = Math.floor(step / 2))
    if (spare + step <= runningCount - settings.min && holdsWithout(situation, within, spare + step)) spare += step;
  return {
    desiredCount: clamp(desiredCount - spare),
    state: spare > 0 ? { ...state, lastInSeconds: nowSeconds } : state,
    explanation: { ...explanation, reason: spare > 0 ? "in" : "fits" },
  };
};

export type { Sample };
