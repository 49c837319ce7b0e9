import { arrivedBy, type Sample } from "./arrivals.ts";
import { type Launch, type StartTime, startedShare, startQuantile } from "./starts.ts";

/**
 * Demand-bound control: how much must have started by when, against how much can have.
 * Source: processor-demand analysis of real-time scheduling; docs/scaling.md, the controller.
 */
export interface Situation {
  readonly nowSeconds: number;
  readonly samples: readonly Sample[];
  readonly runningCount: number;
  readonly launches: readonly Launch[];
  readonly start: StartTime;
  /** Messages a second that one task works through. */
  readonly taskRate: number;
}

/** A plan's view ahead: the latency to stay within, seconds from now to look at, the arrivals to expect. */
export interface Outlook {
  readonly latencySeconds: number;
  readonly horizonSeconds: number;
  readonly arrivalsPerSecond: number;
}

const stepSeconds = 5;
/** Before this share of starts is through, launching cannot help: what is short by then is made up just after. */
const usefulShare = 0.6;
/** A pending task that is older than this many deviations is taken to begin again: its start probably failed. */
const overdueDeviations = 1.3;

/** Tasks that are already starting are taken to be slow by this share of the deviations reckoned with for new ones. */
const pendingShare = 0.5;

/** Seconds of work that one task of this age has given by each step from now on. */
const workByStep = (start: StartTime, age: number, steps: number): Float64Array => {
  const passed = age < startQuantile(start, overdueDeviations) ? age : 0;
  const gone = startedShare(start, passed);
  const work = new Float64Array(steps + 1);
  for (let k = 1; k <= steps; k += 1) {
    const share = (startedShare(start, passed + (k - 0.5) * stepSeconds) - gone) / (1 - gone);
    work[k] = (work[k - 1] as number) + share * stepSeconds;
  }
  return work;
};

/** Messages that must have started by each step, beyond those that had when the newest sample was taken. */
const required = (
  { nowSeconds, samples }: Situation,
  { latencySeconds, arrivalsPerSecond }: Outlook,
  steps: number,
): Float64Array => {
  const [sampledAt, arrived, waiting] = samples.at(-1) as Sample;
  const demand = new Float64Array(steps + 1);
  for (let k = 0; k <= steps; k += 1) {
    const sentBy = nowSeconds + k * stepSeconds - latencySeconds;
    const sent = sentBy <= sampledAt ? arrivedBy(samples, sentBy) : arrived + arrivalsPerSecond * (sentBy - sampledAt);
    demand[k] = Math.max(demand[k - 1] ?? 0, sent - (arrived - waiting));
  }
  return demand;
};

/** Messages that running and launched tasks can have started by each step, never more than have arrived by it. */
const served = (situation: Situation, { arrivalsPerSecond }: Outlook, steps: number, removed: number): Float64Array => {
  const { nowSeconds, samples, runningCount, launches, start, taskRate } = situation;
  const [sampledAt, , waiting] = samples.at(-1) as Sample;
  const lag = Math.max(0, nowSeconds - sampledAt);
  const taskSeconds = new Float64Array(steps + 1);
  for (let k = 0; k <= steps; k += 1)
    taskSeconds[k] = Math.max(0, runningCount - removed) * k * stepSeconds + runningCount * lag;
  for (const [at, tasks] of launches) {
    const work = workByStep(start, Math.max(0, nowSeconds - at), steps);
    for (let k = 0; k <= steps; k += 1) taskSeconds[k] = (taskSeconds[k] as number) + tasks * (work[k] as number);
  }
  const result = new Float64Array(steps + 1);
  let idle = 0;
  for (let k = 0; k <= steps; k += 1) {
    const possible = (taskSeconds[k] as number) * taskRate;
    idle = Math.max(idle, possible - waiting - arrivalsPerSecond * (lag + k * stepSeconds));
    result[k] = possible - idle;
  }
  return result;
};

const stepsOf = ({ horizonSeconds }: Outlook): number => Math.ceil(horizonSeconds / stepSeconds);

/** The messages expected to wait some seconds from now. */
export const waitingAfter = (situation: Situation, outlook: Outlook, seconds: number): number => {
  const steps = Math.ceil(seconds / stepSeconds);
  const [sampledAt, , waiting] = situation.samples.at(-1) as Sample;
  const present = waiting + outlook.arrivalsPerSecond * (situation.nowSeconds - sampledAt + steps * stepSeconds);
  return Math.max(0, present - (served(situation, outlook, steps, 0)[steps] as number));
};

/** Seconds that the newest waiting message would wait if nothing changed: messages ahead of it over what tasks work through. */
export const expectedWaitSeconds = ({ samples, runningCount, taskRate }: Situation): number => {
  const waiting = samples.at(-1)?.[2] ?? 0;
  return waiting === 0 ? 0 : waiting / (Math.max(1, runningCount) * taskRate);
};

const shortTasks = (situation: Situation, outlook: Outlook, shortfall: Float64Array, start: StartTime): number => {
  const steps = stepsOf(outlook);
  const work = workByStep(start, 0, steps);
  let most = 0;
  for (let k = 1; k <= steps; k += 1)
    if ((shortfall[k] as number) > 0 && startedShare(start, (k - 1) * stepSeconds) >= usefulShare)
      most = Math.max(most, (shortfall[k] as number) / (situation.taskRate * (work[k] as number)));
  return most;
};

/** How many tasks, launched now, keep every message inside the outlook's latency: a fraction, 0 when none is needed. */
export const missingTasks = (given: Situation, outlook: Outlook, startDeviations: number): number => {
  const steps = stepsOf(outlook);
  const launched = given.launches.reduce((sum, [, tasks]) => sum + tasks, 0);
  const slower = startQuantile(given.start, (pendingShare * startDeviations) / Math.sqrt(Math.max(1, launched)));
  const situation = { ...given, start: { ...given.start, medianSeconds: slower } };
  const demand = required(situation, outlook, steps);
  const supply = served(situation, outlook, steps, 0);
  const shortfall = demand.map((due, k) => due - (supply[k] as number));
  const onAverage = shortTasks(given, outlook, shortfall, given.start);
  if (onAverage === 0) return 0;
  // The average of few starts strays further than that of many.
  const medianSeconds = startQuantile(given.start, startDeviations / Math.sqrt(Math.max(1, onAverage)));
  return shortTasks(situation, outlook, shortfall, { ...given.start, medianSeconds });
};

const holdsWithout = (situation: Situation, outlook: Outlook, demand: Float64Array, removed: number): boolean => {
  const supply = served(situation, outlook, demand.length - 1, removed);
  return demand.every((due, k) => due <= (supply[k] as number) + 1e-6);
};

/** How many running tasks, at most so many, can go with every message staying inside the outlook's latency. */
export const spareTasks = (situation: Situation, outlook: Outlook, atMost: number): number => {
  const demand = required(situation, outlook, stepsOf(outlook));
  let spare = 0;
  for (let step = 2 ** Math.ceil(Math.log2(Math.max(1, atMost))); step >= 1; step /= 2)
    if (spare + step <= atMost && holdsWithout(situation, outlook, demand, spare + step)) spare += step;
  return spare;
};
