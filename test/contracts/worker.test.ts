/** What the scaler reads and changes of a worker: the one in memory, and SQS, ECS, CloudWatch and Application Auto Scaling. */
import { CloudWatchClient, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { beforeEach, describe, expect, test } from "vitest";
import { cloudwatchMetrics } from "#shared/aws/cloudwatch-metrics.ts";
import { contractCloud } from "./cloud.ts";
import { PUBLISHED_SECONDS, type WorkerSubject, workerInMemory, workerOnAws } from "./worker.ts";

const cloud = contractCloud();

const onAws = () => workerOnAws(cloud.now());

describe.each<[string, () => Promise<WorkerSubject>]>([
  ["in memory", workerInMemory],
  ["on AWS", onAws],
])("a worker %s", (_, make) => {
  let subject: WorkerSubject;
  beforeEach(async () => {
    subject = await make();
  });

  const service = async () => {
    const read = await subject.tasks.read(subject.ref);
    if (read.kind !== "read") throw new Error(`the service is ${read.kind}`);
    return read.value;
  };
  const countsOf = () => subject.queues.counts(subject.queueName);

  test("has a queue with messages that wait and messages that are worked on", async () => {
    await subject.pass(60);
    expect(await countsOf()).toEqual({ kind: "read", value: { visibleMessages: 0, inFlightMessages: 0 } });
    await subject.work({ sent: 7, taken: 3, done: 1 });
    await subject.pass(60);
    expect(await countsOf()).toEqual({ kind: "read", value: { visibleMessages: 4, inFlightMessages: 2 } });
    await subject.deleteQueue();
    expect(await countsOf()).toEqual({ kind: "gone" });
  });

  test("has as many tasks as it is set to, without a deployment, and none once it is deleted", async () => {
    const before = await service();
    expect(before).toMatchObject({ ref: subject.ref, status: "ACTIVE", desiredCount: 1, runningCount: 1 });
    expect(await subject.tasks.set(subject.ref, 3)).toEqual({ kind: "read", value: true });
    expect(await service()).toMatchObject({ desiredCount: 3, runningCount: 1 });
    await subject.pass(240);
    const after = await service();
    expect(after).toMatchObject({ desiredCount: 3, runningCount: 3, pendingCount: 0 });
    expect(after.taskDefinitionArn).toBe(before.taskDefinitionArn);
    expect(after.deployments.map(({ id }) => id)).toEqual(before.deployments.map(({ id }) => id));
    await subject.deleteService();
    expect(await subject.tasks.set(subject.ref, 1)).toEqual({ kind: "gone" });
  });

  test("has the bounds that somebody gave it, whose minimum can be moved and takes the count along", async () => {
    expect(await subject.targets.read(subject.ref)).toEqual({ kind: "gone" });
    await subject.bound(0, 4, "theirs", "ecs-reflex-dead-man");
    const bounds = { min: 0, max: 4, policies: ["theirs", "ecs-reflex-dead-man"] };
    expect(await subject.targets.read(subject.ref)).toEqual({ kind: "read", value: bounds });
    expect(await subject.targets.setMinimum(subject.ref, 3)).toEqual({ kind: "read", value: true });
    expect((await service()).desiredCount).toBe(3);
    expect(await subject.targets.setMinimum(subject.ref, 1)).toEqual({ kind: "read", value: true });
    expect((await service()).desiredCount).toBe(3);
    expect(await subject.targets.read(subject.ref)).toEqual({ kind: "read", value: { ...bounds, min: 1 } });
  });

  test("takes no minimum above its maximum, and none once its bounds are gone", async () => {
    await subject.bound(1, 2);
    expect(await subject.targets.setMinimum(subject.ref, 3)).toEqual({ kind: "unreadable" });
    expect(await subject.targets.read(subject.ref)).toEqual({ kind: "read", value: { min: 1, max: 2, policies: [] } });
    await subject.unbound();
    expect(await subject.targets.setMinimum(subject.ref, 1)).toEqual({ kind: "unreadable" });
    expect(await subject.targets.read(subject.ref)).toEqual({ kind: "gone" });
  });

  describe("and the minutes of its queue", () => {
    const minute = (seconds: number): Date =>
      new Date(Math.floor(subject.now().getTime() / 60_000) * 60_000 + seconds * 1000);
    const read = async (from: Date, to: Date, isReported = false) => {
      const answer = await subject.metrics.queueMinutes(subject.queueName, { from, to, isReported });
      if (answer.kind !== "read") throw new Error(`the minutes are ${answer.kind}`);
      return answer.value;
    };

    test("tell what came and what was done in each, from the first on and without the one that ends the span", async () => {
      const [start, end] = [minute(0), minute(120)];
      await subject.work({ sent: 5, taken: 2 });
      await subject.pass(60);
      await subject.work({ sent: 1, done: 2 });
      await subject.pass(60);
      await subject.work({ sent: 9 });
      await subject.pass(60 + PUBLISHED_SECONDS);
      const startSeconds = start.getTime() / 1000;
      expect(await read(start, end)).toEqual([
        { startSeconds, sentMessages: 5, deletedMessages: 0 },
        { startSeconds: startSeconds + 60, sentMessages: 1, deletedMessages: 2 },
      ]);
      expect((await read(minute(-180), minute(-120))).map(({ sentMessages }) => sentMessages)).toEqual([9]);
    });

    test("are left out until they are published", async () => {
      const start = minute(0);
      await subject.work({ sent: 5 });
      await subject.pass(60);
      expect(await read(start, minute(60))).toEqual([]);
      await subject.pass(PUBLISHED_SECONDS);
      expect((await read(start, minute(60))).find((one) => one.sentMessages === 5)).toBeDefined();
    });

    test("carry the mean of what workers report where it is asked for, and nothing where none did", async () => {
      const [start, end] = [minute(0), minute(180)];
      await subject.report(1, 2);
      await subject.report(6);
      await subject.pass(60);
      await subject.pass(60);
      await subject.report(10);
      await subject.pass(60 + PUBLISHED_SECONDS);
      expect((await read(start, end, true)).map((one) => one.secondsPerMessage)).toEqual([3, undefined, 10]);
      expect((await read(start, end)).some((one) => "secondsPerMessage" in one)).toBe(false);
    });
  });
});

test("a queue, a service and a cluster that never were are gone, and their metrics are none", async () => {
  const { queues, tasks, metrics, ref, now } = await onAws();
  expect(await queues.counts("nothing")).toEqual({ kind: "gone" });
  for (const name of ["nothing", "nothing.fifo"]) expect(await queues.counts(name)).toEqual({ kind: "gone" });
  for (const nowhere of [
    { ...ref, name: "nothing" },
    { ...ref, cluster: "nowhere" },
  ]) {
    expect(await tasks.read(nowhere)).toEqual({ kind: "gone" });
    expect(await tasks.set(nowhere, 2)).toEqual({ kind: "gone" });
  }
  const span = { from: new Date(now().getTime() - 600_000), to: now(), isReported: true };
  expect(await metrics.queueMinutes("nothing", span)).toEqual({ kind: "read", value: [] });
});

test("a FIFO queue has counts as any other: that it is not followed is no matter of reading it", async () => {
  const { queues } = await onAws();
  const { cloud: running } = cloud.now();
  const Attributes = { FifoQueue: "true", ContentBasedDeduplication: "true" };
  const { QueueUrl } = await running.door.request("sqs", "CreateQueue", { QueueName: "jobs.fifo", Attributes });
  await running.door.request("sqs", "SendMessage", { QueueUrl, MessageBody: "a", MessageGroupId: "g" });
  await running.advance(60);
  expect(await queues.counts("jobs.fifo")).toEqual({
    kind: "read",
    value: { visibleMessages: 1, inFlightMessages: 0 },
  });
});

/** The platform's queue, of whose second series, its deletions, CloudWatch answers otherwise. */
const minutesWith = async (change: Partial<MetricDataResult>) => {
  const { client, cloud: running } = cloud.now();
  const cloudwatch = new CloudWatchClient(client);
  cloudwatch.middlewareStack.add(
    (next) => async (args) => {
      const answered = await next(args);
      const { MetricDataResults: [, deleted] = [] } = answered.output as { MetricDataResults?: MetricDataResult[] };
      Object.assign(deleted ?? {}, change);
      return answered;
    },
    { step: "initialize" },
  );
  const span = { from: new Date("2026-11-23T03:00:00Z"), to: new Date("2026-11-23T03:02:00Z"), isReported: false };
  await running.advance(PUBLISHED_SECONDS);
  return cloudwatchMetrics(cloudwatch).queueMinutes("worker", span);
};

test("a series that CloudWatch could not tell whole is no silence of the queue", async () => {
  expect(await minutesWith({ StatusCode: "InternalError" })).toEqual({ kind: "unreadable" });
});

test("a minute of which CloudWatch knows one half is still on its way", async () => {
  expect(await minutesWith({})).toMatchObject({ kind: "read", value: [{}, {}] });
  const Timestamps = [new Date("2026-11-23T03:01:00Z")];
  expect(await minutesWith({ Timestamps, Values: [0] })).toMatchObject({
    kind: "read",
    value: [{ startSeconds: Date.parse("2026-11-23T03:01:00Z") / 1000 }],
  });
});
