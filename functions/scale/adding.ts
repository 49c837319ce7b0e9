import { missingTasks, waitingAfter } from "./demand.ts";
import { observationLagSeconds } from "./promise.ts";
import type { Scene } from "./scene.ts";
import { startQuantile } from "./starts.ts";

/** Why tasks are needed: how many are missing, and how many of them are worth a start. */
export interface Need {
  readonly missing: number;
  readonly add: number;
}

/** Fargate bills at least a minute of a task. */
const leastBilledSeconds = 60;
/** An empty queue reads as one or two messages now and then. */
const ghostMessages = 2;

/** Whether the waiting messages of a service without tasks are real: more than ghosts, or seen twice. */
const isAwaited = ({ visibleMessages, state }: Scene): boolean =>
  visibleMessages > ghostMessages || (visibleMessages > 0 && (state.samples.at(-2)?.[2] ?? 0) > 0);

/** The tasks to add, or undefined when those that run and start will do. */
export const needOf = (scene: Scene): Need | undefined => {
  const { situation, settings, state, caution, promisedSeconds, rate, deviation, isSurge, startingCount } = scene;
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
  // Nobody is started for less work than what is billed for a start anyway.
  const backlog = waitingAfter(situation, outlook, scene.leadSeconds) / situation.taskRate;
  const lasting = Math.max(0, outlook.arrivalsPerSecond / situation.taskRate - provisioned);
  const worthwhile = Math.ceil(backlog / Math.max(1, leastBilledSeconds - scene.billedStartSeconds) + lasting);
  return { missing, add: Math.min(Math.ceil(missing - caution.toleratedTasks), worthwhile) };
};
