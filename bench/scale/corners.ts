import { boundTaskHours } from "./bound.ts";
import { reflex } from "./reflex.ts";
import { type Faults, goodDay, mainScenario, type Scenario } from "./scenario.ts";
import { simulate } from "./simulator.ts";
import { syntheticTraces } from "./traces.ts";
import { drawWorkload } from "./workload.ts";

type Corner = readonly [name: string, over: Partial<Scenario>, faults?: Partial<Faults>];

/** Worlds that differ from the main scenario in one respect, or in those that belong together. */
const corners: readonly Corner[] = [
  ["main scenario", {}],
  ["told a service time 30 % too long", { toldServiceFactor: 1.3 }],
  ["told a service time 30 % too short", { toldServiceFactor: 0.7 }],
  ["service time of CV 2", { serviceShape: "cv2" }],
  ["service time of two classes", { serviceShape: "two-class" }],
  ["service time doubles in three hours", {}, { drift: 2 }],
  ["service time five-fold for ten minutes", {}, { slowdown: { fromSeconds: 6000, forSeconds: 600, factor: 5 } }],
  ["counts 25 to 35 s old", { lagSeconds: [25, 35] }],
  ["counts off by 10 %", { noise: 0.1 }],
  ["ghosts in 10 % of empty reads", {}, { ghosts: 0.1 }],
  ["10 % of the reads fail", {}, { failedReads: 0.1 }],
  ["blind for five minutes in the flood", {}, { blackout: { fromSeconds: 3700, forSeconds: 300 } }],
  ["ticks late, lost, doubled (10 % each)", {}, { lostTicks: 0.1, duplicateTicks: 0.1, lateTickSeconds: 8 }],
  ["slow starts (60 s, 95 %: 120 s)", { start: "slow" }],
  ["10 % of the starts fail", {}, { failedStarts: 0.1 }],
  ["a crash per task and hour", {}, { crashesPerTaskHour: 1 }],
  ["1 % poison", {}, { poison: 0.01 }],
  ["workers hold ten messages, one slot", { prefetch: 10, slotsPerTask: 1 }],
  ["protected tasks", { stops: "protected" }],
  ["latency 30 s (below the lead time)", { latencySeconds: 30 }],
  ["latency 300 s", { latencySeconds: 300 }],
  [
    "latency 300 s, 20 s a message, protected",
    { latencySeconds: 300, serviceSeconds: 20, slotsPerTask: 2, stops: "protected", visibilitySeconds: 600 },
  ],
  [
    "latency 600 s, 120 s, one slot, protected",
    { latencySeconds: 600, serviceSeconds: 120, slotsPerTask: 1, load: 12, stops: "protected", visibilitySeconds: 900 },
  ],
  ["load of 1.5 tasks", { load: 1.5 }],
  ["load of 1.5, minimum 0, latency 120 s", { load: 1.5, min: 0, latencySeconds: 120 }],
  ["0.2 s a message, ten slots", { serviceSeconds: 0.2, slotsPerTask: 10 }],
];

const head = `  ${"".padEnd(42)}${"late %".padStart(7)}${"cost x".padStart(7)}${"max s".padStart(7)}${"chg/h".padStart(6)}${"kill".padStart(5)}`;

/** Plays reflex through every corner on a steady queue and on a flood of ten times the load; lines of at most 80 columns. */
export const cornersTable = async (seeds: number): Promise<string> => {
  const lines: string[] = [];
  for (const trace of syntheticTraces.filter(({ name }) => ["synthetic_steady", "synthetic_step_x10"].includes(name))) {
    lines.push("", trace.name, head);
    for (const [name, over, faults] of corners) {
      const scenario: Scenario = { ...mainScenario, ...over, faults: { ...goodDay, ...faults } };
      const sum = { late: 0, messages: 0, taskHours: 0, bound: 0, changes: 0, killed: 0, hours: 0, max: 0 };
      for (let seed = 1; seed <= seeds; seed += 1) {
        const workload = drawWorkload(trace, scenario, seed);
        const outcome = simulate(scenario, workload, reflex(scenario));
        sum.late += outcome.late;
        sum.messages += outcome.messages;
        sum.taskHours += outcome.taskHours;
        sum.bound += await boundTaskHours(scenario, workload);
        sum.changes += outcome.changes;
        sum.killed += outcome.killedMessages;
        sum.hours += workload.horizonSeconds / 3600;
        sum.max = Math.max(sum.max, outcome.waitMaxSeconds);
      }
      const cells = [
        ((100 * sum.late) / sum.messages).toFixed(3).padStart(7),
        (sum.taskHours / sum.bound).toFixed(2).padStart(7),
        sum.max.toFixed(0).padStart(7),
        (sum.changes / sum.hours).toFixed(0).padStart(6),
        (sum.killed / seeds).toFixed(0).padStart(5),
      ];
      lines.push(`  ${name.padEnd(42)}${cells.join("")}`);
    }
  }
  return lines.join("\n");
};
