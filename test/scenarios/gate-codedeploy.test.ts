/** CodeDeploy's hook at BeforeInstall, as CodeDeploy asks it, under its own role. */
import { expect, test, vi } from "vitest";
import { basicScan, codedeployOf, deployByCodeDeploy, enhancedScan, push, settled, toldOf } from "./gate.fixture.ts";
import { CLUSTER, SERVICE, startWorld, UNBRAKED, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const inMode = (mode: string) => ({ ...UNBRAKED, services: { [`${CLUSTER}/*`]: { gate: { mode } } } });

const look = (world: World, ...ids: readonly string[]) => ids.map((id) => codedeployOf(world).look(id));
const LET_ON = { status: "InProgress", answers: ["Succeeded"] };
const REFUSED = { status: "Failed", answers: ["Failed"] };

/** How often the function answered CodeDeploy, and what came of it. */
const said = (world: World) =>
  world.door
    .calls()
    .filter(({ operation }) => operation === "PutLifecycleEventHookExecutionStatus")
    .map(({ error }) => error);

test("a bad image is refused and told, a good one and the one that runs are let on, however the AppSpec is given", async () => {
  const world = await startWorld({ config: inMode("act") });
  await settled(world, SERVICE);
  const bad = basicScan("CRITICAL");
  for (const [tag, scan] of Object.entries({ "v1.1.0": bad, "v1.2.0": basicScan(), "v1.3.0": bad }))
    push(world, SERVICE, tag, scan);
  await world.pass(60);
  const unchanged = await deployByCodeDeploy(world, "v1.1.0", { runs: "v1.1.0", memory: "1024" });
  const refused = await deployByCodeDeploy(world, "v1.3.0");
  const good = [
    await deployByCodeDeploy(world, "v1.2.0"),
    await deployByCodeDeploy(world, "v1.2.0", { isYaml: true }),
    await deployByCodeDeploy(world, "v1.2.0", { revisionType: "String" }),
    await deployByCodeDeploy(world, "v1.2.0", { revisionType: "String", isYaml: true }),
  ];
  await world.pass(30);
  expect(look(world, refused)).toEqual([REFUSED]);
  expect(look(world, unchanged, ...good)).toEqual([unchanged, ...good].map(() => LET_ON));
  await world.until("told", () => toldOf(world, "No task of it was started") !== "[]");
  expect(toldOf(world, "No task of it was started")).toContain(refused);
});

/** Two deployments that cannot be judged, and one that goes back; half a minute later. */
const unreadable = async (world: World): Promise<readonly string[]> => {
  const ids = [
    await deployByCodeDeploy(world, "v1.0.0", { appSpec: "Resources: []" }),
    await deployByCodeDeploy(world, "v1.0.0", { revisionType: "S3" }),
    await deployByCodeDeploy(world, "v1.0.0", { revisionType: "S3", creator: "codeDeployRollback" }),
  ];
  await world.pass(30);
  return ids;
};

test("what cannot be judged is refused at once, not after CodeDeploy's hour, and a scan that goes on is waited for", async () => {
  const world = await startWorld({ config: inMode("act") });
  await settled(world, SERVICE);
  const ids = await unreadable(world);
  expect(look(world, ...ids)).toEqual([REFUSED, REFUSED, LET_ON]);
  push(world, SERVICE, "v1.1.0", enhancedScan());
  const waiting = await deployByCodeDeploy(world, "v1.1.0");
  await world.pass(10);
  expect(look(world, waiting)).toMatchObject([{ answers: [] }]);
  // Meanwhile Lambda asks again, twice, what ended in an error; those hooks have ended.
  await world.until("answered", () => look(world, waiting)[0]?.answers.length === 1, 400);
  await world.pass(240);
  expect(said(world).filter((error) => error === "LifecycleEventAlreadyCompletedException")).toHaveLength(4);
  expect(look(world, ...ids, waiting)).toEqual([REFUSED, REFUSED, LET_ON, LET_ON]);
});

test("while the gate observes, what cannot be judged is let on", async () => {
  const world = await startWorld({ config: inMode("observe") });
  await settled(world, SERVICE);
  expect(look(world, ...(await unreadable(world)))).toEqual([LET_ON, LET_ON, LET_ON]);
});
