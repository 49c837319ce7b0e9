import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, described, minutes, revise, service, shop, type World } from "./world.fixture.ts";

const TASK = "ECS Task State Change";
const ACTION = "ECS Service Action";

const steady = async (more: JsonObject = {}): Promise<World> => {
  const world = createWorld();
  service(world, shop(world).definition, more);
  await world.pass(minutes(5));
  return world;
};

const lines = async (world: World): Promise<readonly string[]> =>
  ((await described(world)).events as readonly JsonObject[]).map(({ message }) => String(message));

const actions = (world: World): readonly unknown[] => world.details(ACTION).map(({ eventName }) => eventName);

describe("the service scheduler", () => {
  test("starts the desired tasks, one in each zone, and reports the steady state once", async () => {
    const world = await steady();
    expect(await described(world)).toMatchObject({ desiredCount: 2, runningCount: 2, pendingCount: 0 });
    const zones = world.details(TASK).filter(({ lastStatus }) => lastStatus === "RUNNING");
    expect(zones.map(({ availabilityZone }) => availabilityZone).toSorted()).toEqual(["us-east-1a", "us-east-1b"]);
    expect(actions(world)).toEqual(["SERVICE_STEADY_STATE"]);
    expect(world.details(ACTION)[0]).toEqual({
      eventType: "INFO",
      eventName: "SERVICE_STEADY_STATE",
      clusterArn: "arn:aws:ecs:us-east-1:111122223333:cluster/shop",
      createdAt: expect.stringMatching(/^2026-11-23T09:01:/),
    });
    expect((await lines(world))[0]).toBe("(service api) has reached a steady state.");
  });

  test("repeats the steady state every six hours", async () => {
    const world = await steady();
    await world.pass(minutes(60 * 12));
    expect(actions(world)).toEqual(["SERVICE_STEADY_STATE", "SERVICE_STEADY_STATE", "SERVICE_STEADY_STATE"]);
  });

  test("starts one task when the template names no count", async () => {
    const world = createWorld();
    const { definition } = shop(world);
    world.declare("AWS::ECS::Service", "Service", {
      Cluster: "shop",
      ServiceName: "api",
      TaskDefinition: definition,
      LaunchType: "FARGATE",
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ["subnet-a"] } },
    });
    await world.pass(minutes(2));
    expect(await described(world)).toMatchObject({ desiredCount: 1, runningCount: 1 });
  });

  test("replaces a task that a person stopped", async () => {
    const world = await steady();
    const { taskArns } = await world.call("ListTasks", { cluster: "shop", serviceName: "api" });
    const [first] = taskArns as readonly string[];
    await world.call("StopTask", { cluster: "shop", task: first as string });
    await world.pass(5);
    expect(await described(world)).toMatchObject({ runningCount: 1, pendingCount: 1 });
    await world.pass(minutes(2));
    expect(await described(world)).toMatchObject({ runningCount: 2, pendingCount: 0 });
    expect((await world.call("ListTasks", { cluster: "shop", serviceName: "api" })).taskArns).not.toContain(first);
  });

  test("announces a count that Auto Scaling set, and not one that a person set", async () => {
    const world = await steady();
    await world.call("UpdateService", { cluster: "shop", service: "api", desiredCount: 3 });
    await world.pass(minutes(2));
    expect(actions(world)).not.toContain("SERVICE_DESIRED_COUNT_UPDATED");
    world.door.setDesiredCount("shop", "api", 4);
    expect(world.details(ACTION).at(-1)).toMatchObject({ eventName: "SERVICE_DESIRED_COUNT_UPDATED", desiredCount: 4 });
    await world.pass(minutes(2));
    expect(await described(world)).toMatchObject({ desiredCount: 4, runningCount: 4 });
    expect(world.details("ECS Deployment State Change")).toHaveLength(2);
  });

  test("stops from the fuller zone first, and leaves protected tasks alone until they are free", async () => {
    const world = await steady({ DesiredCount: 3 });
    const { taskArns } = await world.call("ListTasks", { cluster: "shop" });
    await world.call("UpdateTaskProtection", {
      cluster: "shop",
      tasks: taskArns as readonly string[],
      protectionEnabled: true,
      expiresInMinutes: 10,
    });
    world.door.setDesiredCount("shop", "api", 2);
    await world.pass(minutes(8));
    expect(await described(world)).toMatchObject({ runningCount: 3 });
    expect((await lines(world))[0]).toMatch(/unable to scale in. Reason: The number of protected tasks are more/);
    await world.pass(minutes(4));
    expect(await described(world)).toMatchObject({ runningCount: 2 });
    const left = world.door.service("shop", "api")?.tasks.map(({ arn }) => arn) ?? [];
    const answer = await world.call("DescribeTasks", { cluster: "shop", tasks: left });
    const zones = (answer.tasks as readonly JsonObject[]).map(({ availabilityZone }) => availabilityZone);
    expect(zones.toSorted()).toEqual(["us-east-1a", "us-east-1b"]);
  });

  test("takes from the fuller zone although a newer task is in the other", async () => {
    const world = await steady({ DesiredCount: 3 });
    const zones = async (): Promise<readonly (readonly [unknown, string])[]> => {
      const arns = (await world.call("ListTasks", { cluster: "shop" })).taskArns as readonly string[];
      const { tasks } = await world.call("DescribeTasks", { cluster: "shop", tasks: arns });
      return (tasks as readonly JsonObject[]).map(({ availabilityZone, taskArn }) => [
        availabilityZone,
        taskArn as string,
      ]);
    };
    const alone = (await zones()).find(([zone]) => zone === "us-east-1b");
    await world.call("StopTask", { cluster: "shop", task: alone?.[1] as string });
    await world.pass(minutes(3));
    world.door.setDesiredCount("shop", "api", 2);
    await world.pass(minutes(2));
    expect((await zones()).map(([zone]) => zone).toSorted()).toEqual(["us-east-1a", "us-east-1b"]);
  });

  test("launches no more than a hundred tasks at once and twenty a second", async () => {
    const world = createWorld();
    service(world, shop(world).definition, { DesiredCount: 200 });
    await world.pass(4);
    const early = world.details(TASK).length;
    expect(early).toBeGreaterThanOrEqual(100);
    expect(early).toBeLessThanOrEqual(160);
    await world.pass(minutes(2));
    expect(await described(world)).toMatchObject({ runningCount: 200 });
  });

  test("slows down when tasks never run, says so, and tries at most every 27 minutes", async () => {
    const world = createWorld();
    world.images.clear();
    service(world, shop(world).definition, { DesiredCount: 1, DeploymentConfiguration: {} });
    await world.pass(minutes(60 * 6));
    expect(actions(world)).toEqual(["SERVICE_TASK_START_IMPAIRED"]);
    expect((await lines(world)).filter((line) => line.includes("unable to consistently start tasks"))).toHaveLength(1);
    const starts = world.details(TASK).filter(({ lastStatus }) => lastStatus === "PROVISIONING");
    const gaps = starts
      .slice(1)
      .map(
        ({ createdAt }, index) =>
          (Date.parse(String(createdAt)) - Date.parse(String(starts[index]?.createdAt))) / 60_000,
      );
    expect(gaps[0]).toBeLessThan(1);
    expect(Math.max(...gaps)).toBeGreaterThan(27);
    expect(Math.max(...gaps)).toBeLessThan(28.5);
    expect(await described(world)).toMatchObject({ runningCount: 0, deployments: [{ rolloutState: "IN_PROGRESS" }] });
  });

  test("runs again soon after a new revision, whatever came before", async () => {
    const world = createWorld();
    service(world, shop(world).definition, { DesiredCount: 1, DeploymentConfiguration: {} });
    world.images.clear();
    await world.pass(minutes(120));
    world.images.set("public/nginx:1", `sha256:${"a".repeat(64)}`);
    const taskDefinition = await revise(world, { containerDefinitions: [{ name: "web", image: "public/nginx:1" }] });
    await world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition });
    await world.pass(minutes(3));
    expect(await described(world)).toMatchObject({ runningCount: 1, taskDefinition });
  });

  test("makes no task for a role that does not trust ECS tasks", async () => {
    const world = createWorld();
    const { definition } = shop(world, {}, { TaskRoleArn: "arn:aws:iam::111122223333:role/Nobody" });
    service(world, definition, { DesiredCount: 1 });
    await world.pass(30);
    expect(world.details(TASK)).toEqual([]);
    expect(actions(world)).toEqual(["SERVICE_TASK_CONFIGURATION_FAILURE"]);
    expect((await lines(world))[0]).toMatch(/unable to assume the role 'arn:aws:iam::111122223333:role\/Nobody'/);
    await world.pass(minutes(10));
    expect(await described(world)).toMatchObject({ deployments: [{ rolloutState: "FAILED" }] });
  });

  test("replaces a task whose container health check fails", async () => {
    const world = createWorld();
    const check = { HealthCheck: { Command: ["CMD", "true"], Interval: 10, Retries: 3, StartPeriod: 5 } };
    service(world, shop(world, check).definition, { DesiredCount: 1, DeploymentConfiguration: {} });
    world.door.suffer("shop", "api", { failHealth: true });
    await world.pass(minutes(3));
    expect(world.details(TASK).find(({ lastStatus }) => lastStatus === "STOPPED")).toMatchObject({
      stoppedReason: "Task failed container health checks",
      stopCode: "ServiceSchedulerInitiated",
    });
  });

  test("bills vCPU- and GB-seconds from the pull to the end", async () => {
    const world = await steady({ DesiredCount: 1 });
    const before = world.door.service("shop", "api")?.bill ?? { vcpuSeconds: 0, gbSeconds: 0 };
    await world.pass(1000);
    const after = world.door.service("shop", "api")?.bill ?? { vcpuSeconds: 0, gbSeconds: 0 };
    expect(after.vcpuSeconds - before.vcpuSeconds).toBeCloseTo(250, 6);
    expect(after.gbSeconds - before.gbSeconds).toBeCloseTo(500, 6);
    world.door.setDesiredCount("shop", "api", 0);
    await world.pass(minutes(2));
    const closed = world.door.service("shop", "api")?.bill;
    await world.pass(minutes(60));
    expect(world.door.service("shop", "api")?.bill).toEqual(closed);
  });
});

test("a task that lived for seconds is billed for a minute", async () => {
  const world = createWorld();
  service(world, shop(world).definition, { DesiredCount: 1, DeploymentConfiguration: {} });
  await world.pass(12);
  world.door.setDesiredCount("shop", "api", 0);
  await world.pass(minutes(3));
  const before = world.door.service("shop", "api")?.bill.vcpuSeconds ?? 0;
  expect(before === 0 || before === 15).toBe(true);
  world.images.clear();
  world.door.setDesiredCount("shop", "api", 1);
  await world.pass(25);
  world.door.setDesiredCount("shop", "api", 0);
  await world.pass(minutes(3));
  expect((world.door.service("shop", "api")?.bill.vcpuSeconds ?? 0) - before).toBe(15);
});

test("five hundred services of two tasks deploy in seconds of real time and within minutes of virtual time", async () => {
  const world = createWorld();
  const { definition } = shop(world);
  for (let index = 0; index < 500; index += 1) service(world, definition, { ServiceName: `api-${index}` });
  await world.pass(minutes(10));
  const views = world.door.services();
  expect(views).toHaveLength(500);
  expect(views.every(({ runningCount }) => runningCount === 2)).toBe(true);
});
