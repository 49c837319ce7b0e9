/**
 * What a change of the count is worth. Every change costs something that no bill shows: a task's cold caches, a message in Slack, a reader's trust.
 * Its price goes up with every change and down with time, so that it finds the level at which a queue is changed about as often as it may be.
 */
export interface Calm {
  /** Seconds for which the usual count could stand idle before that is worth a change. */
  readonly priceSeconds: number;
  /** The mean count of the last hours; absent until one was seen. */
  readonly usualTasks?: number;
  /** Task-seconds that spare tasks stood idle since the last change. */
  readonly idleTaskSeconds: number;
}

/** As many changes an hour leave the price as it is; the price lags behind, and twenty an hour are to be kept. */
const changesPerHour = 18.5;
/** Each change raises the price by this share. */
const raise = 0.05;
const leastPriceSeconds = 2;
const mostPriceSeconds = 150;
const usualSeconds = 4 * 3600;

/** A queue that nobody has watched yet is taken for a restless one. */
export const freshCalm: Calm = { priceSeconds: 40, idleTaskSeconds: 0 };

/** The price after some time, and after a change if there was one. */
export const passTime = (
  { priceSeconds, usualTasks, idleTaskSeconds }: Calm,
  { elapsedSeconds, hasChanged, tasks }: { elapsedSeconds: number; hasChanged: boolean; tasks: number },
): Calm => {
  const changes = (hasChanged ? 1 : 0) - (changesPerHour * elapsedSeconds) / 3600;
  const usual = usualTasks ?? tasks;
  return {
    priceSeconds: Math.max(leastPriceSeconds, Math.min(mostPriceSeconds, priceSeconds * Math.exp(raise * changes))),
    usualTasks: usual + (tasks - usual) * (1 - Math.exp(-elapsedSeconds / usualSeconds)),
    idleTaskSeconds: hasChanged ? 0 : idleTaskSeconds,
  };
};

/** Task-seconds that a change of this count is worth; at the foot of a pulse the usual count says nothing, nor does the count at its top. */
export const changeTaskSeconds = ({ priceSeconds, usualTasks }: Calm, tasks: number): number =>
  priceSeconds * Math.max(1, Math.min(tasks, usualTasks ?? tasks));
