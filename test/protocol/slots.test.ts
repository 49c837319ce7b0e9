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
