import { arrivedBy, type Sample } from "./arrivals.ts";
import { type Launches, type StartTime, startedShare } from "./starts.ts";

/**
 * Demand-bound control: how much must have started by when, against how much can have.
 * Source: processor-demand analysis of real-time scheduling; docs/scaling.md, the controller.
 */
export interface Situation {
  readonly nowSeconds: number;
  readonly samples: readonly Sample[];
  readonly runningCount: number;
  readonly launches: Launches;
  readonly start: StartTime;
  /** Messages a second that one task works through. */
  readonly taskRate: number;
}

/** A plan's view ahead: seconds from now to look at, the latency to stay within, the arrivals to expect. */
export interface Outlook {
  readonly latencySeconds: number;
  readonly horizonSeconds: number;
  readonly arrivalsPerSecond: number;
}

const stepSeconds = 5;

/** Seconds of work that one task launched at `age` seconds ago gives within each step from now on, accumulated. */
const workByStep = (start: StartTime, age: number, steps: number): Float64Array => {
  const survived = 1 - startedShare(start, age);
  const work = new Float64Array(steps + 1);
  for (let k = 1; k <= steps; k += 1) {
    const middle = (k - 0.5) * stepSeconds;
    const share =
      survived > 0.01 ? (startedShare(start, age + middle) - (1 - survived)) / survived : startedShare(start, middle);
    work[k] = (work[k - 1] as number) + share * stepSeconds;
  }
  return work;
};

/** Messages that must have started by each step, beyond those started when the newest sample was taken. */
const required = (
  { nowSeconds, samples }: Situation,
  { latencySeconds, arrivalsPerSecond }: Outlook,
  steps: number,
): Float64Array => {
  const [sampledAt, arrived, waiting] = samples.at(-1) as Sample;
  const startedThen = arrived - waiting;
  const demand = new Float64Array(steps + 1);
  for (let k = 0; k <= steps; k += 1) {
    const sentBy = nowSeconds + k * stepSeconds - latencySeconds;
    const sent = sentBy <= sampledAt ? arrivedBy(samples, sentBy) : arrived + arrivalsPerSecond * (sentBy - sampledAt);
    demand[k] = Math.max(demand[k - 1] ?? 0, sent - startedThen);
  }
  return demand;
};

/** Messages that running and launched tasks can have started by each step, never more than have arrived. */
const served = (situation: Situation, { arrivalsPerSecond }: Outlook, steps: number, removed: number): Float64Array => {
  const { nowSeconds, samples, runningCount, launches, start, taskRate } = situation;
  const [sampledAt, , waiting] = samples.at(-1) as Sample;
  const running = Math.max(0, runningCount - removed);
  const lag = Math.max(0, nowSeconds - sampledAt);
  const possible = new Float64Array(steps + 1);
  for (let k = 0; k <= steps; k += 1) possible[k] = (running * k * stepSeconds + runningCount * lag) * taskRate;
  for (const [at, tasks] of launches) {
    const work = workByStep(start, Math.max(0, nowSeconds - at), steps);
    for (let k = 0; k <= steps; k += 1) possible[k] = (possible[k] as number) + tasks * (work[k] as number) * taskRate;
  }
  const result = new Float64Array(steps + 1);
  let lost = 0;
  for (let k = 0; k <= steps; k += 1) {
    const present = waiting + arrivalsPerSecond * (lag + k * stepSeconds);
    lost = Math.max(lost, (possible[k] as number) - present);
    result[k] = (possible[k] as number) - lost;
  }
  return result;
};

/** The waiting messages expected some seconds from now. */
export const waitingAfter = (situation: Situation, outlook: Outlook, seconds: number): number => {
  const steps = Math.ceil(seconds / stepSeconds);
  const [sampledAt, , waiting] = situation.samples.at(-1) as Sample;
  const present = waiting + outlook.arrivalsPerSecond * (situation.nowSeconds - sampledAt + steps * stepSeconds);
  return Math.max(0, present - (served(situation, outlook, steps, 0)[steps] as number));
};

/** How many tasks, launched now, keep every message inside the outlook's latency; a fraction, 0 when none is needed. */
export const missingTasks = (situation: Situation, outlook: Outlook): number => {
  const steps = Math.ceil(outlook.horizonSeconds / stepSeconds);
  const demand = required(situation, outlook, steps);
  const supply = served(situation, outlook, steps, 0);
  const work = workByStep(situation.start, 0, steps);
  let most = 0;
  for (let k = 1; k <= steps; k += 1) {
    const shortfall = (demand[k] as number) - (supply[k] as number);
    // Before most starts are through, no number of launches can help: what is short by then is made up just after.
    if (shortfall <= 0 || startedShare(situation.start, (k - 1) * stepSeconds) < 0.6) continue;
    most = Math.max(most, shortfall / (situation.taskRate * (work[k] as number)));
  }
  return most;
};

/** Whether every message stays inside the outlook's latency with so many running tasks fewer. */
export const holdsWithout = (situation: Situation, outlook: Outlook, removed: number): boolean => {
  const steps = Math.ceil(outlook.horizonSeconds / stepSeconds);
  const demand = required(situation, outlook, steps);
  const supply = served(situation, outlook, steps, removed);
  for (let k = 0; k <= steps; k += 1) if ((demand[k] as number) > (supply[k] as number) + 1e-6) return false;
  return true;
};
