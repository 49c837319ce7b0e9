/** A worker as the scaler's ports show it, twice: in memory, and made of SQS, ECS, CloudWatch and Application Auto Scaling. */
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ECSClient } from "@aws-sdk/client-ecs";
import { SQSClient } from "@aws-sdk/client-sqs";
import { cloudwatchMetrics } from "#shared/aws/cloudwatch-metrics.ts";
import { ecsTaskCounts } from "#shared/aws/ecs-task-counts.ts";
import { applicationScalableTargets } from "#shared/aws/scalable-targets.ts";
import { sqsQueues } from "#shared/aws/sqs-queues.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Metrics, QueueMinute } from "#shared/ports/metrics.ts";
import type { Queues } from "#shared/ports/queues.ts";
import type { ScalableTargets } from "#shared/ports/scalable-targets.ts";
import type { TaskCounts } from "#shared/ports/task-counts.ts";
import type { JsonObject } from "../../local/contract.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeWorker, WORKER } from "../fakes/worker.ts";
import type { ContractCloud } from "./cloud.ts";

/** A minute is whole, and shows, within so many seconds of its end. */
export const PUBLISHED_SECONDS = 120;
const TARGET = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" };

/** The ports, and hands to move what they show. */
export interface WorkerSubject {
  readonly queues: Queues;
  readonly tasks: TaskCounts;
  readonly targets: ScalableTargets;
  readonly metrics: Metrics;
  readonly ref: ServiceRef;
  readonly queueName: string;
  now(): Date;
  pass(seconds: number): Promise<void>;
  /** Puts messages into the queue, lets some be taken, and some of those be done. */
  work(messages: { readonly sent: number; readonly taken?: number; readonly done?: number }): Promise<void>;
  /** What the workers report of the last messages, in seconds. */
  report(...seconds: readonly number[]): Promise<void>;
  /** Somebody bounds the service, and scales it by these policies. */
  bound(min: number, max: number, ...policies: readonly string[]): Promise<void>;
  unbound(): Promise<void>;
  deleteQueue(): Promise<void>;
  deleteService(): Promise<void>;
}

export const workerInMemory = async (): Promise<WorkerSubject> => {
  const clock = fakeClock();
  const worker = fakeWorker();
  const counts = { sent: 0, taken: 0, done: 0 };
  const firstSeconds = clock.now().getTime() / 1000;
  const minutes: { sent: number; done: number; reported: number[] }[] = [];
  const minuteNow = () => {
    const index = Math.floor((clock.now().getTime() / 1000 - firstSeconds) / 60);
    while (minutes.length <= index) minutes.push({ sent: 0, done: 0, reported: [] });
    return minutes[index] ?? { sent: 0, done: 0, reported: [] };
  };
  const published = (): readonly QueueMinute[] => {
    const whole = Math.floor((clock.now().getTime() / 1000 - firstSeconds - PUBLISHED_SECONDS) / 60);
    return minutes.slice(0, Math.max(0, whole)).map(({ sent, done, reported }, index) => ({
      startSeconds: firstSeconds + 60 * index,
      sentMessages: sent,
      deletedMessages: done,
      ...(reported.length > 0 && {
        secondsPerMessage: reported.reduce((sum, seconds) => sum + seconds, 0) / reported.length,
      }),
    }));
  };
  return {
    queues: worker.queues,
    tasks: worker.tasks,
    targets: worker.targets,
    metrics: worker.metrics,
    ref: WORKER,
    queueName: "jobs",
    now: () => clock.now(),
    async pass(seconds) {
      clock.advance(seconds);
      worker.settle();
      minuteNow();
      worker.minutes = published();
    },
    async work({ sent, taken = 0, done = 0 }) {
      counts.sent += sent;
      counts.taken += taken;
      counts.done += done;
      minuteNow().sent += sent;
      minuteNow().done += done;
      worker.counts = {
        visibleMessages: counts.sent - counts.taken,
        inFlightMessages: counts.taken - counts.done,
      };
    },
    async report(...seconds) {
      minuteNow().reported.push(...seconds);
    },
    async bound(min, max, ...policies) {
      worker.target = { min, max, policies };
    },
    async unbound() {
      worker.target = "gone";
    },
    async deleteQueue() {
      worker.counts = "gone";
    },
    async deleteService() {
      worker.service = "gone";
    },
  };
};

let count = 0;

export const workerOnAws = async ({ client, cloud: running }: ContractCloud): Promise<WorkerSubject> => {
  count += 1;
  const [name, queueName] = [`worker-${count}`, `jobs-${count}`];
  const ref = { arn: WORKER.arn.replace(/worker$/, name), cluster: "production", name };
  const ask = (service: string, operation: string, input: JsonObject) =>
    running.door.request(service, operation, input);
  // The platform's own worker is what a new one is made of.
  const { services } = await ask("ecs", "DescribeServices", { cluster: "production", services: ["worker"] });
  const [{ taskDefinition, networkConfiguration } = {}] = services as readonly JsonObject[];
  const like = { cluster: "production", taskDefinition, networkConfiguration };
  await ask("ecs", "CreateService", { ...like, serviceName: name, desiredCount: 1 });
  const { QueueUrl } = await ask("sqs", "CreateQueue", { QueueName: queueName });
  await running.advance(240 - ((running.local.clock.now() / 1000) % 60));
  const target = { ...TARGET, ResourceId: `service/production/${name}` };
  const held: string[] = [];
  return {
    queues: sqsQueues(new SQSClient(client), `${new URL(String(QueueUrl)).origin}/111122223333/ours`),
    tasks: ecsTaskCounts(new ECSClient(client)),
    targets: applicationScalableTargets(new ApplicationAutoScalingClient(client)),
    metrics: cloudwatchMetrics(new CloudWatchClient(client)),
    ref,
    queueName,
    now: () => new Date(running.local.clock.now()),
    pass: (seconds) => running.advance(seconds),
    async work({ sent, taken = 0, done = 0 }) {
      const send = (at: number) => ask("sqs", "SendMessage", { QueueUrl, MessageBody: String(at) });
      for (let at = 0; at < sent; at += 1) await send(at);
      for (let at = 0; at < taken; at += 1) {
        const { Messages } = await ask("sqs", "ReceiveMessage", { QueueUrl, VisibilityTimeout: 3600 });
        held.push(...(Messages as readonly JsonObject[]).map(({ ReceiptHandle }) => String(ReceiptHandle)));
      }
      for (const ReceiptHandle of held.splice(0, done)) await ask("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle });
    },
    async report(...Values) {
      const Dimensions = [{ Name: "QueueName", Value: queueName }];
      const MetricData = [{ MetricName: "SecondsPerMessage", Dimensions, Values, Unit: "Seconds" }];
      await ask("cloudwatch", "PutMetricData", { Namespace: "EcsReflex/Workers", MetricData });
    },
    async bound(MinCapacity, MaxCapacity, ...policies) {
      await ask("application-autoscaling", "RegisterScalableTarget", { ...target, MinCapacity, MaxCapacity });
      for (const PolicyName of policies)
        await ask("application-autoscaling", "PutScalingPolicy", {
          ...target,
          PolicyName,
          PolicyType: "StepScaling",
          StepScalingPolicyConfiguration: {
            AdjustmentType: "ChangeInCapacity",
            StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
          },
        });
    },
    unbound: async () => void (await ask("application-autoscaling", "DeregisterScalableTarget", target)),
    deleteQueue: async () => void (await ask("sqs", "DeleteQueue", { QueueUrl })),
    async deleteService() {
      await ask("ecs", "DeleteService", { cluster: "production", service: name, force: true });
      await running.advance(600);
    },
  };
};
