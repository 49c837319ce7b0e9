/** A service that works a queue, as the scaler's ports show it: what a test says is what is read. */
import type { Kill } from "#shared/domain/kill.ts";
import type { ServiceRef, ServiceState } from "#shared/domain/service.ts";
import type { Metrics, QueueMinute } from "#shared/ports/metrics.ts";
import type { QueueCounts, Queues } from "#shared/ports/queues.ts";
import type { Reading } from "#shared/ports/reading.ts";
import type { ScalableTarget, ScalableTargets } from "#shared/ports/scalable-targets.ts";
import type { TaskCounts } from "#shared/ports/task-counts.ts";

export const SERVICES_ARN = "arn:aws:ecs:us-east-1:111122223333:service/";
export const WORKER: ServiceRef = { arn: `${SERVICES_ARN}production/worker`, cluster: "production", name: "worker" };
const REVISION = "arn:aws:ecs:us-east-1:111122223333:task-definition/worker:7";

const steady: ServiceState = {
  ref: WORKER,
  status: "ACTIVE",
  controller: "ECS",
  launchType: "FARGATE",
  isWindows: false,
  taskDefinitionArn: REVISION,
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  deployments: [],
  serviceRevisionArns: [],
  tags: { "reflex:scale:mode": "act" },
};

/** What a read answers instead of a value. */
export type Failure = "gone" | "denied" | "unreadable";

const of = <Value extends object>(value: Value | Failure): Reading<Value> =>
  typeof value === "string" ? { kind: value } : { kind: "read", value };

export interface FakeWorker {
  readonly queues: Queues;
  readonly metrics: Metrics;
  readonly tasks: TaskCounts;
  readonly targets: ScalableTargets;
  service: ServiceState | Failure;
  counts: QueueCounts | Failure;
  target: ScalableTarget | Failure;
  /** Every minute of the queue that is published, with what the workers reported. */
  minutes: readonly QueueMinute[] | Failure;
  /** What comes of a change; undefined carries it out. */
  refusal: Failure | undefined;
  /** Counts that were set, oldest first. */
  readonly sets: readonly number[];
  /** Minimums that were set, oldest first. */
  readonly minimums: readonly number[];
  /** Names of the queues that were asked for, and spans of minutes. */
  readonly asked: readonly string[];
  /** Tasks that were asked for run now. */
  settle(): void;
}

export const fakeWorker = (): FakeWorker => {
  const sets: number[] = [];
  const minimums: number[] = [];
  const asked: string[] = [];
  const state = (worker: FakeWorker, change: Partial<ServiceState>): void => {
    if (typeof worker.service !== "string") worker.service = { ...worker.service, ...change };
  };
  const worker: FakeWorker = {
    service: steady,
    counts: { visibleMessages: 0, inFlightMessages: 0 },
    target: "gone",
    minutes: [],
    refusal: undefined,
    sets,
    minimums,
    asked,
    queues: {
      async counts(queueName) {
        asked.push(queueName);
        return of<QueueCounts>(worker.counts);
      },
    },
    metrics: {
      async queueMinutes(queueName, { from, to, isReported }) {
        asked.push(`${queueName} ${from.toISOString().slice(11, 16)}-${to.toISOString().slice(11, 16)}`);
        if (typeof worker.minutes === "string") return { kind: worker.minutes };
        const inSpan = worker.minutes.filter(
          ({ startSeconds }) => startSeconds >= from.getTime() / 1000 && startSeconds < to.getTime() / 1000,
        );
        const value = isReported ? inSpan : inSpan.map(({ secondsPerMessage, ...minute }) => minute);
        return { kind: "read", value };
      },
    },
    tasks: {
      read: async () => of<ServiceState>(worker.service),
      async set(_, desiredCount) {
        if (worker.refusal) return { kind: worker.refusal };
        if (worker.service === "gone" || (typeof worker.service !== "string" && worker.service.status !== "ACTIVE"))
          return { kind: "gone" };
        sets.push(desiredCount);
        state(worker, { desiredCount });
        return { kind: "read", value: true };
      },
    },
    targets: {
      read: async () => of<ScalableTarget>(worker.target),
      async setMinimum(_, min) {
        if (worker.refusal) return { kind: worker.refusal };
        if (worker.target === "gone" || (typeof worker.target !== "string" && worker.target.max < min))
          return { kind: "unreadable" };
        minimums.push(min);
        if (typeof worker.target !== "string") worker.target = { ...worker.target, min };
        if (typeof worker.service !== "string" && worker.service.desiredCount < min)
          state(worker, { desiredCount: min });
        return { kind: "read", value: true };
      },
    },
    settle: () => {
      if (typeof worker.service !== "string")
        state(worker, { runningCount: worker.service.desiredCount, pendingCount: 0 });
    },
  };
  return worker;
};

/** A kill of the worker's running revision. */
export const killAt = (at: string): Kill => ({
  taskArn: "arn:aws:ecs:us-east-1:111122223333:task/production/1",
  container: "worker",
  revision: REVISION,
  at,
  ranSeconds: 100,
  version: 1,
});
