import { changeTaskSeconds } from "./calm.ts";
import { missingTasks, waitingAfter } from "./demand.ts";
import { observationLagSeconds } from "./promise.ts";
import type { Scene } from "./scene.ts";
import { startQuantile } from "./starts.ts";
import { withSurgeUntilNow } from "./surge.ts";

/** Why tasks are needed: how many are missing, and how many of them are worth a start. */
export interface Need {
  readonly missing: number;
  readonly add: number;
}

/** Fargate bills at least a minute of a task. */
const leastBilledSeconds = 60;
/** A start is worth it when it is put to work for this share of what it is billed for. */
const usedShare = 0.5;
/** An empty queue reads as one or two messages now and then. */
const ghostMessages = 2;

/** Whether the waiting messages of a service without tasks are real: more than ghosts, or seen twice. */
const isAwaited = ({ visibleMessages, state }: Scene): boolean =>
  visibleMessages > ghostMessages || (visibleMessages > 0 && (state.samples.at(-2)?.[2] ?? 0) > 0);

/**
 * While arrivals grow, tasks are added a few at a time, so that not every step is a change: the economic order quantity of what a change is worth,
 * against tasks that stand idle until the growth has reached them.
 */
const batchOf = ({ state, from, situation, growthPerSecond }: Scene): number =>
  Math.round(Math.sqrt((2 * changeTaskSeconds(state.calm, from) * growthPerSecond) / situation.taskRate));

/** The tasks to add, or undefined when those that run and start will do. */
export const needOf = (scene: Scene): Need | undefined => {
  const { settings, state, caution, promisedSeconds, rate, deviation, isSurge, startingCount } = scene;
  const situation = isSurge ? withSurgeUntilNow(scene.situation) : scene.situation;
  const provisioned = situation.runningCount + startingCount;
  if (provisioned === 0 && !isAwaited(scene)) return undefined;
  const outlook = {
    latencySeconds: promisedSeconds * (isSurge ? caution.surgeFraction : caution.outFraction),
    // As far as the slowest start that is reckoned with, and then some: nearer, no launch could help.
    horizonSeconds:
      startQuantile(state.start, caution.startDeviations) +
      settings.tickSeconds +
      observationLagSeconds +
      caution.outHorizonSeconds,
    arrivalsPerSecond: rate + caution.outDeviations * deviation,
  };
  const missing = missingTasks(situation, outlook, caution.startDeviations);
  if (provisioned === 0) return { missing: Math.max(1, missing), add: Math.max(1, Math.ceil(missing)) };
  if (missing <= caution.toleratedTasks) return undefined;
  // Nobody is started for much less work than what is billed for a start anyway.
  const backlog = waitingAfter(situation, outlook, scene.leadSeconds) / situation.taskRate;
  const lasting = Math.max(0, outlook.arrivalsPerSecond / situation.taskRate - provisioned);
  const usedSeconds = Math.max(1, usedShare * (leastBilledSeconds - scene.billedStartSeconds));
  const least = Math.min(Math.ceil(missing - caution.toleratedTasks), Math.ceil(backlog / usedSeconds + lasting));
  return { missing, add: least === 0 ? 0 : Math.max(least, batchOf(scene)) };
};
