/** Slots of the rate limit that lie further ahead than a queue delays a message. */
import { expect, test } from "vitest";
import { killEvent } from "../builders/kill.ts";
import { REF } from "../fakes/services.ts";
import { createWorld, type World } from "./world.ts";

/** The next free slot lies so many seconds ahead. */
const slotAhead = (world: World, seconds: number): void => {
  const at = new Date(world.clock.now().getTime() + seconds * 1000).toISOString();
  world.ledger.accountNow = { ...world.ledger.accountNow, nextSlotAt: { "task-definition-write": at }, admissions: 1 };
};

const raises = ({ services }: World) => services.registered.length - 1;

test("a plan asks itself again and again until its slot has come, and no sweep is needed", async () => {
  const world = createWorld();
  slotAhead(world, 2000);
  await world.spawn().handle(killEvent());
  for (const delaySeconds of [2000, 1100, 200]) {
    expect(world.mail.at(-1)?.delaySeconds).toBeCloseTo(delaySeconds, -1);
    expect(raises(world)).toBe(0);
    world.clock.advance(Math.min(delaySeconds, 900));
    await world.spawn().handle({ kind: "resume", service: REF });
  }
  expect(raises(world)).toBe(1);
});

test("a deployment event before the slot neither cuts it short nor asks once more", async () => {
  const world = createWorld();
  slotAhead(world, 600);
  await world.spawn().handle(killEvent());
  const detail = { resources: [REF.arn], "detail-type": "ECS Deployment State Change", source: "aws.ecs" };
  await world.spawn().handle({ kind: "event", detailType: "ECS Deployment State Change", event: detail });
  expect(raises(world)).toBe(0);
  expect(world.mail).toHaveLength(1);
});

test("a plan that comes too late for its slot takes another, and spends no budget twice", async () => {
  const world = createWorld();
  slotAhead(world, 60);
  await world.spawn().handle(killEvent());
  const { acts } = world.ledger.accountNow;
  // Its message is late, and others have taken the slots of the next half minute.
  world.clock.advance(70);
  slotAhead(world, 30);
  await world.spawn().handle({ kind: "resume", service: REF });
  expect(raises(world)).toBe(0);
  expect(world.mail.at(-1)?.delaySeconds).toBeCloseTo(30, -1);
  expect(world.ledger.accountNow.acts).toEqual(acts);
  world.clock.advance(30);
  await world.spawn().handle({ kind: "resume", service: REF });
  expect(raises(world)).toBe(1);
});

test("a little late is in time", async () => {
  const world = createWorld();
  slotAhead(world, 60);
  await world.spawn().handle(killEvent());
  world.clock.advance(61);
  slotAhead(world, 30);
  await world.spawn().handle({ kind: "resume", service: REF });
  expect(raises(world)).toBe(1);
});

test("who misses slot after slot is left to the sweep, before Lambda takes the chain for a loop", async () => {
  const world = createWorld();
  slotAhead(world, 60);
  await world.spawn().handle(killEvent());
  for (let missed = 0; missed < 6; missed += 1) {
    world.clock.advance(70);
    slotAhead(world, 60);
    await world.spawn().handle({ kind: "resume", service: REF });
  }
  expect(world.mail).toHaveLength(4);
  await world.passTime();
  expect(raises(world)).toBe(1);
});
