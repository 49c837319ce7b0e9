import { type ControllerResult, median, type TraceResult } from "./result.ts";

const label = ({ name, variant }: ControllerResult): string => (name === "reflex" ? "reflex" : `${name} (${variant})`);
const left = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}~` : text.padEnd(width);
const right = (value: number, digits: number, width: number): string => value.toFixed(digits).padStart(width);

const head = `  ${left("controller", 34)}${"late %".padStart(9)}${"cost x".padStart(8)}${"p99 s".padStart(8)}${"max s".padStart(8)}${"chg/h".padStart(6)}${"kill".padStart(5)}`;

const row = (result: ControllerResult): string =>
  `  ${left(label(result), 34)}${right(result.latePercent, 3, 9)}${right(result.costRatio, 2, 8)}${right(result.waitP99Seconds, 0, 8)}${right(result.waitMaxSeconds, 0, 8)}${right(result.changesPerHour, 0, 6)}${right(result.killedMessages, 0, 5)}`;

/** One trace as lines of at most 80 columns. */
export const traceTable = ({
  trace,
  resolution,
  hours,
  boundTaskHours,
  causalLatePercent,
  controllers,
}: TraceResult): string =>
  [
    "",
    `${left(trace, 42)} ${resolution}, ${hours.toFixed(1)} h, bound ${boundTaskHours.toFixed(1)} task-h`,
    `  late whatever a scaler does without idle head room: ${causalLatePercent.toFixed(3)} %`,
    head,
    ...controllers.map(row),
  ].join("\n");

interface Pair {
  readonly ours: ControllerResult;
  readonly theirs: ControllerResult;
}

const isAsGood = ({ ours, theirs }: Pair): boolean =>
  theirs.latePercent <= ours.latePercent && theirs.costRatio <= ours.costRatio;

/** Per resolution class: median and worst of lateness and cost of each controller, and on how many traces it is as good as ours in both. */
export const summaryTable = (results: readonly TraceResult[]): string => {
  const lines: string[] = [];
  for (const resolution of ["1-10 s", "60 s", ">= 300 s"] as const) {
    const traces = results.filter((result) => result.resolution === resolution);
    if (traces.length === 0) continue;
    lines.push("", `class ${resolution}: ${traces.length} trace${traces.length === 1 ? "" : "s"}`);
    lines.push(
      `  ${left("controller", 34)}${"late % median".padStart(14)}${"worst".padStart(8)}${"cost x median".padStart(14)}${"worst".padStart(7)}`,
    );
    for (const { name, variant } of traces[0]?.controllers ?? []) {
      const rows = traces.flatMap(({ controllers }) =>
        controllers.filter((other) => other.name === name && other.variant === variant),
      );
      const late = rows.map(({ latePercent }) => latePercent);
      const cost = rows.map(({ costRatio }) => costRatio);
      const first = rows[0];
      if (first === undefined) continue;
      lines.push(
        `  ${left(label(first), 34)}${right(median(late), 3, 14)}${right(Math.max(...late), 3, 8)}${right(median(cost), 2, 14)}${right(Math.max(...cost), 2, 7)}`,
      );
    }
  }
  const matches = results.flatMap(({ trace, controllers }) => {
    const ours = controllers.find(({ name }) => name === "reflex");
    if (ours === undefined) return [];
    return controllers
      .filter((theirs) => theirs !== ours && isAsGood({ ours, theirs }))
      .map(
        (theirs) =>
          `  ${trace}: ${label(theirs)} ${theirs.latePercent.toFixed(3)} % late at ${theirs.costRatio.toFixed(2)} x`,
      );
  });
  lines.push(
    "",
    matches.length === 0
      ? "no rival is at once as little late and as cheap on any trace"
      : "at once as little late and as cheap as reflex:",
    ...matches,
  );
  return lines.join("\n");
};
