/** A raise whose tasks never become healthy: ECS has no end for such a deployment, so the plan must. */
import { expect, test } from "vitest";
import { killEvent } from "../builders/kill.ts";
import { createTalk } from "./talk.ts";
import { createWorld, type World } from "./world.ts";

/** Rounds of the sweep in which the deployment under way stays under way. */
const passTimeWithoutProgress = async ({ clock, sweep }: World, rounds: number) => {
  for (let round = 0; round < rounds; round += 1) {
    clock.advance(120);
    await sweep();
  }
};

test("a raise that is not steady in time is taken back while its own deployment still goes on", async () => {
  const world = createWorld({ clusters: ["production"], oom: { steadyWithinSeconds: 1800 } });
  await world.spawn().handle(killEvent());
  expect(world.services.registered.at(-1)?.size?.memoryMiB).toBe(2048);
  await passTimeWithoutProgress(world, 18);
  expect(world.services.registered.at(-1)?.size?.memoryMiB).toBe(1024);
  expect(world.services.state?.taskDefinitionArn).toBe(world.services.registered.at(-1)?.arn);
  expect((await world.item()).active).toBeUndefined();
  expect(world.ledger.appended.at(-1)?.plan?.status).toBe("undone");
});

test("an undo asked for while the raise still rolls out does not wait for its end", async () => {
  const talk = await createTalk();
  await talk.press("approve");
  await passTimeWithoutProgress(talk, 1);
  await talk.press("undo");
  await passTimeWithoutProgress(talk, 1);
  expect(talk.services.state?.taskDefinitionArn).toBe(talk.services.registered.at(-1)?.arn);
  expect(talk.services.registered.at(-1)?.size?.memoryMiB).toBe(1024);
});
