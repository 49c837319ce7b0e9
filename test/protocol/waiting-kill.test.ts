/** A kill that waits for somebody else's deployment: kept in the ledger, not in a queue, and one for all that come after it. */
import { expect, test } from "vitest";
import { killEvent } from "../builders/kill.ts";
import { REF } from "../fakes/services.ts";
import { createWorld, type World } from "./world.ts";

const deploying = () => {
  const world = createWorld();
  void world.services.deploy(REF, world.services.state?.taskDefinitionArn ?? "");
  return world;
};

const raised = ({ services }: World) => services.registered.filter(({ size }) => (size?.memoryMiB ?? 0) > 1024);
const task = (number: number): string => `${number}`.padStart(32, "0");
const deploymentEnded = {
  kind: "event",
  detailType: "ECS Deployment State Change",
  event: { "detail-type": "ECS Deployment State Change", source: "aws.ecs", resources: [REF.arn] },
} as const;

/** How often the service was looked at while the sweep came by for so many seconds. */
const looksWithin = async ({ clock, ledger, spawn }: World, seconds: number): Promise<number> => {
  let looks = 0;
  for (let passed = 0; passed < seconds; passed += 120) {
    clock.advance(120);
    for (const due of await ledger.due(clock.now(), 100)) {
      const { process, handle } = spawn();
      if (due.kind !== "message") await handle({ kind: "resume", service: due.ref });
      looks += process.calls.filter((call) => call === "describe").length;
    }
  }
  return looks;
};

test("the sweep brings it back, and it is raised once the deployment has ended", async () => {
  const world = deploying();
  await world.spawn().handle(killEvent());
  expect(raised(world)).toHaveLength(0);
  world.services.settle();
  await world.passTime();
  expect(raised(world)).toHaveLength(1);
  expect((await world.item()).waiting).toBeUndefined();
});

test("the deployment's own end brings it back at once", async () => {
  const world = deploying();
  await world.spawn().handle(killEvent());
  world.services.settle();
  await world.spawn().handle(deploymentEnded);
  expect(raised(world)).toHaveLength(1);
});

test("a crash right after it began to wait loses nothing", async () => {
  const world = deploying();
  const { process, handle } = world.spawn();
  await handle(killEvent());
  const saving = process.calls.indexOf("save");
  const other = deploying();
  expect(await other.spawn({ at: saving, fault: "crash-after" }).handle(killEvent())).toBe("crashed");
  other.services.settle();
  await other.passTime();
  expect(raised(other)).toHaveLength(1);
});

test("it never ends: a person is called after an hour, and nothing was changed", async () => {
  const world = deploying();
  await world.spawn().handle(killEvent());
  await looksWithin(world, 3960);
  expect(world.ledger.appended.at(-1)).toMatchObject({ decision: "escalate", reason: "deployment-never-ends" });
  expect((await world.item()).waiting).toBeUndefined();
  expect(raised(world)).toHaveLength(0);
});

test("of forty kills one waits and is looked at every five minutes; the others are counted", async () => {
  const world = deploying();
  for (let number = 0; number < 40; number += 1) await world.spawn().handle(killEvent({ task: task(number) }));
  const { kills, waiting } = await world.item();
  expect(kills).toHaveLength(40);
  expect(waiting?.kill.taskArn).toContain(task(0));
  expect(await looksWithin(world, 1800)).toBeLessThanOrEqual(6);
  expect(world.mail).toEqual([]);
});

test("the answer to another kill, of a revision before, does not end its wait", async () => {
  const world = createWorld();
  world.services.deployByPipeline("111122223333.dkr.ecr.us-east-1.amazonaws.com/order-service:v1");
  await world.spawn().handle(killEvent({ revision: 2, task: task(1) }));
  await world.spawn().handle(killEvent({ revision: 1, task: task(2) }));
  expect(world.ledger.appended.at(-1)).toMatchObject({ reason: "already-replaced" });
  world.services.settle();
  await world.passTime();
  expect(raised(world)).toHaveLength(1);
});

test("a kill told again after fifty newer ones were counted is not judged again", async () => {
  const world = createWorld();
  const at = (second: number): string => new Date(world.clock.now().getTime() + second * 1000).toISOString();
  for (let number = 0; number <= 51; number += 1) {
    await world.spawn().handle(killEvent({ task: task(number), at: at(number) }));
  }
  const { version } = await world.item();
  const { process, handle } = world.spawn();
  expect(await handle(killEvent({ task: task(0), at: at(0) }))).toMatchObject({ decision: "known" });
  expect(process.calls).not.toContain("save");
  expect((await world.item()).version).toBe(version);
});
