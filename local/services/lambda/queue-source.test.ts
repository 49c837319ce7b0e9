import { afterEach, beforeEach, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, mayConsume, type World } from "./testing/world.ts";

let world: World;
let queueArn: string;
beforeEach(async () => {
  world = await createWorld();
  queueArn = world.queues.create("jobs", 60);
});
afterEach(() => world.stop());

const connect = (properties: JsonObject = {}, functionProperties: JsonObject = {}): void => {
  world.makeProbe("worker", functionProperties, [mayConsume(queueArn)]);
  world.make("AWS::Lambda::EventSourceMapping", "Mapping", {
    EventSourceArn: queueArn,
    FunctionName: "worker",
    BatchSize: 10,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ...properties,
  });
  world.start();
};
const sum = (name: string): number =>
  world.metrics.filter((metric) => metric.name === name).reduce((total, { value }) => total + value, 0);
const events = (): { Records: unknown[] }[] => world.asked.map(({ body }) => ({ Records: JSON.parse(body).Records }));

test("messages are handed over in one batch and deleted when the function is done", async () => {
  connect();
  world.queues.load(queueArn, ["ok", "ok", "ok"]);
  await world.pass(1);
  expect(world.queues.bodies(queueArn)).toEqual([]);
  expect(sum("Invocations")).toBe(1);
});

test("the event has the shape of Lambda's own", async () => {
  connect();
  const messageId = world.queues.send(queueArn, "echo", "Root=1-aa-bb");
  await world.pass(1);
  expect(events()).toEqual([
    {
      Records: [
        {
          messageId,
          receiptHandle: expect.any(String),
          body: "echo",
          attributes: { ApproximateReceiveCount: "1", AWSTraceHeader: "Root=1-aa-bb" },
          messageAttributes: {
            kind: { dataType: "String", stringValue: "test", stringListValues: [], binaryListValues: [] },
          },
          md5OfBody: "-",
          eventSource: "aws:sqs",
          eventSourceARN: queueArn,
          awsRegion: "us-east-1",
        },
      ],
    },
  ]);
});

test("a reported failure keeps that message alone, until its visibility timeout ends", async () => {
  connect();
  world.queues.load(queueArn, ["ok", "fail", "ok"]);
  await world.pass(59);
  expect(world.queues.bodies(queueArn)).toEqual(["fail"]);
  expect(world.queues.receives(queueArn)).toEqual([1]);
  await world.pass(5);
  expect(world.queues.receives(queueArn)).toEqual([2]);
});

test.each([
  ["throws", "throw"],
  ["dies", "crash"],
  ["answers with an identifier that is none", "garble"],
])("the whole batch comes back when the function %s", async (_, body) => {
  connect();
  world.queues.load(queueArn, ["ok", body]);
  await world.pass(30);
  expect(world.queues.bodies(queueArn)).toEqual(["ok", body]);
});

test("without item failures in the mapping a reported failure counts for nothing", async () => {
  connect({ FunctionResponseTypes: [] });
  world.queues.load(queueArn, ["ok", "fail"]);
  await world.pass(1);
  expect(world.queues.bodies(queueArn)).toEqual([]);
});

test("a function past its deadline is killed, and its messages return after the visibility timeout", async () => {
  connect();
  world.queues.send(queueArn, "sleep 40");
  await world.pass(59);
  expect(sum("Errors")).toBe(1);
  expect(world.queues.receives(queueArn)).toEqual([1]);
  await world.pass(2);
  expect(world.queues.receives(queueArn)).toEqual([2]);
});

test("never more batches at once than the mapping's maximum concurrency", async () => {
  connect({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  world.queues.load(queueArn, Array(6).fill("sleep 10"));
  await world.pass(15);
  expect(world.queues.bodies(queueArn)).toHaveLength(4);
  await world.pass(20);
  expect(world.queues.bodies(queueArn)).toEqual([]);
  expect(
    Math.max(...world.metrics.filter(({ name }) => name === "ConcurrentExecutions").map(({ value }) => value)),
  ).toBe(2);
});

test("pollers begin with five batches and grow by five a second", async () => {
  connect({ BatchSize: 1 });
  world.queues.load(queueArn, Array(30).fill("sleep 10"));
  await world.pass(0.5);
  expect(sum("ConcurrentExecutions")).toBe(1 + 2 + 3 + 4 + 5);
  await world.pass(1);
  expect(
    Math.max(...world.metrics.filter(({ name }) => name === "ConcurrentExecutions").map(({ value }) => value)),
  ).toBe(10);
});

test("a throttled batch stays in flight until its visibility timeout ends", async () => {
  connect({ BatchSize: 1 }, { ReservedConcurrentExecutions: 1 });
  world.queues.load(queueArn, ["sleep 5", "sleep 5"]);
  await world.pass(30);
  expect(sum("Throttles")).toBe(1);
  expect(world.queues.bodies(queueArn)).toHaveLength(1);
  await world.pass(40);
  expect(world.queues.bodies(queueArn)).toEqual([]);
});

test("a batching window gathers what comes within it", async () => {
  connect({ BatchSize: 100, MaximumBatchingWindowInSeconds: 5 });
  world.queues.send(queueArn, "echo");
  await world.pass(3);
  world.queues.send(queueArn, "echo");
  await world.pass(1);
  expect(world.asked).toHaveLength(0);
  await world.pass(2);
  expect(events().map(({ Records }) => Records.length)).toEqual([2]);
});

test("a full batch does not wait for its window", async () => {
  connect({ BatchSize: 12, MaximumBatchingWindowInSeconds: 300 });
  world.queues.load(queueArn, Array(12).fill("echo"));
  await world.pass(1);
  expect(events().map(({ Records }) => Records.length)).toEqual([12]);
});

test("polls are made and logged as the function's role", async () => {
  connect();
  world.queues.send(queueArn, "ok");
  await world.pass(1);
  const made = world.local.calls.all().filter(({ service }) => service === "sqs");
  expect(new Set(made.map(({ operation }) => operation))).toEqual(
    new Set(["GetQueueAttributes", "ReceiveMessage", "DeleteMessage"]),
  );
  expect(made.every(({ statement }) => statement?.startsWith("workerRole/inline"))).toBe(true);
});

test.each(["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])(
  "a role without sqs:%s gets no mapping",
  (action) => {
    const actions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].filter((each) => each !== action);
    world.makeProbe("worker", {}, [
      { Effect: "Allow", Action: actions.map((each) => `sqs:${each}`), Resource: queueArn },
    ]);
    world.make("AWS::Lambda::EventSourceMapping", "Mapping", { EventSourceArn: queueArn, FunctionName: "worker" });
    expect(() => world.start()).toThrow(`does not have permissions to call ${action} on SQS`);
  },
);

test("a queue whose visibility timeout is shorter than the function's timeout gets no mapping", () => {
  expect(() => connect({}, { Timeout: 61 })).toThrow(
    "Queue visibility timeout: 60 seconds is less than Function timeout: 61 seconds",
  );
});

test.each([
  [{ BatchSize: 11 }, "MaximumBatchingWindowInSeconds of at least 1"],
  [{ ScalingConfig: { MaximumConcurrency: 1 } }, "not between 2 and 1000"],
  [{ FilterCriteria: {} }, "FilterCriteria is not modelled"],
])("refuses %j", (properties, text) => {
  expect(() => connect(properties)).toThrow(text);
});

test("a disabled mapping leaves its queue alone", async () => {
  connect({ Enabled: false });
  world.queues.send(queueArn, "ok");
  await world.pass(10);
  expect(world.queues.bodies(queueArn)).toEqual(["ok"]);
});

test("a chain that comes back seventeen times is stopped, loudly, and ends in the function's dead letters", async () => {
  const deadLetterArn = world.queues.create("dead");
  world.makeProbe("worker", { DeadLetterConfig: { TargetArn: deadLetterArn } }, [
    mayConsume(queueArn),
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterArn },
  ]);
  world.make("AWS::Lambda::EventSourceMapping", "Mapping", { EventSourceArn: queueArn, FunctionName: "worker" });
  world.start();
  // The test sends on what the function would: the trace header that its invocation had.
  world.onAsked(({ body }) => {
    world.queues.send(queueArn, "echo", JSON.parse(body).trace);
    return { status: 200, body: "sent" };
  });
  world.queues.send(queueArn, "echo");
  await world.pass(10);
  expect(world.asked).toHaveLength(16);
  expect(world.queues.bodies(queueArn)).toEqual([]);
  expect(world.queues.bodies(deadLetterArn)).toEqual(["echo"]);
  expect(sum("RecursiveInvocationsDropped")).toBe(1);
  expect(world.said.join("\n")).toContain("worker was stopped");
});
