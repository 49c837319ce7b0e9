/** Deployments that no hook holds, tags that are promoted, and images that turn bad while they run. */
import { expect, test, vi } from "vitest";
import { basicScan, gateActs, gateRecords, push, REGISTRY, release, settled, tasksOf, toldOf } from "./gate.fixture.ts";
import { SERVICE, startWorld, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const CLEAN = basicScan();

const startSettled = async (config: unknown): Promise<World> => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  return world;
};

const ended = (world: World, kind: string) =>
  world.until(
    `${kind} is over`,
    async () => (await gateRecords(world, SERVICE)).some(({ plan }) => plan?.kind === kind && plan.status === "done"),
    3600,
  );

test("a deployment of an image that was known as bad is taken back by itself, and its exposure is told", async () => {
  const world = await startSettled(gateActs({ rollingMode: "act" }));
  const running = world.service().taskDefinitionArn;
  await release(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await ended(world, "roll-back-deployment");
  expect(world.service().taskDefinitionArn).toBe(running);
  await world.until(
    "its exposure is told",
    () => /exposed for \d+ s in all/.test(toldOf(world, "too-many-critical")),
    60,
  );
  expect(toldOf(world, "too-many-critical")).toContain("the verdict was known before it began");
});

test("by default the rollback is offered, and nothing is done without a word", async () => {
  const world = await startSettled(gateActs());
  const arn = await release(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await world.until("proposed", () => toldOf(world, "proposed: waits for approval") !== "[]");
  await world.pass(900);
  expect(world.service().taskDefinitionArn).toBe(arn);
});

test("a passed tag that is mapped to a service is deployed to it, pinned by digest", async () => {
  const promotions = [{ repository: SERVICE, tags: "semver", service: `production/${SERVICE}` }];
  const world = await startSettled(gateActs({ promoteMode: "act" }, { promotions }));
  const before = tasksOf(world, SERVICE);
  const digest = push(world, SERVICE, "v1.1.0", CLEAN);
  await ended(world, "promote-image");
  const { containerDefinitions } = await world.definition(world.service().taskDefinitionArn);
  expect(containerDefinitions).toMatchObject([{ image: `${REGISTRY}/${SERVICE}@${digest}` }]);
  expect(await world.runningDigests()).toEqual([digest]);
  expect(tasksOf(world, SERVICE)).not.toEqual(before);
  expect(toldOf(world, "v1.1.0 passed its scan")).not.toBe("[]");
});

test("a tag whose image may not run is not promoted, nor is latest", async () => {
  const promotions = [{ repository: SERVICE, tags: "v*", service: `production/${SERVICE}` }];
  const world = await startSettled(gateActs({ promoteMode: "act" }, { promotions }));
  const running = world.service().taskDefinitionArn;
  push(world, SERVICE, "v1.1.0", basicScan("HIGH"));
  push(world, SERVICE, "latest", CLEAN);
  await world.pass(600);
  expect(world.service().taskDefinitionArn).toBe(running);
  expect((await gateRecords(world, SERVICE)).some(({ reason }) => reason === "not-passed")).toBe(true);
});
