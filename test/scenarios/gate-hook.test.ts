/** Deployments of a service whose PAUSE hook the gate answers, before any task of them starts. */
import { expect, test, vi } from "vitest";
import {
  basicScan,
  enhancedScan,
  gateCalls,
  gateRecords,
  push,
  REGISTRY,
  release,
  settled,
  tasksOf,
  toldOf,
} from "./gate.fixture.ts";
import { startWorld } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const SERVICE = "user-service";

const startSettled = async () => {
  const world = await startWorld();
  await settled(world, SERVICE);
  return world;
};

test("an image that may not run is sent back before any task of it starts, and its message says why", async () => {
  const world = await startSettled();
  const [before, running] = [tasksOf(world, SERVICE), world.service(SERVICE).taskDefinitionArn];
  const arn = await release(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  const asked = gateCalls(world).length;
  await world.until("told", () => toldOf(world, "too-many-critical") !== "[]");
  const calls = gateCalls(world).slice(asked);
  // What follows the answer belongs to the deployment's end.
  expect(calls.slice(0, calls.indexOf("ContinueServiceDeployment") + 1)).toEqual([
    "DescribeServices",
    "DescribeServices",
    "DescribeServiceRevisions",
    "DescribeTaskDefinition",
    "BatchGetImage",
    "ContinueServiceDeployment",
  ]);
  await world.until("gone back", () => world.service(SERVICE).taskDefinitionArn === running);
  expect(tasksOf(world, SERVICE)).toEqual(before);
  expect(arn).not.toBe(running);
  const told = toldOf(world, "too-many-critical");
  for (const words of ["No task of it was started", "CVE-2026-1000", "openssl 3.0.1", "sent back"])
    expect(told).toContain(words);
  expect(world.cloud.local.calls.denied()).toEqual([]);
});

test("an image that passes is let on without a word to anybody", async () => {
  const world = await startSettled();
  const arn = await release(world, SERVICE, "v1.1.0", basicScan("LOW"));
  await world.until("runs", () => world.service(SERVICE).taskDefinitionArn === arn);
  await world.until("steady", async () => {
    const { deployments } = await world.describe(SERVICE);
    return (deployments as readonly { rolloutState: string }[]).every((one) => one.rolloutState === "COMPLETED");
  });
  expect((await gateRecords(world, SERVICE)).at(-1)?.evidence).toBeDefined();
  expect(world.messages()).toEqual([]);
});

test("a scan that is not there yet keeps the deployment waiting, and its end lets it on at once", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", enhancedScan("MEDIUM"));
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await world.pass(20);
  expect((await gateRecords(world, SERVICE)).some(({ reason }) => reason === "scan-in-progress")).toBe(true);
  await world.until("answered", async () =>
    (await gateRecords(world, SERVICE)).some(
      ({ plan, step }) => plan?.kind === "let-deployment-on" && step !== undefined && plan.status === "done",
    ),
  );
  await world.pass(300);
  expect(world.service(SERVICE).runningCount).toBeGreaterThanOrEqual(2);
  expect(world.messages()).toEqual([]);
});

test("an index is judged by the image of the task's platform", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"), ["linux/amd64", "linux/arm64"]);
  await world.pass(60);
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await world.until("sent back", async () =>
    (await gateRecords(world, SERVICE)).some(
      ({ plan }) => plan?.kind === "send-deployment-back" && plan.status === "done",
    ),
  );
});

test("a deployment of the images that run already is never blocked, bad as they may be", async () => {
  const world = await startSettled();
  const arn = await world.deployByPipeline({ memory: "1024" }, SERVICE);
  await world.until("answered", async () =>
    (await gateRecords(world, SERVICE)).some(({ evidence }) => evidence.passes === "unchanged"),
  );
  await world.until("runs", () => world.service(SERVICE).taskDefinitionArn === arn);
});

test("breaking the glass passes, and is told with its justification", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await world.pass(60);
  const tags = [{ key: "reflex:break-glass", value: "incident 4711: the fix is in this image" }];
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0`, tags }, SERVICE);
  await world.until("told", () => toldOf(world, "incident 4711") !== "[]");
  expect(toldOf(world, "incident 4711")).toContain("let on");
});

test("the same question twice is answered once", async () => {
  const world = await startSettled();
  await release(world, SERVICE, "v1.1.0", basicScan("HIGH"));
  await world.until("told", () => toldOf(world, "too-many-high") !== "[]");
  const { hookId, deployment } = (await gateRecords(world, SERVICE)).find(({ plan }) => plan)?.evidence ?? {};
  const answers = () => gateCalls(world).filter((operation) => operation === "ContinueServiceDeployment").length;
  const before = answers();
  world.post({
    source: "aws.ecs",
    "detail-type": "ECS Hook State Change",
    detail: {
      eventName: "HOOK_AWAITING_ACTION",
      hookId: String(hookId),
      hookType: "PAUSE",
      lifecycleStage: "PRE_SCALE_UP",
      clusterArn: "arn:aws:ecs:us-east-1:111122223333:cluster/production",
      serviceArn: `arn:aws:ecs:us-east-1:111122223333:service/production/${SERVICE}`,
      serviceDeploymentArn: String(deployment),
    },
  });
  await world.pass(120);
  expect(answers()).toBe(before);
});
