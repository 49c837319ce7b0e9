import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { stream } from "./random.ts";

/** Arrivals counted in regular bins. */
export interface Trace {
  readonly name: string;
  readonly binSeconds: number;
  readonly counts: Float64Array;
}

/** Which claims a trace can carry: bursts inside a bin of a minute or more are invented by the sampler. */
export type ResolutionClass = "1-10 s" | "60 s" | ">= 300 s";

/** The resolution class of a trace; results of different classes are never averaged together. */
export const resolutionClass = ({ binSeconds }: Trace): ResolutionClass =>
  binSeconds <= 10 ? "1-10 s" : binSeconds < 300 ? "60 s" : ">= 300 s";

/** Reads a `timestamp,count` file with regular bins. */
export const readTrace = (file: string): Trace => {
  const lines = readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1);
  const at = (row: number) => Date.parse(`${lines[row]?.split(",")[0]?.replace(" ", "T")}Z`);
  const counts = Float64Array.from(lines, (line) => Number(line.split(",")[1]));
  const binSeconds = (at(1) - at(0)) / 1000;
  if (lines.length < 2 || !(binSeconds > 0) || counts.some((count) => !(count >= 0)))
    throw new Error(
      `reading the trace ${file}: found ${lines.length} rows, the first two ${binSeconds} s apart; fine would be the header timestamp,count and regular bins of counts from 0 up`,
    );
  return { name: basename(file).replace(/\.csv$/, ""), binSeconds, counts };
};

/** The whole trace when it is short enough, else the one of its days (counted from its first bin) that holds its highest bin. */
export const peakWindow = (trace: Trace, hours: number): Trace => {
  const bins = Math.max(1, Math.floor((hours * 3600) / trace.binSeconds));
  if (trace.counts.length <= bins) return trace;
  const peak = trace.counts.indexOf(Math.max(...trace.counts));
  const first = Math.min(Math.floor(peak / bins) * bins, trace.counts.length - bins);
  return { ...trace, counts: trace.counts.slice(first, first + bins) };
};

/** Traces are split by name order: one half tunes, the other is reported on. */
export const isForTuning = (trace: Trace, all: readonly Trace[]): boolean =>
  all.length > 1 &&
  all
    .map(({ name }) => name)
    .toSorted()
    .indexOf(trace.name) %
    2 ===
    0;

const synthetic = (name: string, hours: number, rate: (seconds: number, noise: () => number) => number): Trace => {
  const binSeconds = 10;
  const noise = stream(1, name);
  const counts = Float64Array.from({ length: (hours * 3600) / binSeconds }, (_, bin) => rate(bin * binSeconds, noise));
  return { name, binSeconds, counts };
};

const between = (seconds: number, from: number, to: number) => seconds >= from && seconds < to;

/** Worst cases and plain shapes that need no data folder; rates are relative, a scenario's load sets their scale. */
export const syntheticTraces: readonly Trace[] = [
  synthetic("synthetic_steady", 3, () => 10),
  synthetic("synthetic_step_x10", 3, (s) => (between(s, 3600, 4500) ? 100 : 10)),
  synthetic("synthetic_ramp_1_percent_a_second", 3, (s) => (s < 3600 ? 10 : 10 * 1.01 ** Math.min(240, s - 3600))),
  synthetic("synthetic_pulses", 3, (s) => (s % 1800 === 600 ? 1500 : 8)),
  synthetic("synthetic_sawtooth_10_s", 3, (s) => (s % 20 === 0 ? 18 : 2)),
  synthetic("synthetic_silence_then_burst", 6, (s) => (between(s, 18000, 19200) ? 100 : 0)),
  synthetic("synthetic_linear_growth", 3, (s) => 1 + s / 200),
  synthetic("synthetic_day_with_bursts", 24, (s, noise) => {
    const daily = 10 - 7 * Math.cos((2 * Math.PI * s) / 86400);
    return daily * (noise() < 0.01 ? 6 : 1);
  }),
];
