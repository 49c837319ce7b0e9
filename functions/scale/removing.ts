import { spareTasks } from "./demand.ts";
import { mayReachZero } from "./promise.ts";
import type { Scene } from "./scene.ts";

/** How a removal came out: so many tasks are spare, or the count rests. */
export type Surplus = { readonly kind: "resting" } | { readonly kind: "spare"; readonly tasks: number };

const leastBilledSeconds = 60;

/** The last task goes only when the next message is expected later than a start takes to pay for itself. */
const floorOf = ({ settings, state, rate, billedStartSeconds, visibleMessages, inFlightMessages }: Scene): number => {
  const isQuiet = visibleMessages + inFlightMessages === 0 && rate * (billedStartSeconds + leastBilledSeconds) < 1;
  return isQuiet && mayReachZero(settings, state.start) ? 0 : Math.max(1, settings.min);
};

/**
 * The tasks without which the promise holds for as long as a new start would have to pay for itself (ski rental with a forecast).
 * Few spare tasks rest between removals, so that a steady queue does not flap; many do not.
 */
export const surplusOf = (scene: Scene, runningCount: number): Surplus => {
  const { situation, state, caution, from, rate, deviation } = scene;
  const { nowSeconds } = situation;
  const staying = Math.min(runningCount, from);
  const isStarting = scene.startingCount > caution.toleratedPendingFraction * staying;
  if (isStarting || nowSeconds - state.addedAtSeconds < caution.restAfterOutSeconds) return { kind: "resting" };
  const outlook = {
    latencySeconds: scene.promisedSeconds * caution.inFraction,
    horizonSeconds: scene.leadSeconds + scene.billedStartSeconds + caution.inHorizonSeconds,
    arrivalsPerSecond: rate + caution.inDeviations * deviation,
  };
  const tasks = spareTasks(situation, outlook, Math.max(0, staying - floorOf(scene)));
  const isFew = tasks < caution.fewFraction * staying;
  if (tasks > 0 && isFew && nowSeconds - state.removedAtSeconds < caution.restAfterInSeconds)
    return { kind: "resting" };
  return { kind: "spare", tasks: tasks >= caution.leastSpareFraction * staying ? tasks : 0 };
};
