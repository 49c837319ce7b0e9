import { changeTaskSeconds } from "./calm.ts";
import { spareTasks } from "./demand.ts";
import { mayReachZero } from "./promise.ts";
import type { Scene } from "./scene.ts";

/** How many running tasks are spare, and whether they go now, rest since tasks start, or wait to be worth a change. */
export interface Surplus {
  readonly tasks: number;
  readonly kind: "go" | "rest" | "wait";
  /** Task-seconds that spare tasks have stood idle, with this tick. */
  readonly idleTaskSeconds: number;
}

const leastBilledSeconds = 60;

/** The last task goes only when the next message is expected later than a start takes to pay for itself. */
const floorOf = ({ settings, state, rate, billedStartSeconds, visibleMessages, inFlightMessages }: Scene): number => {
  const isQuiet = visibleMessages + inFlightMessages === 0 && rate * (billedStartSeconds + leastBilledSeconds) < 1;
  return isQuiet && mayReachZero(settings, state.start) ? 0 : Math.max(1, settings.min);
};

/**
 * The tasks without which the promise holds for as long as a new start would have to pay for itself (ski rental with a forecast).
 * They go once they have stood idle for what a change is worth, which is the economic order quantity of a falling load; many go at once.
 */
export const surplusOf = (scene: Scene, runningCount: number): Surplus => {
  const { situation, settings, state, caution, from, rate, deviation } = scene;
  const staying = Math.min(runningCount, from);
  const outlook = {
    latencySeconds: scene.promisedSeconds * caution.inFraction,
    horizonSeconds: scene.leadSeconds + scene.billedStartSeconds + caution.inHorizonSeconds,
    arrivalsPerSecond: rate + caution.inDeviations * deviation,
  };
  const spare = spareTasks(situation, outlook, Math.max(0, staying - floorOf(scene)));
  const tasks = spare >= caution.leastSpareFraction * staying ? spare : 0;
  const idleTaskSeconds = spare === 0 ? 0 : state.calm.idleTaskSeconds + spare * settings.tickSeconds;
  const isStarting = scene.startingCount > caution.toleratedPendingFraction * staying;
  if (isStarting || situation.nowSeconds - state.addedAtSeconds < caution.restAfterOutSeconds)
    return { tasks, kind: "rest", idleTaskSeconds };
  const isWorthIt = idleTaskSeconds >= changeTaskSeconds(state.calm, from) || tasks >= caution.manyFraction * staying;
  return { tasks, kind: isWorthIt ? "go" : "wait", idleTaskSeconds };
};
