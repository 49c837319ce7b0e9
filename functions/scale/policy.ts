import { expectedWaitSeconds, missingTasks, type Situation, spareTasks, waitingAfter } from "./demand.ts";
import type { ScaleExplanation, ScaleReason, ScaleWarning } from "./explanation.ts";
import { forecast, isForecastFounded } from "./forecast.ts";
import { learn } from "./learn.ts";
import type { ScaleObservation } from "./observation.ts";
import { leadSeconds, mayReachZero, promiseWarnings } from "./promise.ts";
import { isLearned } from "./service-time.ts";
import { cautionFor, type ScaleSettings } from "./settings.ts";
import { freshState, type ScaleState } from "./state.ts";

/** What a tick comes to: the count to have, what to remember, and why. */
export interface ScaleDecision {
  /** Within the limits always; equal to the service's own count when nothing is to change. */
  readonly desiredCount: number;
  readonly state: ScaleState;
  readonly explanation: ScaleExplanation;
  /** Whether the next tick should bring minutes of CloudWatch. */
  readonly wantsMinutes: boolean;
}

/** Fargate bills at least a minute of a task, of which the image pull and the boot are this share of the start. */
const leastBilledSeconds = 60;
const billedStartShare = 0.7;
const minutesEverySeconds = 300;
const minutesWhenHotSeconds = 60;
/** An empty queue may read as one or two messages now and then. */
const ghostMessages = 2;

/**
 * Sizes a service from its queue: adds the fewest tasks with which every message, waiting or expected, starts within the promise,
 * and removes those without which every message still does for as long as a new start would have to pay for itself.
 */
export const decide = (
  observation: ScaleObservation,
  remembered: ScaleState | undefined,
  settings: ScaleSettings,
): ScaleDecision => {
  const known = remembered ?? freshState(settings);
  const { nowSeconds, counts, tasks } = observation;
  const caution = cautionFor(settings);
  const clamp = (count: number) => Math.max(settings.min, Math.min(settings.max, Math.round(count)));
  const from = tasks?.desiredCount ?? known.desiredCount ?? settings.min;
  const isStale = nowSeconds <= known.tickedAtSeconds;
  const state = isStale ? known : learn(observation, known, settings);
  const { rate, deviation } = forecast(state.samples, state.forecasting, state.service.inFlightSeconds);
  const taskRate = settings.slotsPerTask / state.service.slotSeconds;
  const runningCount = Math.min(tasks?.runningCount ?? 0, from);
  const situation: Situation = {
    nowSeconds,
    samples: state.samples,
    runningCount,
    launches: state.launches,
    start: state.start,
    taskRate,
  };
  const lead = leadSeconds(settings, state.start);
  const warnings: ScaleWarning[] = [...promiseWarnings(settings, state.start)];
  const isFutile = nowSeconds < state.downstream.boundUntilSeconds;
  if (isFutile) warnings.push("downstream-is-the-bottleneck");
  const slots = (tasks?.runningCount ?? 0) * settings.slotsPerTask;
  const beyondSlots = Math.max(0, (counts?.inFlightMessages ?? 0) - slots);
  if (beyondSlots > Math.max(slots, ghostMessages)) warnings.push("in-flight-without-work");
  const wait = expectedWaitSeconds(situation);
  const isHot = !isLearned(state.service) || isFutile || wait > settings.latencySeconds / 2;

  const end = (to: number, reason: ScaleReason, missing = 0, spare = 0): ScaleDecision => {
    const desiredCount = clamp(to);
    const added = desiredCount - from;
    return {
      desiredCount,
      state: {
        ...state,
        desiredCount,
        launches:
          added > 0 && tasks !== undefined
            ? [...state.launches, [nowSeconds, added] as const].slice(-60)
            : state.launches,
        addedAtSeconds: added > 0 ? nowSeconds : state.addedAtSeconds,
        removedAtSeconds: added < 0 ? nowSeconds : state.removedAtSeconds,
      },
      explanation: {
        reason: desiredCount !== from && to === from ? "outside-limits" : reason,
        warnings: missing > 0 && desiredCount === settings.max ? [...warnings, "maximum-too-small"] : warnings,
        arrivalsPerSecond: rate,
        marginPerSecond: caution.outDeviations * deviation,
        secondsPerMessage: state.service.slotSeconds,
        leadSeconds: lead,
        visibleMessages: counts?.visibleMessages ?? 0,
        inFlightMessages: counts?.inFlightMessages ?? 0,
        expectedWaitSeconds: wait,
        latencySeconds: settings.latencySeconds,
        from,
        to: desiredCount,
        missingTasks: missing,
        spareTasks: spare,
      },
      wantsMinutes:
        nowSeconds - state.minutesReadAtSeconds >=
        (isHot ? minutesWhenHotSeconds : minutesEverySeconds) - settings.tickSeconds,
    };
  };

  if (isStale) return end(from, "stale-tick");
  if (tasks === undefined) return end(from, "tasks-unreadable");
  if (counts === undefined) return end(from, "counts-unreadable");

  // Messages that a worker holds back for itself wait there unseen: the promise has so much less left.
  const heldSeconds = slots > 0 && counts.visibleMessages > 0 ? (beyondSlots / slots) * state.service.slotSeconds : 0;
  const promised = Math.max(settings.latencySeconds / 2, settings.latencySeconds - heldSeconds);
  const out = {
    latencySeconds: promised * caution.outFraction,
    horizonSeconds: lead + caution.outHorizonSeconds,
    arrivalsPerSecond: rate + caution.outDeviations * deviation,
  };
  const startingCount = state.launches.reduce((sum, [, launched]) => sum + launched, 0);
  const provisioned = runningCount + startingCount;
  const billedStart = billedStartShare * state.start.medianSeconds;

  if (provisioned === 0) {
    const before = state.samples.at(-2)?.[2] ?? 0;
    const isReal = counts.visibleMessages > ghostMessages || (counts.visibleMessages > 0 && before > 0);
    if (!isReal) return end(from, "fits");
  }
  const missing = Math.max(missingTasks(situation, out, caution.startDeviations), provisioned === 0 ? 1 : 0);
  if (missing > caution.toleratedTasks) {
    if (observation.killedForMemory) return end(from, "killed-for-memory", missing);
    if (isFutile) return end(from, "downstream-is-the-bottleneck", missing);
    // A start is billed a minute at least: nobody is started for less work than that.
    const backlog = waitingAfter(situation, out, lead);
    const worthwhile =
      backlog / (taskRate * Math.max(1, leastBilledSeconds - billedStart)) +
      Math.max(0, out.arrivalsPerSecond / taskRate - provisioned);
    const add = Math.max(
      provisioned === 0 ? 1 : 0,
      Math.min(Math.ceil(missing - caution.toleratedTasks), Math.ceil(worthwhile)),
    );
    const wanted = provisioned + add;
    if (add === 0 || wanted <= from)
      return from >= settings.max ? end(from, "at-maximum", missing) : end(from, "enough-is-coming", missing);
    if (from >= settings.max) return end(from, "at-maximum", missing);
    return end(wanted, provisioned === 0 ? "wakes-from-zero" : "backlog-needs-tasks", missing);
  }

  if (observation.deploymentInProgress) return end(from, "deployment-in-progress");
  if (!isLearned(state.service)) return end(from, "service-time-unknown");
  if (!isForecastFounded(state.samples)) return end(from, "arrivals-unknown");
  const floor =
    mayReachZero(settings, state.start) && rate * (billedStart + leastBilledSeconds) < 1
      ? 0
      : Math.max(1, settings.min);
  const staying = Math.min(tasks.runningCount, from);
  const isResting =
    startingCount > caution.toleratedPendingFraction * staying ||
    nowSeconds - state.addedAtSeconds < caution.restAfterOutSeconds ||
    nowSeconds - state.removedAtSeconds < caution.restAfterInSeconds;
  if (isResting) return end(from, "tasks-settle");
  const within = {
    latencySeconds: promised * caution.inFraction,
    horizonSeconds: lead + billedStart + caution.inHorizonSeconds,
    arrivalsPerSecond: rate + caution.inDeviations * deviation,
  };
  const isIdle = counts.visibleMessages + counts.inFlightMessages === 0;
  const spare = spareTasks(situation, within, Math.max(0, staying - (isIdle ? floor : Math.max(1, floor))));
  return spare > 0 && spare >= caution.leastSpareFraction * staying
    ? end(from - spare, "tasks-are-spare", 0, spare)
    : end(from, "fits");
};
