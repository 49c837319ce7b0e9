import { needOf } from "./adding.ts";
import { rateBetween, type Sample } from "./arrivals.ts";
import type { ScaleExplanation, ScaleReason, ScaleWarning } from "./explanation.ts";
import { isForecastFounded } from "./forecast.ts";
import { learn } from "./learn.ts";
import type { ScaleObservation } from "./observation.ts";
import { promiseWarnings } from "./promise.ts";
import { surplusOf } from "./removing.ts";
import { type Scene, sceneOf } from "./scene.ts";
import { isLearned } from "./service-time.ts";
import type { ScaleSettings } from "./settings.ts";
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

interface Verdict {
  readonly to: number;
  readonly reason: ScaleReason;
  readonly missing?: number;
  readonly spare?: number;
  readonly idleTaskSeconds?: number;
}

const minutesEverySeconds = 300;
const minutesWhenHotSeconds = 60;
const keptLaunches = 60;

/** Longer without counts, a service runs what it knew to arrive, so that a backlog nobody sees does not grow. */
const blindSeconds = 30;
/** What a queue last brought goes on for all that is known, be it forecast to pass. */
const lastSeenSeconds = 60;

const enoughWhenBlind = ({ situation, state, rate, deviation, caution, settings }: Scene): number => {
  const last = state.samples.at(-1);
  if (last === undefined || !isLearned(state.service) || situation.nowSeconds - last[0] < blindSeconds) return 0;
  const waiting = last[2] / settings.latencySeconds;
  const lastRate = rateBetween(state.samples, last[0] - lastSeenSeconds, last[0]);
  return Math.ceil((Math.max(rate, lastRate) + caution.inDeviations * deviation + waiting) / situation.taskRate);
};

/** After a read that failed, what left meanwhile is a guess between two reads: one more is waited for before anything is taken away. */
const hasJustMissed = (samples: readonly Sample[], { tickSeconds }: ScaleSettings): boolean => {
  const [before, last] = samples.slice(-2);
  return before !== undefined && last !== undefined && last[0] - before[0] > 1.8 * tickSeconds;
};

const judge = (observation: ScaleObservation, scene: Scene, isStale: boolean): Verdict => {
  const { from, settings, state, situation } = scene;
  const stay = (reason: ScaleReason, missing = 0): Verdict => ({ to: from, reason, missing });
  if (isStale) return stay("stale-tick");
  if (observation.tasks === undefined) return stay("tasks-unreadable");
  if (observation.counts === undefined)
    return { to: Math.max(from, enoughWhenBlind(scene)), reason: "counts-unreadable" };

  const need = needOf(scene);
  if (need !== undefined) {
    const provisioned = situation.runningCount + scene.startingCount;
    const { missing } = need;
    if (observation.killedForMemory) return stay("killed-for-memory", missing);
    if (situation.nowSeconds < state.downstream.boundUntilSeconds) return stay("downstream-is-the-bottleneck", missing);
    if (from >= settings.max) return stay("at-maximum", missing);
    if (need.add === 0 || provisioned + need.add <= from) return stay("enough-is-coming", missing);
    return {
      to: provisioned + need.add,
      reason: provisioned === 0 ? "wakes-from-zero" : "backlog-needs-tasks",
      missing,
    };
  }

  if (observation.deploymentInProgress) return stay("deployment-in-progress");
  if (!isLearned(state.service)) return stay("service-time-unknown");
  if (!isForecastFounded(state.samples) || hasJustMissed(state.samples, settings)) return stay("arrivals-unknown");
  const surplus = surplusOf(scene, observation.tasks.runningCount);
  const { tasks: spare, kind, idleTaskSeconds } = surplus;
  if (kind === "rest") return { ...stay("tasks-settle"), idleTaskSeconds };
  if (spare === 0) return { ...stay("fits"), idleTaskSeconds };
  if (kind === "wait") return { ...stay("spare-too-briefly"), spare, idleTaskSeconds };
  return { to: from - spare, reason: "tasks-are-spare", spare, idleTaskSeconds };
};

const warningsOf = ({ settings, state, situation, beyondSlots }: Scene): readonly ScaleWarning[] => {
  const warnings = [...promiseWarnings(settings, state.start)];
  if (situation.nowSeconds < state.downstream.boundUntilSeconds) warnings.push("downstream-is-the-bottleneck");
  const slots = situation.runningCount * settings.slotsPerTask;
  return beyondSlots > Math.max(slots, 2) ? [...warnings, "in-flight-without-work"] : warnings;
};

const explain = (
  scene: Scene,
  { reason, missing = 0, spare = 0, to }: Verdict,
  desiredCount: number,
): ScaleExplanation => {
  const { settings, state, from } = scene;
  const isTooSmall = missing > 0 && desiredCount === settings.max;
  return {
    reason: to === from && desiredCount !== from ? "outside-limits" : reason,
    warnings: isTooSmall ? [...warningsOf(scene), "maximum-too-small"] : warningsOf(scene),
    arrivalsPerSecond: scene.rate,
    marginPerSecond: scene.caution.outDeviations * scene.deviation,
    secondsPerMessage: state.service.slotSeconds,
    leadSeconds: scene.leadSeconds,
    visibleMessages: scene.visibleMessages,
    inFlightMessages: scene.inFlightMessages,
    expectedWaitSeconds: scene.waitSeconds,
    latencySeconds: settings.latencySeconds,
    from,
    to: desiredCount,
    missingTasks: missing,
    spareTasks: spare,
  };
};

/**
 * Sizes a service from its queue: adds the fewest tasks with which every message, waiting or expected, starts within the promise,
 * and removes those without which every message still does for as long as a new start would have to pay for itself.
 */
export const decide = (
  observation: ScaleObservation,
  remembered: ScaleState | undefined,
  settings: ScaleSettings,
): ScaleDecision => {
  const { nowSeconds, tasks } = observation;
  const known = remembered ?? freshState(settings);
  const isStale = nowSeconds <= known.tickedAtSeconds;
  const state = isStale ? known : learn(observation, known, settings);
  const scene = sceneOf(observation, state, settings);
  const verdict = judge(observation, scene, isStale);
  const desiredCount = Math.max(settings.min, Math.min(settings.max, Math.round(verdict.to)));
  const added = desiredCount - scene.from;
  const isHot =
    !isLearned(state.service) ||
    nowSeconds < state.downstream.boundUntilSeconds ||
    scene.waitSeconds > settings.latencySeconds / 2;
  const everySeconds = (isHot ? minutesWhenHotSeconds : minutesEverySeconds) - settings.tickSeconds;
  return {
    desiredCount,
    state: {
      ...state,
      desiredCount,
      calm: isStale ? state.calm : { ...state.calm, idleTaskSeconds: verdict.idleTaskSeconds ?? 0 },
      launches:
        added > 0 && tasks !== undefined
          ? [...state.launches, [nowSeconds, added] as const].slice(-keptLaunches)
          : state.launches,
      addedAtSeconds: added > 0 ? nowSeconds : state.addedAtSeconds,
      removedAtSeconds: added < 0 ? nowSeconds : state.removedAtSeconds,
    },
    explanation: explain(scene, verdict, desiredCount),
    wantsMinutes: nowSeconds - state.minutesReadAtSeconds >= everySeconds,
  };
};
