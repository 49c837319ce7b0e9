/** What is lost, late, throttled or doubled on the gate's way: the right answer, once. */
import { expect, test, vi } from "vitest";
import { basicScan, gateCalls, gateRecords, push, REGISTRY, release, settled, toldOf } from "./gate.fixture.ts";
import { startWorld, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const SERVICE = "user-service";

const startSettled = async (): Promise<World> => {
  const world = await startWorld();
  await settled(world, SERVICE);
  return world;
};

const answers = (world: World): number =>
  gateCalls(world).filter((operation) => operation === "ContinueServiceDeployment").length;

const sentBack = (world: World): Promise<void> =>
  world.until("sent back", async () =>
    (await gateRecords(world, SERVICE)).some(
      ({ plan }) => plan?.kind === "send-deployment-back" && plan.status === "done",
    ),
  );

test.each([
  ["ecr", "DescribeImageScanFindings", "throttle"],
  ["ecr", "BatchGetImage", "throttle"],
  ["ecs", "ContinueServiceDeployment", "throttle"],
  ["ecs", "ContinueServiceDeployment", "lost-response"],
  ["ecs", "ContinueServiceDeployment", "crash"],
  ["ecs", "DescribeServiceRevisions", "error"],
  ["dynamodb", "PutItem", "throttle"],
] as const)("%s %s: %s is survived, and the deployment is sent back once", async (service, operation, kind) => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await world.pass(60);
  const before = answers(world);
  world.door.fault({ service, operation, kind, times: kind === "crash" ? 1 : 2, functionName: "reflex-gate" });
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await sentBack(world);
  await world.pass(600);
  const records = (await gateRecords(world, SERVICE)).filter(({ plan, kind: what }) => plan && what === "decision");
  expect(records.filter(({ plan }) => plan?.kind === "send-deployment-back")).toHaveLength(1);
  expect(answers(world)).toBeGreaterThan(before);
  expect(await world.deadLetters("gate")).toEqual([]);
});

test("a lost end of a scan is made good by the sweep within two rounds", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", basicScan("HIGH"));
  world.door.fault({ service: "events", operation: "ECR Image Scan", kind: "lost-event" });
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await world.pass(2 * 120 + 60);
  await sentBack(world);
  expect(toldOf(world, "too-many-high")).toContain("sent back");
});

test("findings that cannot be read as such are judged as unknown, never as none", async () => {
  const world = await startSettled();
  const scan = {
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: { findings: [{ severity: "SEVERE" }, {}] },
  };
  await release(world, SERVICE, "v1.1.0", scan as never);
  await world.until("asked", () => toldOf(world, "unknown-severity") !== "[]");
  expect(toldOf(world, "unknown-severity")).toContain("waits for approval");
});
