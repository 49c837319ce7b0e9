/** Many services in trouble at once: what is told in one message, and what is not swallowed by it. */
import { expect, test } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { createNotifyWorld } from "../../test/builders/notify.ts";
import { decisionRecord } from "../../test/builders/records.ts";

test("services in trouble at once are told in one message, and one that has its own keeps it", async () => {
  const world = createNotifyWorld({ clusters: ["production"], account: { correlationServices: 3 } });
  const about = (name: string): LedgerRecord => {
    const arn = `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`;
    const incident = `oom/production/${name}/${name}:1`;
    return decisionRecord({ id: `${incident}/decided`, incident, service: { arn, cluster: "production", name } });
  };
  for (const name of ["one", "two", "three", "four"]) {
    const record = about(name);
    if (record.service) await world.ledger.noteTrouble(record.service, world.clock.now(), 12);
    await world.tell(record);
  }
  expect(world.texts()).toEqual([
    expect.stringContaining("one was killed"),
    expect.stringContaining("two was killed"),
    expect.stringContaining("4 services are killed for memory at once"),
  ]);
  await world.tell({
    ...about("one"),
    id: "later",
    sequence: 9000,
    kind: "progress",
    step: { name: "deploy-revision", outcome: "done" },
  });
  expect(world.texts()[0]).toContain("rolling out");
});

const held = (name: string): LedgerRecord => {
  const arn = `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`;
  const incident = `oom/production/${name}/${name}:1`;
  return decisionRecord({
    id: `${incident}/hold/correlation`,
    incident,
    service: { arn, cluster: "production", name },
    decision: "hold",
    reason: "correlation",
    plan: undefined,
  });
};

test("who was held in a storm is told with it, however late, and the next storm has a message of its own", async () => {
  const world = createNotifyWorld({ clusters: ["production"], account: { correlationServices: 3 } });
  const storm = async (names: readonly string[]) => {
    for (const name of names) {
      const { service } = held(name);
      if (service) await world.ledger.noteTrouble(service, world.clock.now(), 30);
    }
  };
  await storm(["one", "two", "three"]);
  await world.tell(held("one"));
  world.clock.advance(1800);
  await world.tell(held("two"));
  expect(world.texts()).toEqual([expect.stringContaining("3 services are killed for memory at once")]);

  world.clock.advance(7 * 24 * 3600);
  await world.ledger.forgetTrouble(world.clock.now());
  await storm(["four", "five", "six", "seven"]);
  await world.tell(held("four"));
  expect(world.texts()).toEqual([
    expect.stringContaining("3 services are killed for memory at once"),
    expect.stringContaining("4 services are killed for memory at once"),
  ]);
});

const THREE = { clusters: ["production"], account: { correlationServices: 3 } };

/** Three services that were killed at once, and held for it. */
const stormWorld = async () => {
  const world = createNotifyWorld(THREE);
  for (const name of ["one", "two", "three"]) {
    const { service } = held(name);
    if (service) await world.ledger.noteTrouble(service, world.clock.now(), 30);
  }
  return world;
};

test("an image that may not run is told by itself in a storm of kills, for it may be the cause", async () => {
  const world = await stormWorld();
  await world.tell(held("one"));
  const incident = "gate/production/one/ecs-svc-1";
  await world.tell({ ...held("one"), id: `${incident}/1`, incident, reaction: "gate", decision: "escalate" });
  expect(world.messenger.messages.map((message) => message.incident)).toContain(incident);
});

test.each([["awaiting-approval"], ["failed"]] as const)(
  "a plan that is %s calls for a person by name, storm or not",
  async (status) => {
    const world = await stormWorld();
    const { plan } = decisionRecord();
    if (!plan) throw new Error("a raise has a plan");
    await world.tell(decisionRecord({ mode: "ask", plan: { ...plan, status } }));
    expect(world.texts()).toEqual([expect.stringContaining("order-service was killed for memory")]);
  },
);

test("a storm that the chat could not be told of while it was remembered is told later, once", async () => {
  const world = await stormWorld();
  world.messenger.suffer("down", "down");
  await world.tell(held("one"), held("two"));
  expect(world.texts()).toEqual([]);
  world.clock.advance(3 * 3600);
  await world.ledger.forgetTrouble(world.clock.now());
  await world.sweep();
  expect(world.texts()).toEqual([expect.stringContaining("3 services are killed for memory at once")]);
  world.clock.advance(3600);
  expect(await world.ledger.due(world.clock.now(), 10)).toEqual([]);
});

test("a storm whose message says again what it said before an edit was refused waits for nothing", async () => {
  const world = await stormWorld();
  await world.tell(held("one"));
  const before = world.ledger.accountNow;
  const { service } = held("four");
  if (service) await world.ledger.noteTrouble(service, world.clock.now(), 30);
  world.messenger.suffer("down");
  await world.tell(held("four"));
  world.ledger.accountNow = before;
  await world.sweep();
  world.clock.advance(3600);
  expect(await world.ledger.due(world.clock.now(), 10)).toEqual([]);
  expect(world.texts()).toEqual([expect.stringContaining("3 services are killed for memory at once")]);
});
