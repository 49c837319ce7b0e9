/** Kills as they come: doubled, out of order, many at once, late, or of something that is gone. */
import { expect, test } from "vitest";
import { killEvent } from "../builders/kill.ts";
import { eventOf, SERVICE, startWorld, UNBRAKED, type World } from "./world.ts";

const task = (number: number): string => `${number}`.padStart(32, "0");

/** Everything that may change: revisions, what runs, deployments. */
const stateOf = async (world: World) => ({
  revisions: await world.revisions(),
  running: world.service().taskDefinitionArn,
  writes: world.writes(),
});

test("a task that needs more memory is killed, raised once, and told of in one message to the end", async () => {
  const world = await startWorld();
  world.door.suffer("production", SERVICE, { memoryMiB: 1300 });
  await world.until("told as steady", () => world.told()[0]?.text.includes("steady") ?? false);
  const running = await world.definition(world.service().taskDefinitionArn);
  expect(running).toMatchObject({ memory: "2048", cpu: "512", revision: 2 });
  await world.pass(4000);
  expect(await world.revisions()).toHaveLength(2);
  expect((await world.oomRecords()).at(-1)?.plan?.status).toBe("done");
  expect(world.told().map(({ text }) => text)).toEqual([expect.stringContaining("held: no kill since")]);
});

test("ten kills at once, each told twice and in no order, make one plan, one revision and one message", async () => {
  const world = await startWorld({ config: UNBRAKED });
  const kills = Array.from({ length: 10 }, (_, number) => ({ task: task(number) }));
  world.kill(...kills, ...kills.toReversed());
  await world.until("the plan is over", () => world.isOver(), 1800);
  expect(await world.revisions()).toHaveLength(2);
  expect(world.writes()).toEqual(["RegisterTaskDefinition", "UpdateService"]);
  const plans = new Set((await world.oomRecords()).flatMap(({ plan }) => plan?.id ?? []));
  expect(plans.size).toBe(1);
  expect(world.told()).toHaveLength(1);
  expect((await world.item())?.kills.map(({ taskArn }) => taskArn.slice(-1)).sort()).toEqual([..."0123456789"]);
});

test("a kill of the revision before is recorded as replaced and changes nothing", async () => {
  const world = await startWorld({ config: UNBRAKED });
  world.kill({});
  await world.until("the plan is over", () => world.isOver(), 1800);
  const before = await stateOf(world);
  world.kill({ task: task(7), revision: 1 });
  await world.pass(60);
  expect((await world.oomRecords()).at(-1)).toMatchObject({ decision: "hold", reason: "already-replaced" });
  expect(await stateOf(world)).toEqual(before);
});

test.each([
  ["a task that was being stopped anyway", "being-stopped", { stopCode: "ServiceSchedulerInitiated" }, 1],
  ["a kill older than the configured age", "stale", {}, 1801],
])("%s is recorded as %s and changes nothing", async (_, reason, detail, ageSeconds) => {
  const world = await startWorld();
  const at = new Date(world.cloud.local.clock.now() - ageSeconds * 1000).toISOString();
  const event = eventOf(killEvent({ at }));
  world.post({ ...event, detail: { ...event.detail, ...detail } });
  await world.pass(120);
  const records = await world.oomRecords();
  expect(records).toMatchObject([{ decision: "hold", reason, service: { name: SERVICE } }]);
  expect(await world.revisions()).toHaveLength(1);
  expect(world.writes()).toEqual([]);
  expect(world.messages()).toEqual([]);
});

test("a kill of a service in mode observe is told, and nothing is changed", async () => {
  const world = await startWorld();
  await world.createService({ name: "cart", mode: "observe" });
  await world.pass(120);
  world.kill({ service: "cart" });
  await world.pass(60);
  expect(world.told("cart").map(({ text }) => text)).toEqual([expect.stringContaining("observed")]);
  expect((await world.oomRecords("cart")).at(-1)).toMatchObject({ decision: "act", mode: "observe" });
  expect(await world.revisions("cart")).toHaveLength(1);
  expect(world.writes()).toEqual([]);
  expect((await world.item("cart"))?.active).toBeUndefined();
});

test("services in trouble beyond the configured number are held and told in one message together", async () => {
  const world = await startWorld();
  const names = Array.from({ length: 9 }, (_, number) => `shop-${number}`);
  for (const name of names) await world.createService({ name });
  await world.pass(180);
  for (const service of names) {
    world.kill({ service, task: task(names.indexOf(service)) });
    await world.pass(5);
  }
  await world.pass(900);
  const decided = (await world.records()).filter(({ kind, reaction }) => kind === "decision" && reaction === "oom");
  expect(decided.filter(({ decision }) => decision === "act")).toHaveLength(4);
  expect(decided.filter(({ reason }) => reason === "correlation")).toHaveLength(5);
  expect(world.messages().filter(({ text }) => text.includes("services are killed for memory at once"))).toHaveLength(
    1,
  );
  // The four that came before the pattern was seen have messages of their own, the five after it have not.
  expect(world.messages()).toHaveLength(5);
});

test("an event that cannot be read goes to the dead letters with the kind of error, and touches nothing else", async () => {
  const world = await startWorld();
  const event = eventOf(killEvent());
  world.post({ ...event, detail: { ...event.detail, version: "five" } });
  await world.pass(60);
  const letters = await world.deadLetters();
  expect(letters).toMatchObject([
    {
      Body: expect.stringContaining("OutOfMemoryError"),
      MessageAttributes: {
        ErrorKind: { StringValue: "invalid-event" },
        ErrorMessage: { StringValue: expect.stringContaining("detail.version") },
      },
    },
  ]);
  expect(await world.oomRecords()).toEqual([]);
  expect(world.writes()).toEqual([]);
  expect(world.waiting()).toBe(0);
});

test("fields that nobody knows yet pass", async () => {
  const world = await startWorld();
  const event = eventOf(killEvent({ at: new Date(world.cloud.local.clock.now()).toISOString() }));
  const containers = event.detail.containers as readonly object[];
  world.post({
    ...event,
    detail: { ...event.detail, novelty: { a: [1] }, containers: containers.map((one) => ({ ...one, gpu: 1 })) },
  });
  await world.until("a revision is deployed", () => world.writes().includes("UpdateService"), 60);
  expect(await world.deadLetters()).toEqual([]);
});

test("the pause switch holds the write that comes next, and the plan goes on when it is released", async () => {
  const world = await startWorld();
  world.interrupt({
    when: "after",
    service: "ecs",
    operation: "RegisterTaskDefinition",
    happen: async () => {
      await world.setAccount("SET isPaused = :yes, pausedBy = :who", {
        ":yes": { BOOL: true },
        ":who": { S: "night shift" },
      });
      // The invocation under way may finish what it looked at seconds ago; a later one may not.
      world.door.fault({
        service: "ecs",
        operation: "UpdateService",
        kind: "throttle",
        times: 3,
        functionName: "reflex-oom",
      });
    },
  });
  world.kill({});
  await world.pass(700);
  expect(world.writes()).toEqual(["RegisterTaskDefinition"]);
  expect((await world.item())?.active).toMatchObject({ status: "running", because: "paused" });

  await world.setAccount("SET isPaused = :no", { ":no": { BOOL: false } });
  await world.pass(600);
  expect(world.writes()).toEqual(["RegisterTaskDefinition", "UpdateService"]);
  expect(await world.revisions()).toHaveLength(2);
});
