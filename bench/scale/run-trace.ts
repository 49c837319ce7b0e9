import { boundTaskHours } from "./bound.ts";
import { eager } from "./causal.ts";
import type { Controller } from "./controller.ts";
import { type ControllerResult, resultOf, type TraceResult } from "./result.ts";
import type { Maker } from "./rivals/roster.ts";
import type { Scenario } from "./scenario.ts";
import { type Outcome, simulate } from "./simulator.ts";
import { resolutionClass, type Trace } from "./traces.ts";
import { drawWorkload } from "./workload.ts";

/** Runs every controller on every seed of one trace, against the bound of the same seeds. */
export const runTrace = async (
  trace: Trace,
  scenario: Scenario,
  seeds: number,
  firstSeed: number,
  makers: readonly Maker[],
  half: TraceResult["half"],
): Promise<TraceResult> => {
  const all: readonly Maker[] = [...makers, eager];
  const outcomes: Outcome[][] = all.map(() => []);
  const bounds: number[] = [];
  let messages = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const workload = drawWorkload(trace, scenario, seed);
    messages += workload.sentAt.length / seeds;
    bounds.push(await boundTaskHours(scenario, workload));
    for (const [index, make] of all.entries()) outcomes[index]?.push(simulate(scenario, workload, make(scenario)));
  }
  const hours = (trace.counts.length * trace.binSeconds) / 3600;
  const rows = all.map((make, index): ControllerResult => {
    const controller: Controller = make(scenario);
    return resultOf(controller, outcomes[index] ?? [], bounds, hours);
  });
  return {
    trace: trace.name,
    resolution: resolutionClass(trace),
    hours,
    half,
    messages: Math.round(messages),
    seeds,
    scenario,
    boundTaskHours: bounds.reduce((sum, bound) => sum + bound, 0) / seeds,
    causalLatePercent: rows.at(-1)?.latePercent ?? 0,
    controllers: rows.slice(0, -1),
  };
};
