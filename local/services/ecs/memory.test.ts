import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, described, IMAGE, minutes, service, shop, type World } from "./world.fixture.ts";

const TASK = "ECS Task State Change";
const OOM = "OutOfMemoryError: Container killed due to memory usage";

const settled = async (container: JsonObject = {}, more: JsonObject = {}): Promise<World> => {
  const world = createWorld();
  service(world, shop(world, container, more).definition, { DesiredCount: 1 });
  await world.pass(minutes(5));
  return world;
};

const stopped = (world: World): readonly JsonObject[] =>
  world.details(TASK).filter(({ lastStatus }) => lastStatus === "STOPPED");

describe("a service whose tasks need more memory than they have", () => {
  test("is killed with the canonical reason, 137, and its execution before the stop", async () => {
    const world = await settled();
    world.door.suffer("shop", "api", { memoryMiB: 700 });
    await world.pass(minutes(3));
    const [death] = stopped(world);
    expect(death).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      desiredStatus: "STOPPED",
      containers: [{ exitCode: 137, reason: OOM, lastStatus: "STOPPED" }],
    });
    expect(Date.parse(String(death?.executionStoppedAt))).toBeLessThan(Date.parse(String(death?.stoppingAt)));
  });

  test("is replaced, and killed again 30 to 90 seconds after each start, for as long as the need lasts", async () => {
    const world = await settled();
    world.door.suffer("shop", "api", { memoryMiB: 700 });
    await world.pass(minutes(20));
    const [, second] = stopped(world);
    const lived = (Date.parse(String(second?.executionStoppedAt)) - Date.parse(String(second?.startedAt))) / 1000;
    expect(lived).toBeGreaterThan(15);
    expect(lived).toBeLessThan(90);
    const before = stopped(world).length;
    expect(before).toBeGreaterThan(3);
    world.door.suffer("shop", "api", { memoryMiB: 300 });
    await world.pass(minutes(20));
    expect(stopped(world).length).toBeLessThanOrEqual(before + 1);
    expect(await described(world)).toMatchObject({ runningCount: 1 });
  });

  test("is killed by its container's own limit although the task has room", async () => {
    const world = await settled({ Memory: 256 });
    world.door.suffer("shop", "api", { memoryMiB: 300 });
    await world.pass(minutes(3));
    expect(stopped(world)[0]).toMatchObject({ memory: "512", containers: [{ memory: "256", reason: OOM }] });
  });

  test("lives with a need just below its limit", async () => {
    const world = await settled();
    world.door.suffer("shop", "api", { memoryMiB: 511 });
    await world.pass(minutes(60));
    expect(stopped(world)).toEqual([]);
    expect(world.door.service("shop", "api")?.tasks).toMatchObject([{ memoryUsedMiB: 511, memoryLimitMiB: 512 }]);
  });

  test("dies of a leak when the leak has grown to the limit, and the next task lives as long again", async () => {
    const world = await settled();
    world.door.suffer("shop", "api", { memoryMiB: 200, leakMiBPerHour: 100 });
    await world.pass(minutes(180));
    expect(stopped(world)).toEqual([]);
    await world.pass(minutes(20));
    expect(stopped(world)).toMatchObject([{ containers: [{ reason: OOM }] }]);
    await world.pass(minutes(170));
    expect(stopped(world)).toHaveLength(1);
    await world.pass(minutes(30));
    expect(stopped(world)).toHaveLength(2);
  });

  test("dies of memory although a person asks it to stop in the moment between death and notice", async () => {
    const world = await settled();
    const { taskArns } = await world.call("ListTasks", { cluster: "shop" });
    const [task] = taskArns as readonly string[];
    const container = async (): Promise<JsonObject | undefined> => {
      const { tasks } = await world.call("DescribeTasks", { cluster: "shop", tasks: [task as string] });
      return ((tasks as readonly JsonObject[])[0] as { containers: readonly JsonObject[] }).containers[0];
    };
    world.door.suffer("shop", "api", { memoryMiB: 700 });
    while ((await container())?.lastStatus === "RUNNING") await world.pass(0.1);
    await world.call("StopTask", { cluster: "shop", task: task as string });
    await world.pass(minutes(1));
    expect(stopped(world)[0]).toMatchObject({ taskArn: task, stopCode: "EssentialContainerExited" });
  });

  test("keeps what it has leaked when its need changes", async () => {
    const world = await settled();
    world.door.suffer("shop", "api", { memoryMiB: 200, leakMiBPerHour: 100 });
    await world.pass(minutes(120));
    world.door.suffer("shop", "api", { memoryMiB: 330 });
    await world.pass(minutes(2));
    expect(stopped(world)).toMatchObject([{ containers: [{ reason: OOM }] }]);
  });

  test("is killed while its tasks drain, and still counts as stopped by the scheduler", async () => {
    const world = createWorld();
    service(world, shop(world).definition, {
      DesiredCount: 1,
      LoadBalancers: [{ TargetGroupArn: "arn:tg", ContainerName: "web", ContainerPort: 80 }],
    });
    await world.pass(minutes(5));
    world.door.setDesiredCount("shop", "api", 0);
    await world.pass(10);
    world.door.suffer("shop", "api", { memoryMiB: 700 });
    await world.pass(minutes(4));
    expect(stopped(world)).toMatchObject([
      { stopCode: "ServiceSchedulerInitiated", containers: [{ exitCode: 137, reason: OOM }] },
    ]);
  });
});

describe("a container beside the main one", () => {
  const sidecar = { Name: "logs", Image: IMAGE, Essential: false, Memory: 64 };
  const both = { ContainerDefinitions: [{ Name: "web", Image: IMAGE, Essential: true }, sidecar] as never };

  test("that is not essential is killed in an event of a task that goes on running", async () => {
    const world = await settled({}, both);
    world.door.suffer("shop", "api", { container: "logs", memoryMiB: 90 });
    await world.pass(minutes(3));
    expect(world.details(TASK).at(-1)).toMatchObject({
      lastStatus: "RUNNING",
      containers: [
        { name: "web", lastStatus: "RUNNING" },
        { name: "logs", lastStatus: "STOPPED", exitCode: 137, reason: OOM },
      ],
    });
    expect(stopped(world)).toEqual([]);
  });

  test("takes from what the main one may use of the task's memory", async () => {
    const world = await settled({}, both);
    world.door.suffer("shop", "api", { memoryMiB: 480 });
    await world.pass(minutes(5));
    expect(stopped(world)).toEqual([]);
    world.door.suffer("shop", "api", { container: "logs", memoryMiB: 50 });
    await world.pass(minutes(1));
    world.door.suffer("shop", "api", { container: "web", memoryMiB: 480 });
    await world.pass(minutes(3));
    expect(stopped(world)[0]).toMatchObject({
      containers: [
        { name: "web", reason: OOM },
        { name: "logs", exitCode: 143 },
      ],
    });
  });

  test("with a restart policy comes back without any event", async () => {
    const withPolicy = { ...sidecar, RestartPolicy: { Enabled: true, RestartAttemptPeriod: 60 } };
    const world = await settled(
      {},
      { ContainerDefinitions: [{ Name: "web", Image: IMAGE, Essential: true }, withPolicy] as never },
    );
    const before = world.details(TASK).length;
    world.door.suffer("shop", "api", { container: "logs", memoryMiB: 90 });
    await world.pass(70);
    world.door.suffer("shop", "api", { memoryMiB: 30 });
    await world.pass(minutes(5));
    expect(world.details(TASK)).toHaveLength(before);
  });

  test("that is essential and has the greatest share is the one that the need applies to", async () => {
    const world = await settled(
      {},
      {
        ContainerDefinitions: [
          { Name: "proxy", Image: IMAGE, Essential: true, Memory: 128 },
          { Name: "web", Image: IMAGE, Essential: true, Memory: 384 },
        ] as never,
      },
    );
    world.door.suffer("shop", "api", { memoryMiB: 400 });
    await world.pass(minutes(3));
    const [death] = stopped(world);
    expect(death?.containers).toMatchObject([
      { name: "proxy", exitCode: 143 },
      { name: "web", exitCode: 137, reason: OOM },
    ]);
  });
});
