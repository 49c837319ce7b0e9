import { expect, test } from "vitest";
import { createScalingWorld, event, FLOOD } from "../../test/protocol/scaling-world.ts";

const theirs = { min: 1, max: 4, policies: ["cpu-scaling"] };

const count = (world: ReturnType<typeof createScalingWorld>, desiredCount: number) => {
  const { service } = world.worker;
  if (typeof service === "string") throw new Error("the worker cannot be read");
  world.worker.service = { ...service, desiredCount, runningCount: desiredCount };
};

test("bounds of a scalable target without a policy hold like our own", async () => {
  const world = createScalingWorld({ max: 10 });
  world.worker.target = { min: 2, max: 3, policies: [] };
  world.worker.counts = FLOOD;
  await world.tick();
  expect(world.worker.sets).toEqual([3]);
  expect(world.worker.minimums).toEqual([]);
});

test("our own dead-man is nobody else's policy", async () => {
  const world = createScalingWorld();
  world.worker.target = { min: 1, max: 5, policies: ["ecs-reflex-dead-man"] };
  world.worker.counts = FLOOD;
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
});

test("a service that somebody else's policy scales gets its minimum moved, never its count", async () => {
  const world = createScalingWorld({ busyTasks: "drain" });
  world.worker.target = theirs;
  world.worker.counts = FLOOD;
  await world.tick();
  expect(world.worker.minimums).toEqual([4]);
  expect(world.published).toMatchObject([{ evidence: { write: "minimum", from: 1, to: 4 } }]);
  world.worker.settle();
  world.worker.counts = { visibleMessages: 0, inFlightMessages: 0 };
  for (let i = 0; i < 120; i += 1) {
    await world.tick();
    // Their policy takes tasks away as far as the minimum lets it.
    const { target } = world.worker;
    if (typeof target !== "string") count(world, target.min);
  }
  expect(world.worker.minimums.at(-1)).toBe(1);
  expect(world.worker.sets).toEqual([]);
});

test("the minimum is lowered to its owner's and no further, and an owner's new one is respected", async () => {
  const world = createScalingWorld({ min: 0, busyTasks: "drain" });
  world.worker.target = { ...theirs, min: 2 };
  count(world, 2);
  world.worker.counts = FLOOD;
  await world.tick();
  expect(world.worker.minimums).toEqual([4]);
  world.worker.counts = { visibleMessages: 0, inFlightMessages: 0 };
  world.worker.settle();
  for (let i = 0; i < 60; i += 1) {
    await world.tick();
    const { target } = world.worker;
    if (typeof target !== "string") count(world, target.min);
  }
  expect(world.worker.minimums.at(-1)).toBe(2);
  world.worker.target = { ...theirs, min: 3 };
  count(world, 3);
  for (let i = 0; i < 120; i += 1) await world.tick();
  expect(world.worker.target).toMatchObject({ min: 3 });
});

test("a minimum that was set just before a crash is not taken for its owner's", async () => {
  const whole = createScalingWorld({ busyTasks: "drain" });
  whole.worker.target = theirs;
  whole.worker.counts = FLOOD;
  const { process, handle } = whole.spawn();
  const dueAt = whole.clock.now().toISOString();
  await handle(event("Reflex Tick", { detail: { service: "production/worker", slot: 1, dueAt } }));
  const at = process.calls.indexOf("setMinimum");
  expect(at).toBeGreaterThan(0);
  const crashed = createScalingWorld({ busyTasks: "drain" });
  crashed.worker.target = theirs;
  crashed.worker.counts = FLOOD;
  await crashed.tick({ at, fault: "crash-after" });
  await crashed.tick();
  expect((await crashed.memory()).target).toMatchObject({ bounds: { min: 4 }, moved: { to: 4, owners: 1 } });
});

test("a minimum that stood for long is still ours to lower", async () => {
  const world = createScalingWorld({ busyTasks: "drain" });
  world.worker.target = theirs;
  world.worker.counts = FLOOD;
  for (let i = 0; i < 60; i += 1) await world.tick().then(world.worker.settle);
  world.worker.counts = { visibleMessages: 0, inFlightMessages: 0 };
  for (let i = 0; i < 120; i += 1) {
    await world.tick();
    const { target } = world.worker;
    if (typeof target !== "string") count(world, target.min);
  }
  expect(world.worker.minimums).toContain(1);
});

test("a service that the configuration leaves to somebody else's policy is left to it", async () => {
  const world = createScalingWorld({ othersTarget: "leave-alone" });
  world.worker.target = theirs;
  world.worker.counts = FLOOD;
  expect(await world.tick()).toMatchObject({ reason: "left-to-another" });
  expect([...world.worker.sets, ...world.worker.minimums]).toEqual([]);
});

test("while nobody can say whether somebody else scales the service, nothing is changed", async () => {
  const world = createScalingWorld();
  world.worker.target = "unreadable";
  world.worker.counts = FLOOD;
  expect(await world.tick()).toMatchObject({ reason: "target-unreadable" });
  world.worker.target = "gone";
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
});

test("while a deployment moves tasks none is taken away, and one is added when it is needed", async () => {
  const world = createScalingWorld({ busyTasks: "drain" });
  count(world, 4);
  const { service } = world.worker;
  if (typeof service === "string") throw new Error("the worker cannot be read");
  const deployment = {
    id: "ecs-svc/1",
    status: "PRIMARY" as const,
    taskDefinitionArn: service.taskDefinitionArn,
    rolloutState: "IN_PROGRESS" as const,
    desiredCount: 5,
    runningCount: 5,
    failedTasks: 0,
    createdAt: world.clock.now(),
  };
  world.worker.service = { ...service, deployments: [deployment] };
  const reasons: unknown[] = [];
  for (let i = 0; i < 30; i += 1) {
    const outcome = await world.tick();
    reasons.push(outcome === "crashed" ? outcome : outcome.reason);
  }
  expect(new Set(reasons)).toEqual(new Set(["deployment-in-progress"]));
  world.worker.counts = FLOOD;
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
});

test("a target that takes no minimum any more is read again at the next tick, and what it has become counts", async () => {
  const world = createScalingWorld({ busyTasks: "drain" });
  world.worker.target = theirs;
  await world.tick();
  world.worker.target = "gone";
  world.worker.counts = FLOOD;
  await world.tick();
  expect([...world.worker.sets, ...world.worker.minimums]).toEqual([]);
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
});
