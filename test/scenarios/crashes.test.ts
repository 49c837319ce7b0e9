/** The function is killed after a call, or an answer is lost: the next delivery or the sweep finishes, once. */
import { expect, test } from "vitest";
import { startWorld, UNBRAKED, type World } from "./world.ts";

const endOf = async (world: World, service: string) => {
  const revisions = await world.revisions(service);
  const records = await world.oomRecords(service);
  return {
    raises: revisions.length - 1,
    runs: world.service(service).taskDefinitionArn.split(":").at(-1),
    status: records.at(-1)?.plan?.status,
    messages: world.told(`${service} `).length,
  };
};

const ONCE = { raises: 1, runs: "2", status: "done", messages: 1 };

test("killed after any one of its calls, the plan is finished by somebody: one raise, one message", async () => {
  const world = await startWorld({ config: UNBRAKED });
  const crashedAfter: string[] = [];
  for (let position = 0; ; position += 1) {
    const service = `crash-${position}`;
    await world.createService({ name: service });
    await world.pass(120);
    const callsBefore = world.door.calls().length;
    world.door.fault({ service: "*", operation: "*", kind: "crash", functionName: "reflex-oom", skip: position });
    world.kill({ service });
    await world.until(`${service} is over`, () => world.isOver(service), 3600);
    const made = world.door
      .calls()
      .slice(callsBefore)
      .filter(({ functionName }) => functionName === "reflex-oom");
    const hasStruck = world.cloud.local.faults.waiting().length === 0;
    expect([service, made[position]?.operation, await endOf(world, service)]).toEqual([
      service,
      made[position]?.operation,
      ONCE,
    ]);
    await world.deleteService(service);
    if (!hasStruck) break;
    crashedAfter.push(made[position]?.operation ?? "");
  }
  for (const operation of ["PutItem", "RegisterTaskDefinition", "UpdateService", "PutEvents", "ListServiceDeployments"])
    expect(crashedAfter).toContain(operation);
  expect(crashedAfter.length).toBeGreaterThan(30);
  for (const reaction of ["oom", "notify", "sweep"]) expect(await world.deadLetters(reaction)).toEqual([]);
}, 120_000);

test.each([
  ["ecs", "RegisterTaskDefinition"],
  ["ecs", "UpdateService"],
  ["dynamodb", "PutItem"],
  ["dynamodb", "UpdateItem"],
  ["events", "PutEvents"],
])("an answer of %s %s that is lost leads to no second raise", async (service, operation) => {
  const world = await startWorld({ config: UNBRAKED });
  await world.createService({ name: "cart" });
  await world.pass(120);
  world.door.fault({ service, operation, kind: "lost-response", functionName: "reflex-oom" });
  world.kill({ service: "cart" });
  await world.until("the plan is over", () => world.isOver("cart"), 3600);
  expect(world.cloud.local.faults.waiting()).toEqual([]);
  expect(await endOf(world, "cart")).toEqual(ONCE);
  expect(await world.deadLetters()).toEqual([]);
});

test("throttled again and again, the plan waits in the ledger and no message becomes a dead letter", async () => {
  const world = await startWorld({ config: UNBRAKED });
  await world.createService({ name: "cart" });
  await world.pass(120);
  world.door.fault({ service: "ecs", operation: "UpdateService", kind: "throttle", times: 10 });
  world.kill({ service: "cart" });
  await world.until("the plan is over", () => world.isOver("cart"), 36_000);
  expect(await endOf(world, "cart")).toEqual(ONCE);
  expect(await world.deadLetters()).toEqual([]);
  expect(world.waiting()).toBe(0);
});
