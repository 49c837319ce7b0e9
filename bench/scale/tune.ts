import { writeFileSync } from "node:fs";
import { boundTaskHours } from "./bound.ts";
import { type Maker, type Tuning, tunedMakers } from "./rivals/roster.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulator.ts";
import { peakWindow, type Trace } from "./traces.ts";
import { drawWorkload, type Workload } from "./workload.ts";

/** A seed that no report uses. */
const tuningSeed = 101;
/** Grids are many: each point is tried on a third of a day around the highest bin. */
const tuningHours = 8;
/** What a percent of late messages is worth, in multiples of the bound: half as much again for one percent. */
const ratioPerLatePercent = 0.5;

const tracking = {
  queueFraction: [0.05, 0.1, 0.175, 0.25, 0.35, 0.5, 0.75],
  cooldownSeconds: [0, 60, 300],
  basis: ["running"],
  scaleIn: ["proportional", "one"],
} as const;

/** The published grids: every combination of every rival's values is tried. */
const grids = {
  keda: { queueFraction: [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8], downWindowSeconds: [60, 120, 300, 600] },
  targetTracking: tracking,
  targetTracking20s: tracking,
  steps: {
    lowFraction: [0.25, 0.5, 1],
    highFraction: [2, 4, 8],
    lowChange: [1, 2, 4],
    highChange: [10, 20, 40],
    cooldownSeconds: [60],
  },
  wpa: { queueFraction: [0.05, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.35, 0.5], downDelaySeconds: [30, 60, 120, 300] },
  fastAutoscaler: {
    queueFraction: [0.1, 0.25, 0.5, 1],
    outFraction: [0.005, 0.01, 0.02, 0.04],
    inCooldownSeconds: [30, 60, 120, 300],
  },
  laravel: {
    latencyFraction: [0.75, 1, 1.25, 1.5, 2],
    cooldownSeconds: [5, 20, 60],
    breachFraction: [0.25, 0.5, 0.75, 0.9],
  },
} as const satisfies {
  readonly [Name in keyof Tuning]: { readonly [Key in keyof Tuning[Name]]: readonly Tuning[Name][Key][] };
};

const combinations = (grid: {
  readonly [key: string]: readonly (number | string)[];
}): Record<string, number | string>[] =>
  Object.entries(grid).reduce<Record<string, number | string>[]>(
    (all, [key, values]) => all.flatMap((point) => values.map((value) => ({ ...point, [key]: value }))),
    [{}],
  );

interface Course {
  readonly workload: Workload;
  readonly bound: number;
}

const scoreOf = (scenario: Scenario, courses: readonly Course[], make: Maker): number => {
  let score = 0;
  for (const { workload, bound } of courses) {
    const { taskHours, late, messages } = simulate(scenario, workload, make(scenario));
    score += taskHours / bound + (ratioPerLatePercent * 100 * late) / messages;
  }
  return score / courses.length;
};

/** Tries every point of every rival's grid on the tuning half of the traces and writes the best ones down. */
export const tune = async (traces: readonly Trace[], scenario: Scenario, file: URL): Promise<void> => {
  const courses: Course[] = [];
  for (const trace of traces) {
    const workload = drawWorkload(peakWindow(trace, Math.min(tuningHours, scenario.hours)), scenario, tuningSeed);
    courses.push({ workload, bound: await boundTaskHours(scenario, workload) });
  }
  const best: Record<string, unknown> = {
    madeBy: "npm run bench -- scale --tune",
    traces: traces.map(({ name }) => name),
  };
  for (const [name, grid] of Object.entries(grids)) {
    const makerOf = tunedMakers[name as keyof typeof tunedMakers] as (point: unknown) => Maker;
    const scored = combinations(grid).map((point) => ({ point, score: scoreOf(scenario, courses, makerOf(point)) }));
    const winner = scored.reduce((a, b) => (b.score < a.score ? b : a));
    best[name] = winner.point;
    console.log(`${name}: ${scored.length} points, best ${winner.score.toFixed(3)} at ${JSON.stringify(winner.point)}`);
  }
  writeFileSync(file, `${JSON.stringify(best, undefined, 2)}\n`);
};
