import type { Controller } from "./controller.ts";
import type { Scenario } from "./scenario.ts";
import type { Outcome } from "./simulator.ts";
import type { ResolutionClass } from "./traces.ts";

/** One controller's row: means over the seeds unless the name says otherwise. */
export interface ControllerResult {
  readonly name: string;
  readonly variant: string;
  readonly latePercent: number;
  readonly worstSeedLatePercent: number;
  readonly taskHours: number;
  readonly costRatio: number;
  readonly waitP99Seconds: number;
  readonly waitMaxSeconds: number;
  readonly changes: number;
  readonly changesPerHour: number;
  readonly starts: number;
  readonly killedMessages: number;
  readonly idlePercent: number;
  readonly lateAtMaximumPercent: number;
  readonly usd: number;
}

/** One trace's results. */
export interface TraceResult {
  readonly trace: string;
  readonly resolution: ResolutionClass;
  readonly hours: number;
  /** Which half of the collection the trace is in: the one that parameters were chosen on, or the one that claims rest on. */
  readonly half: "tuning" | "reported";
  readonly messages: number;
  readonly seeds: number;
  readonly scenario: Scenario;
  readonly boundTaskHours: number;
  /** Share of messages that are late whatever a scaler without idle head room and without foresight does. */
  readonly causalLatePercent: number;
  readonly controllers: readonly ControllerResult[];
}

/** An hour of 1 vCPU and 2 GB on Fargate, Linux x86, us-east-1, USD. Source: AWS Fargate pricing. */
const usdPerTaskHour = 0.04048 + 2 * 0.004445;
const hoursPerMonth = 730;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Folds the seeds of one controller into its row; `bounds` are task-hours, seed by seed. */
export const resultOf = (
  { name, variant, usdPerMonth }: Controller,
  outcomes: readonly Outcome[],
  bounds: readonly number[],
  hours: number,
): ControllerResult => {
  const late = outcomes.map((outcome) => (100 * outcome.late) / outcome.messages);
  const taskHours = mean(outcomes.map((outcome) => outcome.taskHours));
  return {
    name,
    variant,
    latePercent: mean(late),
    worstSeedLatePercent: Math.max(...late),
    taskHours,
    costRatio: taskHours / mean(bounds),
    waitP99Seconds: mean(outcomes.map((outcome) => outcome.waitP99Seconds)),
    waitMaxSeconds: Math.max(...outcomes.map((outcome) => outcome.waitMaxSeconds)),
    changes: mean(outcomes.map((outcome) => outcome.changes)),
    changesPerHour: mean(outcomes.map((outcome) => outcome.changes)) / hours,
    starts: mean(outcomes.map((outcome) => outcome.starts)),
    killedMessages: mean(outcomes.map((outcome) => outcome.killedMessages)),
    idlePercent: 100 * mean(outcomes.map((outcome) => outcome.idleShare)),
    lateAtMaximumPercent: mean(outcomes.map((outcome) => (100 * outcome.lateAtMaximum) / outcome.messages)),
    usd: taskHours * usdPerTaskHour + (usdPerMonth * hours) / hoursPerMonth,
  };
};

/** The median of some numbers. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};
