/** The hour after a raise: what happens when its revision is killed as well. */
import { expect, test } from "vitest";
import { killEvent } from "../builders/kill.ts";
import { createWorld } from "./world.ts";

/** A raise that is steady and watched since a moment ago. */
const watched = async () => {
  const world = createWorld({ clusters: ["production"], oom: { watchSeconds: 3600 } });
  await world.spawn().handle(killEvent());
  await world.passTime(2);
  expect((await world.item()).active).toMatchObject({ because: "watching" });
  return world;
};

const killNow = ({ clock }: Awaited<ReturnType<typeof watched>>, revision: number, task: string) =>
  killEvent({ revision, task: task.repeat(32), at: clock.now().toISOString(), ranSeconds: 60 });

test("a kill of the raised revision ends the watch at once, and a person is called", async () => {
  const world = await watched();
  await world.spawn().handle(killNow(world, 2, "a"));
  expect((await world.item()).active).toBeUndefined();
  const last = world.ledger.appended.toSorted((a, b) => a.sequence - b.sequence).at(-1);
  expect(last).toMatchObject({ decision: "escalate", reason: "killed-again", plan: { status: "failed" } });
});

const undisturbed = await (async () => {
  const world = await watched();
  const { process, handle } = world.spawn();
  await handle(killNow(world, 2, "a"));
  return [...process.calls];
})();

test.each(undisturbed.map((name, at) => [at, name] as const))(
  "so does one whose first delivery was cut off after call %i (%s)",
  async (at) => {
    const world = await watched();
    const kill = killNow(world, 2, "a");
    expect(await world.spawn({ at, fault: "crash-after" }).handle(kill)).toBe("crashed");
    world.clock.advance(180);
    await world.spawn().handle(kill);
    expect((await world.item()).active).toBeUndefined();
    await world.sweep();
    expect(world.ledger.appended.filter(({ reason }) => reason === "killed-again")).toHaveLength(1);
  },
);

test("a late kill of the revision before goes on being watched", async () => {
  const world = await watched();
  await world.spawn().handle(killNow(world, 1, "a"));
  expect((await world.item()).active).toMatchObject({ because: "watching" });
});

test("a kill noted while the raise becomes steady costs no record of it", async () => {
  const world = createWorld({ clusters: ["production"], oom: { watchSeconds: 3600 } });
  await world.spawn().handle(killEvent());
  world.services.settle();
  world.clock.advance(120);
  const { save } = world.ledger;
  let saves = 0;
  world.ledger.save = async (item, dueAt) => {
    saves += 1;
    if (saves === 2) await world.spawn().handle(killEvent({ task: "b".repeat(32) }));
    return save(item, dueAt);
  };
  await world.sweep();
  world.ledger.save = save;
  const ended = world.ledger.appended.flatMap(({ step }) => (step?.outcome === "done" ? step.name : []));
  expect(ended).toContain("wait-until-steady");
  expect((await world.item()).active).toMatchObject({ because: "watching" });
  expect((await world.item()).kills).toHaveLength(2);
});
