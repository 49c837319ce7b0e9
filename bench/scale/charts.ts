import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reflex } from "./reflex.ts";
import { median, type TraceResult } from "./result.ts";
import { keda } from "./rivals/keda.ts";
import type { Scenario } from "./scenario.ts";
import { simulate } from "./simulator.ts";
import { bestRival, label } from "./table.ts";
import { syntheticTraces } from "./traces.ts";
import { drawWorkload } from "./workload.ts";

const ours = "#0b7a75";
const theirs = "#b4593b";
const ink = "#333";

const text = (x: number, y: number, content: string, extra = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</text>`;

const svg = (width: number, height: number, title: string, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${ink}" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(16, 24, title, 'font-size="15" font-weight="bold"'),
    ...parts,
    "</svg>",
    "",
  ].join("\n");

/** Lateness against cost, medians over the reported traces: the lower left corner is where one wants to be. */
const tradeOff = (results: readonly TraceResult[]): string => {
  const left = 70;
  const right = 700;
  const bottom = 400;
  const ticksLate = [0, 0.01, 0.1, 1, 10, 100];
  const y = (late: number) => bottom - 330 * (Math.log10(Math.max(late, 0.001) / 0.001) / 5);
  const x = (cost: number) => left + (right - left) * Math.min(1, Math.log2(Math.max(1, cost)) / 5);
  const points = (results[0]?.controllers ?? []).map((first) => {
    const rows = results.flatMap(({ controllers }) =>
      controllers.filter(({ name, variant }) => name === first.name && variant === first.variant),
    );
    return {
      first,
      late: median(rows.map(({ latePercent }) => latePercent)),
      cost: median(rows.map(({ costRatio }) => costRatio)),
    };
  });
  return svg(860, 450, "Late messages against cost, median of the reported traces", [
    ...ticksLate.map(
      (late) =>
        `${text(left - 8, y(late) + 4, `${late} %`, 'text-anchor="end"')}<path d="M${left} ${y(late)}H${right}" stroke="#eee"/>`,
    ),
    ...[1, 2, 4, 8, 16, 32].map(
      (cost) =>
        `${text(x(cost), bottom + 18, `${cost} x`, 'text-anchor="middle"')}<path d="M${x(cost)} 70V${bottom}" stroke="#eee"/>`,
    ),
    text((left + right) / 2, bottom + 38, "cost as a multiple of the clairvoyant bound", 'text-anchor="middle"'),
    ...points.map(({ first, late, cost }, index) => {
      const colour = first.name === "reflex" ? ours : theirs;
      return `<circle cx="${x(cost)}" cy="${y(late)}" r="5" fill="${colour}"/>${text(x(cost) + 8, y(late) + 4 + ((index % 3) - 1) * 9, label(first), `font-size="10" fill="${colour}"`)}`;
    }),
  ]);
};

/** Cost of reflex and of the cheapest rival that is at most as late, trace by trace. */
const perTrace = (results: readonly TraceResult[]): string => {
  const scale = (cost: number) => 420 * Math.min(1, (cost - 1) / 3);
  const rows = results.map(({ trace, half, controllers }, index) => {
    const mine = controllers.find(({ name }) => name === "reflex");
    const rival = mine && bestRival(mine, controllers);
    const y = 60 + index * 34;
    const bar = (cost: number, offset: number, colour: string, note: string) =>
      `<rect x="300" y="${y + offset}" width="${scale(cost).toFixed(1)}" height="12" fill="${colour}"/>${text(306 + scale(cost), y + offset + 10, note, 'font-size="10"')}`;
    return [
      text(290, y + 14, half === "tuning" ? `${trace} (tuning)` : trace, 'text-anchor="end"'),
      mine ? bar(mine.costRatio, 0, ours, `${mine.costRatio.toFixed(2)} x`) : "",
      rival
        ? bar(rival.costRatio, 14, theirs, `${rival.costRatio.toFixed(2)} x ${label(rival)}`)
        : text(306, y + 24, "every rival is later", 'font-size="10"'),
    ].join("");
  });
  return svg(
    960,
    80 + results.length * 34,
    "Cost over the bound (bars begin at 1 x): reflex, and the cheapest rival at most as late",
    rows,
  );
};

/** A flood of ten times the load, minute by minute: tasks and the oldest wait under reflex and under KEDA with its best setting. */
const flood = (scenario: Scenario): string => {
  const trace = syntheticTraces.find(({ name }) => name === "synthetic_step_x10");
  if (trace === undefined)
    throw new Error("drawing the flood: there is no trace synthetic_step_x10; fine would be a built-in one");
  const workload = drawWorkload(trace, scenario, 1);
  const acceptable = (scenario.latencySeconds * scenario.slotsPerTask) / scenario.serviceSeconds;
  const rival = keda("tuned", {
    queueLength: acceptable / 2,
    downWindowSeconds: 300,
    min: scenario.min,
    max: scenario.max,
  });
  const from = 3300;
  const until = 5400;
  const x = (second: number) => 60 + (700 * (second - from)) / (until - from);
  const line = (
    history: readonly (readonly number[])[],
    column: number,
    y: (value: number) => number,
    colour: string,
  ) =>
    `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${history
      .filter(([second = 0]) => second >= from && second <= until)
      .map((row) => `${x(row[0] ?? 0).toFixed(1)},${y(row[column] ?? 0).toFixed(1)}`)
      .join(" ")}"/>`;
  const runs = [
    { colour: ours, name: "reflex", history: simulate(scenario, workload, reflex(scenario), { record: true }).history },
    {
      colour: theirs,
      name: "keda, half the acceptable backlog",
      history: simulate(scenario, workload, rival, { record: true }).history,
    },
  ];
  const most = Math.max(...runs.flatMap(({ history }) => history.map(([, , running]) => running)));
  const tasks = (value: number) => 220 - (150 * value) / most;
  const wait = (value: number) => 420 - (150 * Math.min(value, 90)) / 90;
  return svg(820, 470, "A flood of ten times the load for fifteen minutes", [
    ...runs.flatMap(({ colour, name, history }, index) => [
      line(history, 2, tasks, colour),
      line(history, 4, wait, colour),
      text(70 + index * 160, 48, name, `fill="${colour}"`),
    ]),
    text(52, 74, `${most}`, 'text-anchor="end"'),
    text(52, 224, "0 tasks", 'text-anchor="end"'),
    text(52, 424, "0 s", 'text-anchor="end"'),
    text(52, wait(scenario.latencySeconds) + 4, `${scenario.latencySeconds} s`, 'text-anchor="end"'),
    `<path d="M60 ${wait(scenario.latencySeconds)}H760" stroke="${ink}" stroke-dasharray="4 4"/>`,
    text(
      60,
      448,
      "above: running tasks; below: wait of the oldest message; dashed: the promise; 35 minutes from left to right",
    ),
  ]);
};

/** Writes the charts of a run into a folder. */
export const writeCharts = (folder: string, results: readonly TraceResult[], scenario: Scenario): void => {
  mkdirSync(folder, { recursive: true });
  const reported = results.filter(({ half }) => half === "reported");
  writeFileSync(join(folder, "trade-off.svg"), tradeOff(reported));
  writeFileSync(join(folder, "per-trace.svg"), perTrace(results));
  writeFileSync(join(folder, "flood.svg"), flood(scenario));
};
