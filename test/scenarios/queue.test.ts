/** The platform's worker and its queue, through the deployed stacks: what a look costs, and what happens when something breaks. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import type { SlackDoor, SqsDoor } from "../../local/neighbours.ts";
import { CLUSTER, startWorld, type World } from "./world.ts";

const WORKER = "worker";

const callsOf = (world: World) =>
  world.cloud.local.calls.all().filter(({ functionName }) => functionName === "reflex-scale");

/** The event source's own polls, and the minute's division. */
const NOT_OF_A_TICK = new Set(["ReceiveMessage", "DeleteMessage", "DeleteMessageBatch", "SendMessageBatch"]);

/** Calls of each tick but those to the ledger; a tick takes no virtual time. */
const ticksSince = (world: World, from: string) => {
  const calls = callsOf(world).filter(
    ({ at, service, operation }) => at >= from && service !== "dynamodb" && !NOT_OF_A_TICK.has(operation),
  );
  return [...Map.groupBy(calls, ({ at }) => at).values()];
};

const names = (calls: readonly { readonly operation: string }[]) => calls.map(({ operation }) => operation).sort();

const sqsOf = (world: World) => world.cloud.local.cloud.neighbour<SqsDoor>("sqs");

const queueOf = (world: World) => {
  const queue = sqsOf(world)
    .queues()
    .find(({ name }) => name === WORKER);
  if (queue === undefined) throw new Error(`there is no queue ${WORKER}`);
  return queue;
};

const saidOf = (world: World): readonly string[] => {
  const slack = world.cloud.local.cloud.neighbour<SlackDoor>("slack");
  return slack.messages().flatMap(({ text }) => (text.includes(WORKER) ? [text] : []));
};

/** Takes the scaler's clock away, as somebody might by hand. */
const withoutSchedule = (world: World) => world.ask("scheduler", "DeleteSchedule", { Name: "reflex-scale" });

test("a look costs two calls of AWS besides the ledger, one that changes the count four, and the role allows each", async () => {
  const world = await startWorld();
  const from = world.door.now();
  await world.pass(600);
  const quiet = ticksSince(world, from).map(names);
  const plain = quiet.filter((calls) => calls.length === 2);
  expect(new Set(plain.map(String))).toEqual(new Set(["DescribeServices,GetQueueAttributes"]));
  // Every five minutes one look asks for other people's scaling as well, and every ten for minutes of metrics.
  expect(quiet.length - plain.length).toBeLessThanOrEqual(2);
  expect(quiet.length).toBeGreaterThanOrEqual(59);
  const flood = world.door.now();
  world.door.loadQueue(WORKER, { messages: 200 });
  await world.until("more tasks", () => world.service(WORKER).desiredCount > 1);
  const changing = ticksSince(world, flood)
    .map(names)
    .filter((calls) => calls.includes("UpdateService"));
  expect(changing).toEqual([["DescribeServices", "GetQueueAttributes", "PutEvents", "UpdateService"]]);
});

test("what is remembered of a busy queue costs at most two write units", async () => {
  const world = await startWorld();
  world.door.loadQueue(WORKER, { ratePerSecond: 1.3 });
  await world.pass(1200);
  const table = world.resource("AWS::DynamoDB::GlobalTable", /Ledger/);
  const Key = { pk: { S: `service#${world.service(WORKER).arn}` }, sk: { S: "state" } };
  const { Item } = await world.ask("dynamodb", "GetItem", { TableName: table, Key });
  const bytes = Object.entries(Item as JsonObject).reduce((sum, [name, value]) => {
    const { B, S, N } = value as { B?: string; S?: string; N?: string };
    return sum + name.length + (B === undefined ? (S ?? N ?? "").length : Buffer.from(B, "base64").length);
  }, 0);
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThanOrEqual(2048);
});

test("messages wake the scaler through the alarm on the queue's depth when its schedule is gone", async () => {
  const world = await startWorld();
  await withoutSchedule(world);
  await world.pass(120);
  const from = world.door.now();
  world.door.loadQueue(WORKER, { messages: 100 });
  await world.until("more tasks", () => world.service(WORKER).desiredCount > 1, 300);
  expect(ticksSince(world, from)).toHaveLength(1);
});

test("while the scaler is silent and messages are late, the dead-man adds tasks, and the scaler takes it for its own", async () => {
  const world = await startWorld();
  await withoutSchedule(world);
  await world.pass(120);
  await world.ask("events", "DisableRule", { Name: world.resource("AWS::Events::Rule", /ScaleDepth/) });
  const from = world.door.now();
  const { desiredCount } = world.service(WORKER);
  world.door.loadQueue(WORKER, { ratePerSecond: 1.2 });
  await world.until("tasks of the dead-man", () => world.service(WORKER).desiredCount > desiredCount + 1, 1200);
  expect(callsOf(world).filter(({ at, operation }) => at > from && operation === "UpdateService")).toEqual([]);
  const { ScalingPolicies } = await world.ask("application-autoscaling", "DescribeScalingPolicies", {
    ServiceNamespace: "ecs",
    ResourceId: `service/${CLUSTER}/${WORKER}`,
  });
  expect(ScalingPolicies).toMatchObject([{ PolicyName: "ecs-reflex-dead-man" }]);
});

test("a queue that sleeps or is gone is no reason for the dead-man", async () => {
  const world = await startWorld();
  await withoutSchedule(world);
  await world.ask("sqs", "DeleteQueue", { QueueUrl: queueOf(world).url });
  await world.pass(600);
  expect(world.service(WORKER).desiredCount).toBe(1);
});

test("a queue that was deleted is told of once, and no task is taken away for it", async () => {
  const world = await startWorld({ isDenying: true });
  const queue = queueOf(world);
  world.door.loadQueue(WORKER, { messages: 100 });
  const isDone = () => Object.values(sqsOf(world).counts(queue.arn)).every((count) => count === 0);
  await world.pass(20);
  await world.until("all work done", isDone);
  await world.ask("sqs", "DeleteQueue", { QueueUrl: queueOf(world).url });
  const { desiredCount } = world.service(WORKER);
  expect(desiredCount).toBeGreaterThan(1);
  await world.pass(900);
  expect(world.service(WORKER).desiredCount).toBe(desiredCount);
  expect(saidOf(world).filter((text) => text.includes("a queue that does not exist"))).toHaveLength(1);
});

test("the worker's own scalable target holds, whatever the configuration says", async () => {
  const config = {
    services: { "production/worker": { scale: { queueName: WORKER, min: 1, max: 50, busyTasks: "drain" } } },
  };
  const world = await startWorld({ config });
  world.door.loadQueue(WORKER, { messages: 1000 });
  await world.pass(200);
  expect(world.service(WORKER).desiredCount).toBe(5);
});

test("a worker that somebody else's policy scales gets its minimum moved, and the owner's back when the queue is empty", async () => {
  const world = await startWorld();
  const target = { ServiceNamespace: "ecs", ResourceId: `service/${CLUSTER}/${WORKER}` };
  const dimension = { ScalableDimension: "ecs:service:DesiredCount" };
  await world.ask("application-autoscaling", "PutScalingPolicy", {
    ...target,
    ...dimension,
    PolicyName: "cpu",
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
    },
  });
  await world.pass(310);
  const from = world.door.now();
  const minimum = async () => {
    const { ScalableTargets } = await world.ask("application-autoscaling", "DescribeScalableTargets", {
      ServiceNamespace: "ecs",
      ResourceIds: [target.ResourceId],
    });
    return (ScalableTargets as readonly { MinCapacity: number }[])[0]?.MinCapacity;
  };
  world.door.loadQueue(WORKER, { messages: 120 });
  await world.until("a higher minimum", async () => ((await minimum()) ?? 0) > 2);
  expect(world.service(WORKER).desiredCount).toBeGreaterThan(2);
  await world.until("the owner's minimum", async () => (await minimum()) === 1, 3600);
  expect(callsOf(world).filter(({ at, operation }) => at >= from && operation === "UpdateService")).toEqual([]);
  expect(saidOf(world).some((text) => text.includes("at least"))).toBe(true);
});

test("a queue whose policy keeps us out is told of once, and no task is taken away for it", async () => {
  const world = await startWorld({ isDenying: true });
  const { url, arn } = queueOf(world);
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "sqs:GetQueueAttributes", Resource: arn }],
  });
  await world.ask("sqs", "SetQueueAttributes", { QueueUrl: url, Attributes: { Policy } });
  await world.pass(600);
  expect(saidOf(world).filter((text) => text.includes("something refuses us"))).toHaveLength(1);
  expect(world.service(WORKER).desiredCount).toBe(1);
});
