import { normal, poisson, stream } from "./random.ts";
import type { Scenario, ServiceShape } from "./scenario.ts";
import type { Trace } from "./traces.ts";

/** Every message of a run, drawn before it, so that all controllers meet the same work. */
export interface Workload {
  readonly trace: string;
  readonly seed: number;
  readonly horizonSeconds: number;
  /** Send times, ascending, seconds from the start. */
  readonly sentAt: Float64Array;
  readonly serviceSeconds: Float32Array;
  /** 1 where every attempt fails, until the message goes to the dead-letter queue. */
  readonly poison: Uint8Array;
}

const spread = (shape: ServiceShape, seed: number): (() => number) => {
  const random = stream(seed, "service");
  if (shape === "fixed") return () => 1;
  if (shape === "two-class") return () => (random() < 0.05 ? 20 : 1) / (0.95 + 0.05 * 20);
  const cv = Number(shape.slice(2));
  const sigma = Math.sqrt(Math.log(1 + cv * cv));
  return () => Math.exp(sigma * normal(random) - (sigma * sigma) / 2);
};

/** Expected arrivals in each second: bins of a minute and more are joined linearly between their middles, shorter ones are flat. */
const ratePerSecond = ({ counts, binSeconds }: Trace): Float64Array => {
  const rates = new Float64Array(counts.length * binSeconds);
  const of = (bin: number) => (counts[Math.max(0, Math.min(counts.length - 1, bin))] ?? 0) / binSeconds;
  for (let second = 0; second < rates.length; second += 1) {
    const position = (second + 0.5) / binSeconds - 0.5;
    const left = Math.floor(position);
    rates[second] =
      binSeconds < 60 ? of(Math.floor(second / binSeconds)) : of(left) + (of(left + 1) - of(left)) * (position - left);
  }
  return rates;
};

/** Draws the messages of one seed: the trace scaled to the scenario's mean load, Poisson inside the second. */
export const drawWorkload = (trace: Trace, scenario: Scenario, seed: number): Workload => {
  const rates = ratePerSecond(trace);
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  if (!(total > 0))
    throw new Error(`drawing messages for ${trace.name}: it has no arrivals; fine would be at least one`);
  const scale = (scenario.load * scenario.slotsPerTask * rates.length) / (scenario.serviceSeconds * total);
  const random = stream(seed, "arrivals");
  const perSecond = Int32Array.from(rates, (rate) => poisson(random, rate * scale));
  const sentAt = new Float64Array(perSecond.reduce((sum, count) => sum + count, 0));
  let message = 0;
  for (let second = 0; second < perSecond.length; second += 1) {
    const end = message + (perSecond[second] ?? 0);
    const first = message;
    for (; message < end; message += 1) sentAt[message] = second + random();
    sentAt.subarray(first, end).sort();
  }
  const factor = spread(scenario.serviceShape, seed);
  const poisoned = stream(seed, "poison");
  return {
    trace: trace.name,
    seed,
    horizonSeconds: rates.length,
    sentAt,
    serviceSeconds: Float32Array.from(sentAt, () => scenario.serviceSeconds * factor()),
    poison: Uint8Array.from(sentAt, () => (poisoned() < scenario.faults.poison ? 1 : 0)),
  };
};
