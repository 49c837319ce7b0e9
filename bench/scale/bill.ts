/** What the scaler itself costs in a month, line by line: one quiet queue, us-east-1, no free tier. Source: AWS price pages, November 2026. */
export interface BillLine {
  readonly what: string;
  readonly units: number;
  readonly usdPerMillion: number;
  readonly usd: number;
}

const minutesPerMonth = 43_800;
/** Mean run of a tick and the function's size: a DescribeServices, a GetQueueAttributes, a read and a write of the ledger. */
const tickSeconds = 0.2;
const memoryGiB = 0.5;
/** A Lambda event source keeps at least this many long polls of 20 s open on a queue. */
const openPolls = 5;
/** Write units of the service's ledger item: it has 1.1 KB on a busy queue, a unit is one. */
const writeUnits = 2;
/** A tick's log lines, ours and Lambda's own. */
const logBytesPerTick = 950;
/** Metrics that alarms watch for this queue: its depth, and the dead-man's two. Source: CloudWatch charges an alarm by its metrics. */
const alarmMetrics = 3;
const metricsPerRead = 2;

const line = (what: string, units: number, usdPerMillion: number): BillLine => ({
  what,
  units,
  usdPerMillion,
  usd: (units * usdPerMillion) / 1e6,
});

/** The bill with ticks every so many seconds. */
const billOf = (everySeconds: 10 | 60): readonly BillLine[] => {
  const ticks = (minutesPerMonth * 60) / everySeconds;
  return [
    line("EventBridge Scheduler, one a minute", minutesPerMonth, 1),
    line("SQS, delayed ticks sent in one batch a minute", minutesPerMonth, 0.4),
    line("SQS, long polls of the event source", openPolls * 3 * minutesPerMonth, 0.4),
    line("SQS, ticks deleted", ticks, 0.4),
    line("Lambda, invocations", ticks + (everySeconds < 60 ? minutesPerMonth : 0), 0.2),
    line("Lambda, GB-seconds on arm64", ticks * tickSeconds * memoryGiB, 13.3334),
    line("SQS, GetQueueAttributes", ticks, 0.4),
    line("CloudWatch, GetMetricData every five minutes", (metricsPerRead * minutesPerMonth) / 5, 10),
    line("DynamoDB, state written each tick", ticks * writeUnits, 0.625),
    line("DynamoDB, state read each tick", ticks, 0.125),
    line("CloudWatch, bytes of logs taken in", ticks * logBytesPerTick, 0.0005),
    line("CloudWatch, metrics watched by alarms", alarmMetrics, 100_000),
  ];
};

/** The bill's sum, USD a month. */
export const billUsd = (everySeconds: 10 | 60): number => billOf(everySeconds).reduce((sum, { usd }) => sum + usd, 0);

/** The bill as lines of at most 80 columns. */
export const billTable = (everySeconds: 10 | 60): string =>
  [
    `ticks every ${everySeconds} s, one quiet queue, a month`,
    ...billOf(everySeconds).map(
      ({ what, units, usd }) => `  ${what.padEnd(50)}${Math.round(units).toString().padStart(10)}  $${usd.toFixed(3)}`,
    ),
    `  ${"sum".padEnd(60)}  $${billUsd(everySeconds).toFixed(2)}`,
  ].join("\n");
