import { expect, test } from "vitest";
import type { PlanProgress } from "#shared/domain/plan.ts";
import { killAt, WORKER } from "../../test/fakes/worker.ts";
import { createScalingWorld, event, FLOOD } from "../../test/protocol/scaling-world.ts";

test("a minute is divided into six looks at the queue, numbered by the minute they are for", async () => {
  const world = createScalingWorld();
  const schedule = event("Reflex Schedule", { time: "2026-11-23T03:00:00Z" });
  await world.handle(schedule);
  world.clock.advance(3);
  await world.handle(schedule);
  expect(world.timers.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 10, 20, 30, 40, 50, 0, 10, 20, 30, 40, 50]);
  const slots = world.timers.map(({ message }) => (message as { detail: { slot: number } }).detail.slot);
  expect(slots.slice(0, 6)).toEqual(slots.slice(6));
  expect(new Set(slots).size).toBe(6);
});

test("a service with minute ticks is looked at once a minute, and an empty list of services never", async () => {
  const minutes = createScalingWorld({ tickSeconds: 60 });
  await minutes.handle(event("Reflex Schedule", { time: "2026-11-23T03:00:00Z" }));
  expect(minutes.timers).toHaveLength(1);
  const nobody = createScalingWorld({}, { services: {} });
  await nobody.handle(event("Reflex Schedule", { time: "2026-11-23T03:00:00Z" }));
  expect(nobody.timers).toHaveLength(0);
});

test("a flood gets tasks, by one write, told once and remembered", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  expect(await world.tick()).toMatchObject({ decision: "act", sentence: expect.stringContaining("from 1 to 5 tasks") });
  expect(world.worker.sets).toEqual([5]);
  expect(world.published).toMatchObject([
    { reaction: "scale", decision: "act", mode: "act", plan: { status: "done" }, evidence: { from: 1, to: 5 } },
  ]);
  const { intent, state } = await world.memory();
  expect(intent).toBeUndefined();
  expect(state).toMatchObject({ desiredCount: 5, addedAtSeconds: world.clock.now().getTime() / 1000 });
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
  expect(world.published).toHaveLength(1);
});

test("the same tick twice is one tick, and an older one that comes later is none", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  await world.tick();
  const second = world.tickMessage();
  await world.tick();
  expect(await world.handle(world.tickMessage())).toMatchObject({ decision: "known" });
  world.clock.advance(-5);
  expect(await world.handle(second)).toMatchObject({ decision: "known" });
  expect(world.worker.sets).toEqual([5]);
});

test("a tick that comes when the next is due is left to the next", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  expect(await world.handle(world.tickMessage(9))).toMatchObject({ decision: "ignored", reason: "late" });
  expect(world.worker.sets).toEqual([]);
  expect(await world.handle(world.tickMessage(7))).not.toMatchObject({ decision: "ignored" });
});

test("what the configuration itself forbids is looked at once a minute and told once a day", async () => {
  const world = createScalingWorld({ queueName: "jobs.fifo" });
  await world.handle(event("Reflex Schedule", { time: "2026-11-23T03:00:00Z" }));
  expect(world.timers).toHaveLength(1);
  for (let i = 0; i < 30; i += 1) await world.tick();
  expect(world.published.map(({ reason }) => reason)).toEqual(["fifo-queue"]);
  expect(world.worker.asked).toEqual([]);
});

test("minutes of metrics are asked for every ten minutes on a quiet queue and every minute at most on a busy one", async () => {
  const world = createScalingWorld({ secondsPerMessage: 0 });
  const spans = () => world.worker.asked.filter((asked) => asked.includes(":")).length;
  for (let i = 0; i < 360; i += 1) await world.tick();
  expect(spans()).toBe(6);
  world.worker.counts = FLOOD;
  for (let i = 0; i < 360; i += 1) await world.tick();
  expect(spans()).toBeGreaterThan(30);
  expect(spans()).toBeLessThanOrEqual(6 + 60);
});

test("the depth alarm asks for a look of its own", async () => {
  const world = createScalingWorld({ min: 0 });
  await world.tick();
  world.worker.counts = FLOOD;
  world.clock.advance(3);
  const alarm = event("CloudWatch Alarm State Change", {
    detail: { alarmName: "ecs-reflex depth of production/worker" },
  });
  expect(await world.handle(alarm)).toMatchObject({ decision: "act" });
  const other = event("CloudWatch Alarm State Change", {
    detail: { alarmName: "ecs-reflex depth of production/other" },
  });
  expect(await world.handle(other)).toMatchObject({ decision: "ignored" });
});

test("a service that may have no task is woken from none, and one that may not is left as somebody left it", async () => {
  for (const [min, sets] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const world = createScalingWorld({ min, latencySeconds: 600 });
    if (typeof world.worker.service !== "string")
      world.worker.service = { ...world.worker.service, desiredCount: 0, runningCount: 0 };
    world.worker.counts = { visibleMessages: 20, inFlightMessages: 0 };
    await world.tick();
    expect(world.worker.sets).toHaveLength(sets);
  }
});

test("an alarm in the very second of a tick adds nothing and forgets nothing", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  await world.tick();
  const { state } = await world.memory();
  const alarmName = "ecs-reflex depth of production/worker";
  const outcome = await world.handle(event("CloudWatch Alarm State Change", { detail: { alarmName } }));
  expect(outcome).toMatchObject({ reason: "stale-tick" });
  expect((await world.memory()).state).toEqual(state);
  expect(state?.launches).toHaveLength(1);
});

// biome-ignore format: a table reads as a table
test.each([
  ["in observe mode",              {}, { tags: {} }, "backlog-needs-tasks"],
  ["with the service's own pause", {}, { tags: { "reflex:scale:mode": "act", "reflex:paused": "true" } }, "paused"],
  ["with its mode off",            {}, { tags: { "reflex:scale:mode": "off" } }, "not-enrolled"],
  ["for a service being deleted",  {}, { status: "DRAINING" as const }, "service-gone"],
  ["for one switched off by hand", {}, { desiredCount: 0, runningCount: 0 }, "switched-off"],
])("nothing is changed %s", async (_, scale, service, reason) => {
  const world = createScalingWorld(scale);
  world.worker.counts = FLOOD;
  if (typeof world.worker.service !== "string") world.worker.service = { ...world.worker.service, ...service };
  expect(await world.tick()).toMatchObject({ reason });
  expect(world.worker.sets).toEqual([]);
});

test("in observe mode it says what it would do, once, and learns nothing from what it did not do", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  if (typeof world.worker.service !== "string") world.worker.service = { ...world.worker.service, tags: {} };
  for (let i = 0; i < 12; i += 1) await world.tick();
  expect(world.published.filter(({ decision }) => decision === "act")).toMatchObject([
    { mode: "observe", plan: undefined, evidence: { from: 1, to: 5 } },
  ]);
  expect((await world.memory()).state).toMatchObject({ launches: [], addedAtSeconds: 0, desiredCount: 1 });
});

test("the account's pause switch and a function without time left stop a change before it is intended", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  world.ledger.accountNow = { ...world.ledger.accountNow, isPaused: true };
  expect(await world.tick()).toMatchObject({ reason: "paused" });
  world.ledger.accountNow = { ...world.ledger.accountNow, isPaused: false };
  expect(await world.tick(undefined, 5)).toMatchObject({ reason: "out-of-time" });
  expect(world.worker.sets).toEqual([]);
  expect((await world.memory()).intent).toBeUndefined();
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
});

test("wherever a process crashes in a tick, the next ticks set the count once and tell of it once", async () => {
  const calls = createScalingWorld();
  calls.worker.counts = FLOOD;
  const whole = calls.spawn();
  calls.clock.advance(10);
  await whole.handle(
    event("Reflex Tick", { detail: { service: "production/worker", slot: 1, dueAt: calls.clock.now().toISOString() } }),
  );
  expect(whole.process.calls).toEqual([
    "service",
    "read",
    "read",
    "account",
    "save",
    "set",
    "save",
    "append",
    "publish",
    "save",
  ]);
  for (const fault of ["crash-before", "crash-after"] as const)
    for (let at = 0; at < whole.process.calls.length; at += 1) {
      const world = createScalingWorld();
      world.worker.counts = FLOOD;
      await world.tick({ at, fault });
      for (let i = 0; i < 3; i += 1) await world.tick();
      const where = `${fault} ${whole.process.calls[at]} (${at})`;
      expect(world.worker.sets, where).toEqual([5]);
      const told = world.published.map(({ id }) => id);
      expect(new Set(told).size, where).toBe(1);
      expect(world.ledger.appended, where).toHaveLength(1);
    }
});

test("a change that AWS does not let us make is told once a day, and one that it throttles is made at the next tick", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  world.worker.refusal = "unreadable";
  await world.tick();
  expect(world.published).toEqual([]);
  world.worker.refusal = "denied";
  for (let i = 0; i < 12; i += 1) await world.tick();
  expect(world.published.filter(({ reason }) => reason === "no-permission")).toHaveLength(1);
  world.worker.refusal = undefined;
  await world.tick();
  expect(world.worker.sets).toEqual([5]);
});

test("busy tasks that would lose their work are not taken away, idle ones are", async () => {
  const world = createScalingWorld({ busyTasks: "lost", min: 1 });
  if (typeof world.worker.service !== "string")
    world.worker.service = { ...world.worker.service, desiredCount: 5, runningCount: 5 };
  world.worker.counts = { visibleMessages: 0, inFlightMessages: 1 };
  const reasons = new Set<string | undefined>();
  for (let i = 0; i < 60; i += 1) {
    const outcome = await world.tick();
    reasons.add(outcome === "crashed" ? outcome : outcome.reason);
  }
  expect(reasons).toContain("tasks-busy");
  expect(world.worker.sets).toEqual([]);
  world.worker.counts = { visibleMessages: 0, inFlightMessages: 0 };
  for (let i = 0; i < 60; i += 1) await world.tick().then(world.worker.settle);
  expect(world.worker.sets.at(-1)).toBe(1);
});

test("counts that cannot be read never take tasks away", async () => {
  const world = createScalingWorld({ busyTasks: "drain" });
  if (typeof world.worker.service !== "string")
    world.worker.service = { ...world.worker.service, desiredCount: 5, runningCount: 5 };
  for (let i = 0; i < 20; i += 1) await world.tick().then(world.worker.settle);
  const before = world.worker.sets.length;
  for (const failure of ["unreadable", "denied", "gone"] as const) {
    world.worker.counts = failure;
    for (let i = 0; i < 30; i += 1) await world.tick();
    expect(world.worker.sets.slice(before).every((count) => count >= (world.worker.sets[before - 1] ?? 5))).toBe(true);
  }
  expect(world.published.flatMap(({ reason }) => reason ?? [])).toEqual(["no-permission", "queue-gone"]);
});

test("tasks that are killed for memory are not multiplied, and a raise that is only watched does not stop scaling", async () => {
  const world = createScalingWorld();
  world.worker.counts = FLOOD;
  const item = await world.ledger.service(WORKER);
  await world.ledger.save({ ...item, kills: [killAt("2026-11-23T02:59:00Z")] }, undefined);
  expect(await world.tick()).toMatchObject({ reason: "killed-for-memory" });
  expect(world.worker.sets).toEqual([]);
  world.clock.advance(600);
  const raise = (cursor: number) => ({
    plan: { reaction: "oom", steps: [] },
    status: "running",
    steps: [{ do: "deploy-revision" }, { do: "watch-for-kills" }],
    cursor,
  });
  for (const [cursor, sets] of [
    [0, []],
    [1, [5]],
  ] as const) {
    const now = await world.ledger.service(WORKER);
    await world.ledger.save({ ...now, active: raise(cursor) as unknown as PlanProgress }, undefined);
    await world.tick();
    expect(world.worker.sets).toEqual(sets);
  }
});
