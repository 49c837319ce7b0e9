import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { billTable, runsTable } from "./bill.ts";
import { writeCharts } from "./charts.ts";
import { cornersTable } from "./corners.ts";
import { measureQuietRuns } from "./quiet-runs.ts";
import { reflex } from "./reflex.ts";
import type { TraceResult } from "./result.ts";
import { defaultMakers, type Maker, makersOf, type Tuning } from "./rivals/roster.ts";
import { runTrace } from "./run-trace.ts";
import { mainScenario, type Scenario } from "./scenario.ts";
import { summaryTable, traceTable } from "./table.ts";
import { isForTuning, peakWindow, readTrace, syntheticTraces, type Trace } from "./traces.ts";
import { tune } from "./tune.ts";

const dataFolder = "../shared/data/traces";
const defaultSeeds = 3;

const options = {
  trace: { type: "string" },
  traces: { type: "string" },
  json: { type: "string" },
  seeds: { type: "string" },
  "first-seed": { type: "string" },
  latency: { type: "string" },
  "service-seconds": { type: "string" },
  slots: { type: "string" },
  load: { type: "string" },
  percentile: { type: "string" },
  hours: { type: "string" },
  controllers: { type: "string" },
  tune: { type: "boolean" },
  charts: { type: "string" },
  bill: { type: "boolean" },
  corners: { type: "boolean" },
} as const;

const number = (text: string | undefined, name: string, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`reading --${name} ${text}: fine would be a number above 0`);
  return value;
};

const tunedFile = new URL("./tuned.json", import.meta.url);
const tuning = (): Tuning => JSON.parse(readFileSync(tunedFile, "utf8"));

const chosenTraces = (trace: string | undefined, folder: string | undefined): readonly Trace[] => {
  if (trace !== undefined) return [readTrace(trace)];
  const from = folder ?? (existsSync(dataFolder) ? dataFolder : undefined);
  if (from === undefined) return syntheticTraces;
  const files = readdirSync(from).filter((file) => file.endsWith(".csv"));
  if (files.length === 0)
    throw new Error(`reading traces in ${from}: there is no .csv file; fine would be timestamp,count files`);
  return files.sort().map((file) => readTrace(join(from, file)));
};

const chosenMakers = (names: string | undefined, scenario: Scenario): readonly Maker[] => {
  const all: readonly Maker[] = [(given) => reflex(given), ...defaultMakers, ...makersOf(tuning())];
  if (names === undefined) return all;
  const wanted = names.split(",").map((name) => name.trim());
  const known = new Set(all.map((make) => make(scenario).name));
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`choosing controllers: no ${unknown.join(", ")}; fine would be some of ${[...known].join(", ")}`);
  return all.filter((make) => wanted.includes(make(scenario).name));
};

/** `npm run bench -- scale`: every controller on every trace, tables on standard output, JSON on demand. */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options });
  if (values.bill) {
    console.log(`${billTable(10)}\n\n${billTable(60)}\n\n${runsTable(await measureQuietRuns())}`);
    return 0;
  }
  if (values.corners) {
    console.log(await cornersTable(number(values.seeds, "seeds", defaultSeeds)));
    return 0;
  }
  const scenario: Scenario = {
    ...mainScenario,
    latencySeconds: number(values.latency, "latency", mainScenario.latencySeconds),
    serviceSeconds: number(values["service-seconds"], "service-seconds", mainScenario.serviceSeconds),
    slotsPerTask: number(values.slots, "slots", mainScenario.slotsPerTask),
    load: number(values.load, "load", mainScenario.load),
    percentile: number(values.percentile, "percentile", mainScenario.percentile),
    hours: number(values.hours, "hours", mainScenario.hours),
  };
  const traces = chosenTraces(values.trace, values.traces);
  if (values.tune) {
    await tune(
      traces.filter((trace) => isForTuning(trace, traces)),
      scenario,
      tunedFile,
    );
    return 0;
  }
  const seeds = number(values.seeds, "seeds", defaultSeeds);
  const firstSeed = number(values["first-seed"], "first-seed", 1);
  const makers = chosenMakers(values.controllers, scenario);
  const results: TraceResult[] = [];
  for (const trace of traces) {
    const half = isForTuning(trace, traces) ? "tuning" : "reported";
    const result = await runTrace(peakWindow(trace, scenario.hours), scenario, seeds, firstSeed, makers, half);
    results.push(result);
    console.log(traceTable(result));
  }
  if (results.length > 1) console.log(summaryTable(results));
  if (values.json !== undefined) {
    const [first] = results;
    const document = values.trace === undefined ? { seeds, scenario, traces: results } : first;
    writeFileSync(values.json, `${JSON.stringify(document, undefined, 2)}\n`);
  }
  if (values.charts !== undefined) writeCharts(values.charts, results, scenario);
  return 0;
};
