import loadHighs from "highs";
import { billedStartSeconds, leastBilledSeconds, type Scenario } from "./scenario.ts";
import type { Workload } from "./workload.ts";

// The package's types describe a CommonJS module, its code is an ES module whose default is the loader.
const load = loadHighs as unknown as typeof loadHighs.default;
type Solver = Awaited<ReturnType<typeof load>>;

/** Work that has arrived, and work that must be done, by the end of each slot: task-seconds. */
interface Curves {
  readonly arrived: Float64Array;
  readonly due: Float64Array;
}

/** The grid of the bound, seconds: coarser on long runs, where the bound stays a bound and only gets a little weaker. */
const gridSeconds = (horizonSeconds: number): number =>
  horizonSeconds <= 7200 ? 5 : horizonSeconds <= 100_000 ? 10 : 60;

const cumulate = (slots: Float64Array): Float64Array => {
  for (let t = 1; t < slots.length; t += 1) slots[t] = (slots[t] as number) + (slots[t - 1] as number);
  return slots;
};

const curvesOf = ({ latencySeconds, slotsPerTask }: Scenario, workload: Workload, dt: number): Curves => {
  const slots = Math.ceil((workload.horizonSeconds + latencySeconds) / dt);
  const arrived = new Float64Array(slots);
  const due = new Float64Array(slots + 1);
  for (let i = 0; i < workload.sentAt.length; i += 1) {
    const sent = workload.sentAt[i] as number;
    const service = workload.serviceSeconds[i] as number;
    const at = Math.floor(sent / dt);
    const by = Math.min(slots, Math.floor((sent + latencySeconds + service) / dt));
    arrived[at] = (arrived[at] as number) + service / slotsPerTask;
    due[by] = (due[by] as number) + service / slotsPerTask;
  }
  return { arrived: cumulate(arrived), due: cumulate(due).subarray(0, slots) };
};

/** Rows of the linear programme, gathered one after another. */
class Rows {
  readonly starts = [0];
  readonly indices: number[] = [];
  readonly values: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];

  add(lower: number, upper: number, ...entries: readonly (readonly [column: number, value: number])[]): void {
    for (const [column, value] of entries) {
      this.indices.push(column);
      this.values.push(value);
    }
    this.starts.push(this.indices.length);
    this.lower.push(lower);
    this.upper.push(upper);
  }
}

const solve = (highs: Solver, scenario: Scenario, { arrived, due }: Curves, dt: number, lateShare: number): number => {
  const n = arrived.length;
  const total = arrived[n - 1] as number;
  const h = billedStartSeconds(scenario);
  const minimumSlots = Math.max(0, Math.floor((leastBilledSeconds - h) / dt));
  const tasks = (t: number) => t;
  const served = (t: number) => n + t;
  const starts = (t: number) => 2 * n + t;
  const forgiven = (t: number) => 3 * n + t;
  const columns = lateShare > 0 ? 4 * n : 3 * n;
  const cost = new Float64Array(columns);
  const lower = new Float64Array(columns);
  const upper = new Float64Array(columns).fill(highs.infinity);
  const rows = new Rows();
  const none = highs.infinity;
  for (let t = 0; t < n; t += 1) {
    cost[tasks(t)] = dt;
    lower[tasks(t)] = scenario.min;
    cost[starts(t)] = t === 0 ? 0 : h;
    upper[served(t)] = arrived[t] as number;
    const before = t === 0 ? [] : ([[served(t - 1), -1]] as const);
    rows.add(-none, 0, [served(t), 1], ...before, [tasks(t), -dt]);
    if (t > 0) {
      rows.add(0, none, [served(t), 1], [served(t - 1), -1]);
      rows.add(-none, 0, [tasks(t), 1], [tasks(t - 1), -1], [starts(t), -1]);
    }
    if (lateShare > 0) {
      rows.add(due[t] as number, none, [served(t), 1], [forgiven(t), 1]);
      rows.add(
        0,
        (arrived[t] as number) - (t > 0 ? (arrived[t - 1] as number) : 0),
        [forgiven(t), 1],
        ...(t > 0 ? ([[forgiven(t - 1), -1]] as const) : []),
      );
      if (t === n - 1) upper[forgiven(t)] = lateShare * total;
    } else lower[served(t)] = due[t] as number;
    if (t > 0 && minimumSlots > 1) {
      const recent = Array.from({ length: Math.min(t, minimumSlots) }, (_, back) => [starts(t - back), 1] as const);
      rows.add(-none, 0, ...recent, [tasks(t), -1]);
    }
  }
  return highs.withModel(
    {
      numCols: columns,
      numRows: rows.lower.length,
      colCost: cost,
      colLower: lower,
      colUpper: upper,
      rowLower: Float64Array.from(rows.lower),
      rowUpper: Float64Array.from(rows.upper),
      matrix: {
        format: "csr",
        numRows: rows.lower.length,
        numCols: columns,
        starts: Int32Array.from(rows.starts),
        indices: Int32Array.from(rows.indices),
        values: Float64Array.from(rows.values),
      },
    },
    (model) => {
      model.options.set({ output_flag: false });
      model.run();
      return model.getObjectiveValue();
    },
  );
};

let loading: Promise<Solver> | undefined;

/**
 * The least task-hours in which any scaler, even one that knows the future, can start all but `lateShare` of the work in time.
 *
 * minimise sum dt N_t + h sum u_t  subject to  Y_t - Y_(t-1) <= dt N_t,  due_t <= Y_t <= arrived_t,  N_t - N_(t-1) <= u_t,
 * sum of the starts of the last (60 s - h) <= N_t,  min <= N_t. Source: docs/scaling.md, the bound.
 */
export const boundTaskHours = async (scenario: Scenario, workload: Workload): Promise<number> => {
  loading ??= load();
  const dt = gridSeconds(workload.horizonSeconds);
  const curves = curvesOf(scenario, workload, dt);
  return solve(await loading, scenario, curves, dt, 1 - scenario.percentile / 100) / 3600;
};
