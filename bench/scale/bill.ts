/** What the scaler itself costs in a month, line by line: one quiet queue, us-east-1, no free tier. Source: AWS price pages, November 2026. */
export interface BillLine {
  readonly what: string;
  readonly units: number;
  readonly usdPerMillion: number;
  readonly usd: number;
}

/** What one run of the function takes. */
export interface Run {
  /** CPU time of the process. */
  readonly cpuMs: number;
  /** The rest of its duration: it waits for AWS. */
  readonly waitMs: number;
}

/** How late AWS is taken to answer inside a Region, in milliseconds; nobody promises these. */
export const ANSWERS_AFTER_MS = {
  "dynamodb.GetItem": 10,
  "dynamodb.PutItem": 10,
  "sqs.GetQueueAttributes": 30,
  "sqs.SendMessageBatch": 30,
  "ecs.DescribeServices": 100,
} as const;

const minutesPerMonth = 43_800;
/** The function's size. Source: infra/reactions.ts. */
export const memoryMiB = 512;
/** A vCPU is a function of this size, and a smaller one has its share of it. Source: Lambda developer guide, "Configure Lambda function memory". */
const memoryOfVcpuMiB = 1769;
/** A quiet tick, and a minute divided into ticks, as measured and rounded up; `npm run bench -- scale --bill` measures them again. */
const runs = { tick: { cpuMs: 9, waitMs: 125 }, minute: { cpuMs: 3, waitMs: 35 } } as const;
/** A Lambda event source keeps at least this many long polls of 20 s open on a queue; a message ends one of them early. */
const openPolls = 5;
const pollsPerMinute = 3;
/** Write units of the service's ledger item: it has 1.1 KB on a busy queue, a unit is one. */
const writeUnits = 2;
/** The log lines of a tick and of a minute, ours and Lambda's own. */
const logBytes = { tick: 950, minute: 700 } as const;
/** Metrics that alarms watch for this queue: its depth, and the dead-man's two. Source: CloudWatch charges an alarm by its metrics. */
const alarmMetrics = 3;
const metricsPerRead = 2;
const minutesBetweenReads = 10;

const line = (what: string, units: number, usdPerMillion: number): BillLine => ({
  what,
  units,
  usdPerMillion,
  usd: (units * usdPerMillion) / 1e6,
});

/** How long Lambda bills a run for: what it computes takes longer on a share of a vCPU, what it waits for does not. */
export const billedSeconds = ({ cpuMs, waitMs }: Run): number =>
  ((cpuMs * memoryOfVcpuMiB) / memoryMiB + waitMs) / 1000;

/** The bill with ticks every so many seconds. */
const billOf = (everySeconds: 10 | 60): readonly BillLine[] => {
  const ticks = (minutesPerMonth * 60) / everySeconds;
  // The minutes come through the queue as well.
  const messages = ticks + minutesPerMonth;
  const lambdaSeconds = ticks * billedSeconds(runs.tick) + minutesPerMonth * billedSeconds(runs.minute);
  return [
    line("EventBridge Scheduler, one a minute", minutesPerMonth, 1),
    line("SQS, minutes sent by the scheduler", minutesPerMonth, 0.4),
    line("SQS, delayed ticks sent in one batch a minute", minutesPerMonth, 0.4),
    line("SQS, long polls of the event source", openPolls * pollsPerMinute * minutesPerMonth + messages, 0.4),
    line("SQS, minutes and ticks deleted", messages, 0.4),
    line("Lambda, invocations", messages, 0.2),
    line("Lambda, GB-seconds on arm64", (lambdaSeconds * memoryMiB) / 1024, 13.3334),
    line("SQS, GetQueueAttributes", ticks, 0.4),
    line("CloudWatch, GetMetricData every ten minutes", (metricsPerRead * minutesPerMonth) / minutesBetweenReads, 10),
    line("DynamoDB, state written each tick", ticks * writeUnits, 0.625),
    line("DynamoDB, state read each tick", ticks, 0.125),
    line("CloudWatch, bytes of logs taken in", ticks * logBytes.tick + minutesPerMonth * logBytes.minute, 0.0005),
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

const toldRun = (run: Run): string =>
  `${run.cpuMs.toFixed(1)} ms of CPU time, ${run.waitMs.toFixed(0)} ms of waiting: ${(billedSeconds(run) * 1000).toFixed(0)} ms`;

/** The runs of the bill beside those measured just now, in lines of at most 80 columns. */
export const runsTable = (measured: Readonly<Record<keyof typeof runs, Run>>): string =>
  [
    `billed at ${memoryMiB} MiB`,
    ...(["tick", "minute"] as const).flatMap((name) => [
      `  a ${name.padEnd(8)} in the bill   ${toldRun(runs[name])}`,
      `             measured now  ${toldRun(measured[name])}`,
    ]),
    "while AWS answers after",
    ...Object.entries(ANSWERS_AFTER_MS).map(([operation, ms]) => `  ${operation.padEnd(26)} ${ms} ms`),
  ].join("\n");
