/** The sentences of a worker that follows its queue. */
import type { Evidence } from "#shared/domain/decision.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { code, escaped } from "#shared/slack/text.ts";
import type { Incident } from "./incident.ts";

const number = (value: Evidence[string], digits = 0): string => Number(value ?? Number.NaN).toFixed(digits);

const tasks = (count: Evidence[string]): string => `${String(count)} task${count === 1 ? "" : "s"}`;

const TROUBLES: Readonly<Record<string, string>> = {
  "fifo-queue": "names a FIFO queue, which it cannot follow",
  "several-queues": "names several queues and can follow one",
  "shared-queue": "shares its queue with another service, so neither can be sized from it",
  "cluster-unknown": "is in a cluster that the configuration does not look after",
  "minimum-above-maximum": "has a minimum above its maximum",
  "other-controller": "is deployed by CodeDeploy or an external controller, and is left alone",
  "ec2-launch-type": "does not run on Fargate, and is left alone",
  windows: "runs on Windows, and is left alone",
  "deployment-never-ends": "keeps all its tasks: a deployment has gone on for more than an hour",
  "queue-gone": "follows a queue that does not exist",
  "no-permission": "cannot be scaled: something refuses us",
  "promise-below-lead-time": "cannot keep its promise: a new task needs longer than that to start",
  "maximum-too-small": "needs more tasks than its maximum",
  "in-flight-without-work": "has messages in flight that no task works on",
  "downstream-is-the-bottleneck": "gets no more done with more tasks: what it depends on is the limit",
};

/** What happened, in one plain sentence. */
export const scaleHeadline = ({ service, reason, evidence }: Incident): string => {
  const name = service?.name ?? "a worker";
  if (reason !== undefined) return `${name} ${TROUBLES[reason] ?? reason}`;
  const what = evidence.write === "minimum" ? "at least " : "";
  return `${name} follows its queue: ${String(evidence.from)} → ${what}${tasks(evidence.to)}`;
};

/** Why the count is what it is. */
export const scaleBecause = ({ evidence, reason }: Incident): string => {
  if (typeof evidence.sentence !== "string")
    return `Queue ${code(String(evidence.queueName))}: nothing is changed until the configuration is mended.`;
  const said = `${escaped(evidence.sentence)}.`;
  return reason === undefined ? said : `At the last look the count ${said}`;
};

/** What was promised and what was seen, as label and value. */
export const scaleFacts = ({ service, evidence }: Incident): readonly (readonly [string, string])[] => {
  const rows: (readonly [string, string])[] = [];
  if (service) rows.push(["Service", code(`${service.cluster}/${service.name}`)]);
  rows.push(["Queue", code(String(evidence.queueName))]);
  rows.push(["Promise", `messages start within ${number(evidence.latencySeconds)} s`]);
  if (evidence.visibleMessages === undefined) return rows;
  rows.push(["Waiting, in flight", `${number(evidence.visibleMessages)}, ${number(evidence.inFlightMessages)}`]);
  rows.push(["Arrivals", `${number(evidence.arrivalsPerSecond, 1)} a second`]);
  rows.push(["Time of a message", `${number(evidence.secondsPerMessage, 2)} s`]);
  rows.push(["A new task works after", `${number(evidence.leadSeconds)} s`]);
  rows.push(["The newest message would wait", `${number(evidence.expectedWaitSeconds)} s`]);
  return rows;
};

/** The hour's changes, as steps of its one message. */
export const scaleSteps = (records: readonly LedgerRecord[]): Incident["steps"] =>
  records
    .filter(({ plan }) => plan !== undefined)
    .map(({ at, evidence: { from, to } }) => ({ name: `${String(from)} → ${String(to)}`, outcome: "done", at }));
