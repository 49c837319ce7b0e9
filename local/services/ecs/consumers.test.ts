import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, described, minutes, role, service, shop, type World } from "./world.fixture.ts";

const bodies = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `message ${index}`);

/** The service `api` as a worker of one queue; another queue is none of its business. */
async function worker(more: JsonObject = {}, visibilitySeconds = 30, statements: readonly JsonObject[] = []) {
  const world = createWorld();
  const { arn, queue } = world.addQueue("orders", visibilitySeconds);
  const other = world.addQueue("other");
  const taskRoleArn = role(world, "Worker", "ecs-tasks.amazonaws.com", [
    { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: arn },
    ...statements,
  ]);
  service(world, shop(world, { StopTimeout: 30 }, { TaskRoleArn: taskRoleArn }).definition, more);
  world.start();
  await world.pass(minutes(3));
  return { world, arn, queue, other };
}

const utilization = (world: World): readonly number[] =>
  world.metrics.filter(({ name }) => name === "CPUUtilization").map(({ value }) => value);

describe("a service whose task role may receive from a queue", () => {
  test("works it, two seconds a message and one at a time per task, and leaves other queues alone", async () => {
    const { world, arn, queue, other } = await worker();
    other.queue.load(bodies(3));
    queue.load(bodies(20));
    await world.pass(10.5);
    expect(queue.deleted).toHaveLength(10);
    await world.pass(10);
    expect(queue.deleted).toHaveLength(20);
    expect(world.door.consumed(arn)).toEqual({ processed: 20, lost: 0 });
    expect(other.queue.waiting).toHaveLength(3);
  });

  test("works as fast and as wide as it is told", async () => {
    const { world, arn, queue } = await worker();
    world.door.consume(arn, { secondsPerMessage: 5, slotsPerTask: 4 });
    queue.load(bodies(24));
    await world.pass(10.5);
    expect(queue.deleted).toHaveLength(16);
  });

  test("finishes what it has in hand on SIGTERM when that is possible", async () => {
    const { world, arn, queue } = await worker({ DesiredCount: 1 });
    world.door.consume(arn, { secondsPerMessage: 20 });
    queue.load(bodies(3));
    await world.pass(5);
    world.door.setDesiredCount("shop", "api", 0);
    await world.pass(minutes(2));
    expect(queue.deleted).toEqual(["message 0"]);
    expect(world.door.consumed(arn)).toEqual({ processed: 1, lost: 0 });
    const last = world.details("ECS Task State Change").at(-1);
    expect(last).toMatchObject({ lastStatus: "STOPPED", containers: [{ exitCode: 143 }] });
  });

  test("loses what takes longer than the stop timeout, and the message comes back after its visibility timeout", async () => {
    const { world, arn, queue } = await worker({ DesiredCount: 1 }, 120);
    world.door.consume(arn, { secondsPerMessage: 100 });
    queue.load(bodies(1));
    await world.pass(5);
    world.door.setDesiredCount("shop", "api", 0);
    await world.pass(minutes(1));
    expect(world.door.consumed(arn)).toEqual({ processed: 0, lost: 1 });
    expect(queue.waiting).toEqual([]);
    await world.pass(minutes(2));
    expect(queue.waiting).toEqual(["message 0"]);
    expect(world.details("ECS Task State Change").at(-1)).toMatchObject({ containers: [{ exitCode: 137 }] });
  });

  test("loses at once what it had in hand when it is killed for memory", async () => {
    const { world, arn, queue } = await worker({ DesiredCount: 1 });
    world.door.consume(arn, { secondsPerMessage: 25 });
    await world.pass(minutes(2));
    queue.load(bodies(40));
    world.door.suffer("shop", "api", { memoryMiB: 900 });
    await world.pass(48);
    expect(world.door.consumed(arn).lost).toBe(1);
  });

  test("goes on when the queue of a message in its hands is deleted", async () => {
    const { world, arn, queue } = await worker();
    queue.load(bodies(1));
    await world.pass(1);
    world.deleteQueue(arn);
    await world.pass(minutes(2));
    expect(queue.deleted).toEqual([]);
    expect(world.door.service("shop", "api")?.runningCount).toBe(2);
  });

  test.each([
    ["that may", "ecs:UpdateTaskProtection", 1],
    ["that may only look", "ecs:GetTaskProtection", 0],
  ])("is protected from scale-in by a busy task %s", async (_, Action, protectedTasks) => {
    const statement = { Effect: "Allow", Action, Resource: "arn:aws:ecs:us-east-1:111122223333:task/shop/*" };
    const { world, arn, queue } = await worker({}, 30, [statement]);
    world.door.consume(arn, { secondsPerMessage: 300, protect: true });
    queue.load(bodies(1));
    await world.pass(5);
    const tasks = world.door.service("shop", "api")?.tasks ?? [];
    expect(tasks.filter(({ protectedUntilMs }) => protectedUntilMs !== undefined)).toHaveLength(protectedTasks);
    world.door.setDesiredCount("shop", "api", 0);
    await world.pass(minutes(3));
    expect(await described(world)).toMatchObject({ runningCount: protectedTasks });
  });

  test("shows in its CPU metric how busy it is", async () => {
    const { world, queue } = await worker();
    expect(Math.max(...utilization(world))).toBeLessThan(5);
    queue.load(bodies(500));
    await world.pass(minutes(3));
    expect(utilization(world).at(-1)).toBeGreaterThan(60);
  });

  test("works a hundred thousand messages", async () => {
    const { world, arn, queue } = await worker({ DesiredCount: 20 });
    world.door.consume(arn, { slotsPerTask: 10 });
    queue.load(bodies(100_000));
    await world.pass(minutes(20));
    expect(world.door.consumed(arn).processed).toBe(100_000);
  });
});

test.each(["sqs:ReceiveMessage", "sqs:DeleteMessage"])(
  "a queue whose own policy denies %s is not worked, until it lets the role in again",
  async (Action) => {
    const { world, queue } = await worker({ DesiredCount: 1 });
    queue.policy = { Statement: [{ Effect: "Deny", Principal: "*", Action, Resource: "*" }] };
    queue.load(bodies(2));
    await world.pass(minutes(2));
    expect(queue.waiting).toHaveLength(2);
    queue.policy = undefined;
    await world.pass(30);
    expect(queue.deleted).toHaveLength(2);
  },
);

test("work that is done while the queue's policy changes is done again by somebody, for it cannot be deleted", async () => {
  const { world, queue } = await worker({ DesiredCount: 1 });
  queue.load(bodies(1));
  await world.pass(1);
  queue.policy = { Statement: [{ Effect: "Deny", Principal: "*", Action: "sqs:DeleteMessage", Resource: "*" }] };
  await world.pass(minutes(1));
  expect({ deleted: queue.deleted, waiting: queue.waiting }).toEqual({ deleted: [], waiting: ["message 0"] });
});

test("a role that may receive but not delete works no queue", async () => {
  const world = createWorld();
  const { arn, queue } = world.addQueue("orders");
  const taskRoleArn = role(world, "Peeker", "ecs-tasks.amazonaws.com", [
    { Effect: "Allow", Action: "sqs:ReceiveMessage", Resource: arn },
  ]);
  service(world, shop(world, {}, { TaskRoleArn: taskRoleArn }).definition);
  await world.pass(minutes(3));
  queue.load(bodies(3));
  await world.pass(minutes(1));
  expect(queue.waiting).toHaveLength(3);
});

describe("each minute CloudWatch hears", () => {
  test("of memory as a share of the task, and of counts with Container Insights", async () => {
    const world = createWorld();
    service(world, shop(world).definition, { DesiredCount: 1 });
    world.start();
    await world.pass(minutes(10));
    const last = (name: string) => world.metrics.findLast((metric) => metric.name === name);
    expect(last("MemoryUtilization")).toMatchObject({ service: "api", atMs: world.startMs + minutes(10) * 1000 });
    expect(last("MemoryUtilization")?.value).toBeCloseTo(60, 1);
    expect(last("RunningTaskCount")).toMatchObject({ value: 1 });
    expect(last("DesiredTaskCount")).toMatchObject({ value: 1 });
    expect(last("PendingTaskCount")).toMatchObject({ value: 0 });
  });

  test("nothing of the utilization of a service without tasks", async () => {
    const world = createWorld();
    service(world, shop(world).definition, { DesiredCount: 0 });
    world.start();
    await world.pass(minutes(10));
    expect(world.metrics.map(({ name }) => name)).not.toContain("CPUUtilization");
    expect(world.metrics.map(({ name }) => name)).toContain("RunningTaskCount");
  });
});
