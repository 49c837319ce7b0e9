/** CodeDeploy's hook at BeforeInstall, as CodeDeploy asks it, under its own role. */
import { expect, test, vi } from "vitest";
import { basicScan, codedeployOf, deployByCodeDeploy, enhancedScan, push, settled, toldOf } from "./gate.fixture.ts";
import { SERVICE, startWorld, UNBRAKED, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const config = { ...UNBRAKED, services: { "production/*": { gate: { mode: "act" } } } };

const look = (world: World, id: string) => codedeployOf(world).look(id);

test("a bad image is refused and told, a good one is let on", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  push(world, SERVICE, "v1.2.0", basicScan());
  await world.pass(60);
  const bad = await deployByCodeDeploy(world, "v1.1.0");
  const good = await deployByCodeDeploy(world, "v1.2.0");
  await world.pass(30);
  expect(look(world, bad)).toEqual({ status: "Failed", answers: ["Failed"] });
  expect(look(world, good)).toEqual({ status: "InProgress", answers: ["Succeeded"] });
  await world.until("told", () => toldOf(world, "No task of it was started") !== "[]");
  expect(world.cloud.local.calls.denied()).toEqual([]);
});

test("a scan that goes on is waited for, and what passed it is let on", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  push(world, SERVICE, "v1.1.0", enhancedScan());
  const id = await deployByCodeDeploy(world, "v1.1.0");
  await world.pass(10);
  expect(look(world, id).answers).toEqual([]);
  await world.until("answered", () => look(world, id).answers.length > 0, 400);
  expect(look(world, id)).toEqual({ status: "InProgress", answers: ["Succeeded"] });
});

test("what cannot be judged is refused at once, not after CodeDeploy's hour", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  const id = await deployByCodeDeploy(world, "v1.1.0", { appSpec: "Resources: []" });
  await world.pass(30);
  expect(look(world, id)).toEqual({ status: "Failed", answers: ["Failed"] });
  expect(world.cloud.local.calls.denied()).toEqual([]);
});
