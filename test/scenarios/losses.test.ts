/** Events that never arrive, and configurations that are wrong: nothing hangs, nothing is lost. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleFunctions } from "../../scripts/bundle.ts";
import { startWorld, UNBRAKED, type World } from "./world.ts";

const disable = (world: World, logicalId: RegExp) =>
  world.ask("events", "DisableRule", { Name: world.resource("AWS::Events::Rule", logicalId) });

test("without deployment events the sweep sees that the service is steady", async () => {
  const world = await startWorld({ config: UNBRAKED });
  await disable(world, /OomDeployments/);
  world.kill({});
  await world.until("the plan is over", () => world.isOver(), 1200);
  expect((await world.oomRecords()).at(-1)?.plan?.status).toBe("done");
  const woken = world.door
    .calls()
    .filter(({ functionName, operation }) => functionName === "reflex-sweep" && operation === "SendMessage");
  expect(woken.length).toBeGreaterThan(0);
});

test("a kill that no event told of is found by the sweep", async () => {
  const world = await startWorld({ config: UNBRAKED });
  await disable(world, /OomKills/);
  world.door.suffer("production", "order-service", { memoryMiB: 1300 });
  await world.until("raised", () => world.service().taskDefinitionArn.endsWith(":2"), 1200);
  await world.until("the plan is over", () => world.isOver(), 1200);
  expect(await world.revisions()).toHaveLength(2);
  expect(world.told()).toHaveLength(1);
});

test("records that the bus did not take are told by the sweep", async () => {
  const world = await startWorld({ config: UNBRAKED });
  world.door.fault({ service: "events", operation: "PutEvents", kind: "error", times: 12, functionName: "reflex-oom" });
  world.kill({});
  await world.until("the plan is over", () => world.isOver(), 3600);
  await world.until("told", () => world.told()[0]?.text.includes("held: no kill since") ?? false, 900);
  expect(world.told()).toHaveLength(1);
});

test("with a configuration that cannot be read, the events wait in the queue until it is mended", async () => {
  const broken = { ...UNBRAKED, oom: { watchSeconds: "an hour" } };
  const world = await startWorld({ config: broken });
  world.kill({});
  await world.pass(1200);
  expect(world.waiting()).toBeGreaterThan(0);
  expect(await world.deadLetters()).toEqual([]);
  expect(await world.oomRecords()).toEqual([]);
  expect(world.logs("reflex-oom").join("\n")).toContain('config.json: oom.watchSeconds is \\"an hour\\"');

  world.redeploy(UNBRAKED);
  await world.until("raised", () => world.service().taskDefinitionArn.endsWith(":2"), 900);
  expect(world.waiting()).toBe(0);
});

test("a configuration that is wrong fails before anything is built: file, line, path, value, and what would be fine", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ecs-reflex-"));
  try {
    const file = join(folder, "reflex.yaml");
    writeFileSync(file, "clusters:\n  - production\noom:\n  watchSeconds: an hour\n");
    await expect(bundleFunctions(file)).rejects.toThrow(
      `reading the configuration ${file}:4: oom.watchSeconds is "an hour", it must be a whole number from 60 to 86400`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
