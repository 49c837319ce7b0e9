import { type ControllerResult, median, type TraceResult } from "./result.ts";

/** A controller's name and variant as tables and charts show it. */
export const label = ({ name, variant }: Pick<ControllerResult, "name" | "variant">): string =>
  name === "reflex" ? "reflex" : `${name} (${variant})`;

const left = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}~` : text.padEnd(width);
const right = (value: number, digits: number, width: number): string => value.toFixed(digits).padStart(width);

const head = `  ${left("controller", 38)}${"late %".padStart(8)}${"cost x".padStart(8)}${"p99 s".padStart(6)}${"max s".padStart(7)}${"chg/h".padStart(6)}${"kill".padStart(5)}`;

const row = (result: ControllerResult): string =>
  `  ${left(label(result), 38)}${right(result.latePercent, 3, 8)}${right(result.costRatio, 2, 8)}${right(result.waitP99Seconds, 0, 6)}${right(result.waitMaxSeconds, 0, 7)}${right(result.changesPerHour, 0, 6)}${right(result.killedMessages, 0, 5)}`;

/** One trace as lines of at most 80 columns. */
export const traceTable = (result: TraceResult): string =>
  [
    "",
    `${left(result.trace, 42)} ${result.resolution}, ${result.half}`,
    `  ${result.hours.toFixed(1)} h, ${result.messages} messages a seed, bound ${result.boundTaskHours.toFixed(1)} task-hours`,
    `  causal limit, late share of an eager scaler without foresight: ${result.causalLatePercent.toFixed(3)} %`,
    head,
    ...result.controllers.map(row),
  ].join("\n");

const resolutions = ["1-10 s", "60 s", ">= 300 s"] as const;

const classLines = (results: readonly TraceResult[], half: TraceResult["half"]): string[] =>
  resolutions.flatMap((resolution) => {
    const traces = results.filter((result) => result.resolution === resolution && result.half === half);
    if (traces.length === 0) return [];
    const lines = (traces[0]?.controllers ?? []).map((first) => {
      const rows = traces.flatMap(({ controllers }) =>
        controllers.filter(({ name, variant }) => name === first.name && variant === first.variant),
      );
      const late = rows.map(({ latePercent }) => latePercent);
      const cost = rows.map(({ costRatio }) => costRatio);
      return `  ${left(label(first), 38)}${right(median(late), 3, 10)}${right(Math.max(...late), 3, 9)}${right(median(cost), 2, 10)}${right(Math.max(...cost), 2, 9)}`;
    });
    return [
      "",
      `class ${resolution}, ${half} half: ${traces.length} ${traces.length === 1 ? "trace" : "traces"}`,
      `  ${left("controller", 38)}${"late %".padStart(10)}${"worst".padStart(9)}${"cost x".padStart(10)}${"worst".padStart(9)}`,
      ...lines,
    ];
  });

/** The cheapest rival that is at most as late, or undefined when every rival is later. */
export const bestRival = (
  ours: ControllerResult,
  controllers: readonly ControllerResult[],
): ControllerResult | undefined =>
  controllers
    .filter(({ name, latePercent }) => name !== ours.name && latePercent <= ours.latePercent)
    .reduce<ControllerResult | undefined>(
      (best, next) => (best === undefined || next.costRatio < best.costRatio ? next : best),
      undefined,
    );

const leastWin = 1.1;

const rivalryLines = (results: readonly TraceResult[]): string[] =>
  results.flatMap(({ trace, controllers }) => {
    const ours = controllers.find(({ name }) => name === "reflex");
    if (ours === undefined) return [];
    const rival = bestRival(ours, controllers);
    if (rival === undefined) return [`  ${left(trace, 42)} every rival is later`];
    const margin = rival.costRatio / ours.costRatio;
    const verdict = margin <= 1 ? "LOST" : margin < leastWin ? "won by less than 10 %" : "won";
    return [
      `  ${left(trace, 42)} ${right(ours.costRatio, 2, 5)} ${right(rival.costRatio, 2, 6)} ${verdict}`,
      `      ${label(rival)}`,
    ];
  });

/** Medians and worst per resolution class, then reflex against the cheapest rival that is at most as late, trace by trace. */
export const summaryTable = (results: readonly TraceResult[]): string =>
  [
    "",
    "medians and worst over traces, never across resolution classes",
    ...classLines(results, "reported"),
    ...classLines(results, "tuning"),
    "",
    "reported half: cost of reflex, cost of the cheapest rival that is at most as late",
    ...rivalryLines(results.filter(({ half }) => half === "reported")),
    "",
    "tuning half",
    ...rivalryLines(results.filter(({ half }) => half === "tuning")),
  ].join("\n");
