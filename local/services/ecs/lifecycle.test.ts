import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, described, digest, IMAGE, minutes, role, service, shop, type World } from "./world.fixture.ts";

const TASK = "ECS Task State Change";

const running = (): World => {
  const world = createWorld();
  service(world, shop(world).definition);
  return world;
};

/** The events of one task, in order. */
const eventsOf = (world: World, taskArn: unknown): readonly JsonObject[] =>
  world.details(TASK).filter((detail) => detail.taskArn === taskArn);

describe("a task that starts", () => {
  test("walks from PROVISIONING to RUNNING in 19 to 31 seconds, one version higher at every change", async () => {
    const world = running();
    await world.pass(minutes(2));
    const [first] = world.details(TASK);
    const walked = eventsOf(world, first?.taskArn);
    expect(walked.map(({ lastStatus, version }) => [lastStatus, version])).toEqual([
      ["PROVISIONING", 1],
      ["PENDING", 2],
      ["RUNNING", 3],
    ]);
    const { createdAt, startedAt } = walked[2] ?? {};
    const seconds = (Date.parse(String(startedAt)) - Date.parse(String(createdAt))) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(19);
    expect(seconds).toBeLessThanOrEqual(31);
  });

  test("says in its RUNNING event what a captured one says", async () => {
    const world = running();
    await world.pass(minutes(2));
    const event = world.events.find(({ detail }) => detail.lastStatus === "RUNNING");
    // Key set of a captured event of a Fargate service task, platform version 1.4.0.
    expect(Object.keys(event?.detail ?? {}).toSorted()).toEqual(
      (
        "attachments attributes availabilityZone clusterArn connectivity connectivityAt containers cpu createdAt desiredStatus " +
        "enableExecuteCommand ephemeralStorage group lastStatus launchType memory overrides platformVersion pullStartedAt " +
        "pullStoppedAt startedAt startedBy taskArn taskDefinitionArn updatedAt version"
      ).split(" "),
    );
    const [container] = (event?.detail.containers ?? []) as readonly JsonObject[];
    expect(Object.keys(container ?? {}).toSorted()).toEqual(
      "containerArn cpu image imageDigest lastStatus name networkInterfaces runtimeId taskArn".split(" "),
    );
    expect(container).toMatchObject({ cpu: "0", image: IMAGE, imageDigest: digest("1"), name: "web" });
    expect(event).toMatchObject({ source: "aws.ecs", resources: [event?.detail.taskArn] });
    expect(event?.detail).toMatchObject({ cpu: "256", memory: "512", group: "service:api" });
    expect(event?.detail.startedBy).toMatch(/^ecs-svc\/\d{19}$/);
    expect(event?.detail.updatedAt).toMatch(/^2026-11-23T09:00:\d\d(\.\d{1,3})?Z$/);
  });

  test("tells a container's hard limit as text, and only where the definition has one", async () => {
    const world = createWorld();
    service(world, shop(world, { Memory: 256, MemoryReservation: 128 }).definition);
    await world.pass(minutes(2));
    const event = world.details(TASK).find(({ lastStatus }) => lastStatus === "RUNNING");
    expect(event?.containers).toMatchObject([{ memory: "256", memoryReservation: "128" }]);
  });

  test("passes through ACTIVATING only behind a load balancer", async () => {
    const world = createWorld();
    service(world, shop(world).definition, {
      LoadBalancers: [{ TargetGroupArn: "arn:tg", ContainerName: "web", ContainerPort: 80 }],
    });
    await world.pass(minutes(2));
    expect(world.details(TASK).map(({ lastStatus }) => lastStatus)).toContain("ACTIVATING");
  });

  test("takes as long as its service's conditions say", async () => {
    const world = running();
    world.door.suffer("shop", "api", { startSeconds: 90 });
    await world.pass(80);
    expect(await described(world)).toMatchObject({ runningCount: 0, pendingCount: 2 });
    await world.pass(15);
    expect(await described(world)).toMatchObject({ runningCount: 2, pendingCount: 0 });
  });

  test("cannot start without its image, in ECS's words and without a digest or exit code", async () => {
    const world = running();
    world.images.clear();
    await world.pass(minutes(2));
    const stopped = world.details(TASK).find(({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${IMAGE}: ${IMAGE}: not found`,
    });
    expect(stopped).not.toHaveProperty("startedAt");
    expect(stopped).not.toHaveProperty("executionStoppedAt");
    const [container] = (stopped?.containers ?? []) as readonly JsonObject[];
    for (const absent of ["exitCode", "imageDigest", "reason", "runtimeId"])
      expect(container).not.toHaveProperty(absent);
  });

  test.each([
    [
      "ecr:GetAuthorizationToken",
      /^ResourceInitializationError: .*not authorized to perform: ecr:GetAuthorizationToken/,
    ],
    ["ecr:BatchGetImage", /^CannotPullContainerError: .*not authorized to perform: ecr:BatchGetImage/],
    ["ecr:BatchCheckLayerAvailability", /^CannotPullContainerError: .*perform: ecr:BatchCheckLayerAvailability/],
    ["ecr:GetDownloadUrlForLayer", /^CannotPullContainerError: .*perform: ecr:GetDownloadUrlForLayer/],
  ])("cannot start when its execution role lacks %s", async (action, refusal) => {
    const world = createWorld();
    const executionRoleArn = role(world, "Powerless", "ecs-tasks.amazonaws.com", [
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: action, Resource: "*" },
    ]);
    const { definition } = shop(world, {}, { ExecutionRoleArn: executionRoleArn });
    service(world, definition);
    await world.pass(minutes(2));
    const stopped = world.details(TASK).find(({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped?.stoppedReason).toMatch(refusal);
  });
});

test("a task whose execution role may not write its logs cannot start", async () => {
  const world = createWorld();
  const executionRoleArn = role(world, "Mute", "ecs-tasks.amazonaws.com", [
    { Effect: "Allow", Action: "ecr:*", Resource: "*" },
    { Effect: "Allow", Action: "logs:CreateLogStream", Resource: "*" },
  ]);
  const logConfiguration = {
    LogDriver: "awslogs",
    Options: { "awslogs-group": "/ecs/shop", "awslogs-region": "us-east-1" },
  };
  const { definition } = shop(world, { LogConfiguration: logConfiguration }, { ExecutionRoleArn: executionRoleArn });
  service(world, definition);
  await world.pass(minutes(2));
  const stopped = world.details(TASK).find(({ lastStatus }) => lastStatus === "STOPPED");
  expect(stopped?.stoppedReason).toMatch(
    /^ResourceInitializationError: .*not authorized to perform: logs:PutLogEvents/,
  );
});

describe("a task that is stopped", () => {
  test("ends with 143 after SIGTERM, its execution after the request, and stays readable for an hour", async () => {
    const world = running();
    await world.pass(minutes(2));
    const [first] = world.details(TASK);
    await world.call("StopTask", { cluster: "shop", task: first?.taskArn as string, reason: "by hand" });
    await world.pass(minutes(1));
    const states = eventsOf(world, first?.taskArn).slice(3);
    expect(states.map(({ lastStatus, version }) => [lastStatus, version])).toEqual([
      ["STOPPING", 4],
      ["DEPROVISIONING", 5],
      ["STOPPED", 6],
    ]);
    const last = states.at(-1);
    expect(last).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "by hand",
      containers: [{ exitCode: 143 }],
    });
    expect(String(last?.executionStoppedAt) > String(last?.stoppingAt)).toBe(true);
    const ask = () => world.call("DescribeTasks", { cluster: "shop", tasks: [first?.taskArn as string] });
    await world.pass(minutes(59));
    expect((await ask()).tasks).toMatchObject([{ lastStatus: "STOPPED" }]);
    await world.pass(minutes(2));
    expect(await ask()).toEqual({ tasks: [], failures: [{ arn: first?.taskArn, reason: "MISSING" }] });
  });

  test("keeps the first reason when it is asked to stop again", async () => {
    const world = running();
    await world.pass(minutes(2));
    const [first] = world.details(TASK);
    const stop = (reason: string) =>
      world.call("StopTask", { cluster: "shop", task: first?.taskArn as string, reason });
    await stop("first");
    const { task } = await stop("second");
    expect(task).toMatchObject({ stoppedReason: "first" });
    await world.pass(minutes(2));
    expect(eventsOf(world, first?.taskArn).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("is killed with 137 and no reason when it ignores SIGTERM", async () => {
    const world = createWorld();
    service(world, shop(world, { StopTimeout: 45 }).definition);
    world.door.suffer("shop", "api", { ignoreSigterm: true });
    await world.pass(minutes(2));
    world.door.setDesiredCount("shop", "api", 1);
    await world.pass(minutes(3));
    const stopped = world.details(TASK).find(({ lastStatus }) => lastStatus === "STOPPED");
    expect(stopped).toMatchObject({ stopCode: "ServiceSchedulerInitiated", containers: [{ exitCode: 137 }] });
    expect(stopped?.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/);
    expect(stopped?.containers).not.toMatchObject([{ reason: expect.anything() }]);
    const seconds = (Date.parse(String(stopped?.executionStoppedAt)) - Date.parse(String(stopped?.stoppingAt))) / 1000;
    expect(seconds).toBeGreaterThan(45);
    expect(seconds).toBeLessThan(47);
  });

  test("drains for its target group's delay before SIGTERM", async () => {
    const world = createWorld();
    service(world, shop(world).definition, {
      LoadBalancers: [{ TargetGroupArn: "arn:tg", ContainerName: "web", ContainerPort: 80 }],
    });
    world.door.setDeregistrationDelay("arn:tg", 90);
    await world.pass(minutes(2));
    world.door.setDesiredCount("shop", "api", 1);
    await world.pass(80);
    expect(world.details(TASK).at(-1)).toMatchObject({ lastStatus: "DEACTIVATING", desiredStatus: "STOPPED" });
    await world.pass(60);
    expect(world.details(TASK).at(-1)).toMatchObject({ lastStatus: "STOPPED" });
  });
});

test("the same seed makes the same events, to the byte", async () => {
  const run = async (seed: string) => {
    const world = createWorld(seed);
    service(world, shop(world).definition);
    await world.pass(minutes(10));
    return JSON.stringify(world.events);
  };
  const first = await run("7");
  expect(await run("7")).toBe(first);
  expect(await run("8")).not.toBe(first);
});
