/** Deployments of a service whose PAUSE hook the gate answers, before any task of them starts. */
import { expect, test, vi } from "vitest";
import type { Evidence } from "#shared/domain/decision.ts";
import type { JsonObject } from "../../local/contract.ts";
import {
  basicScan,
  enhancedScan,
  gateCalls,
  gateRecords,
  push,
  REGISTRY,
  release,
  retag,
  settled,
  tasksOf,
  toldOf,
} from "./gate.fixture.ts";
import { startWorld, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const SERVICE = "user-service";

const answers = (world: World): number =>
  gateCalls(world).filter((operation) => operation === "ContinueServiceDeployment").length;

/** Delivers once more the event of a hook that the gate has a record of. */
const askAgain = (world: World, { hookId, deployment }: Evidence = {}): void =>
  void world.post({
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

const startSettled = async (): Promise<World> => {
  const world = await startWorld();
  await settled(world, SERVICE);
  return world;
};

/** The calls that the last answer took, that of the deployment's own event before it included. */
const callsOfAnswer = (world: World): readonly string[] => {
  const calls = gateCalls(world);
  const answer = calls.lastIndexOf("ContinueServiceDeployment");
  const before = calls.slice(0, answer).lastIndexOf("ContinueServiceDeployment");
  const asked = calls.slice(before + 1, answer + 1);
  return asked.slice(asked.lastIndexOf("DescribeServices") - 1);
};

/** The containers of the service's revision with another image for the first, and another one beside it. */
const twoContainers = async (world: World, image: string, beside: string) => {
  const { containerDefinitions } = await world.definition(world.service(SERVICE).taskDefinitionArn);
  const [container = {}] = containerDefinitions as readonly JsonObject[];
  const { portMappings: _, ...sidecar } = container;
  const tagged = (tag: string) => `${REGISTRY}/${SERVICE}:${tag}`;
  return [
    { ...container, image: tagged(image) },
    { ...sidecar, name: "beside", image: tagged(beside), essential: false },
  ];
};

test("an image that may not run is sent back before any task of it starts, and its message says why", async () => {
  const world = await startSettled();
  const [before, running] = [tasksOf(world, SERVICE), world.service(SERVICE).taskDefinitionArn];
  // What the tag named when it was scanned is not what it names when it is deployed.
  push(world, SERVICE, "v1.1.0", basicScan());
  await world.pass(60);
  await retag(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await world.pass(60);
  const arn = await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await world.until("told", () => toldOf(world, "too-many-critical") !== "[]");
  expect(callsOfAnswer(world)).toEqual([
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
});

test("images that pass are let on without a word to anybody, and two containers cost one call more than one", async () => {
  const world = await startSettled();
  for (const tag of ["v1.1.0", "v1.1.1"]) push(world, SERVICE, tag, basicScan("LOW"));
  await world.pass(60);
  const containerDefinitions = await twoContainers(world, "v1.1.0", "v1.1.1");
  const before = answers(world);
  await world.deployByPipeline({ containerDefinitions }, SERVICE);
  await world.until("let on", () => answers(world) > before);
  expect(callsOfAnswer(world)).toEqual([
    "DescribeServices",
    "DescribeServices",
    "DescribeServiceRevisions",
    "DescribeTaskDefinition",
    "BatchGetImage",
    "BatchGetImage",
    "ContinueServiceDeployment",
  ]);
  await settled(world, SERVICE);
  expect((await gateRecords(world, SERVICE)).at(-1)?.evidence).toBeDefined();
  expect(world.messages()).toEqual([]);
});

test("a scan that is not there yet keeps the deployment waiting, and its end lets it on once, however often it was asked about", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", enhancedScan("MEDIUM"));
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await world.pass(20);
  const waiting = (await gateRecords(world, SERVICE)).find(({ reason }) => reason === "scan-in-progress");
  const before = answers(world);
  for (let copy = 0; copy < 5; copy += 1) askAgain(world, waiting?.evidence);
  await world.until("answered", async () =>
    (await gateRecords(world, SERVICE)).some(
      ({ plan, step }) => plan?.kind === "let-deployment-on" && step !== undefined && plan.status === "done",
    ),
  );
  await world.pass(300);
  expect(world.service(SERVICE).runningCount).toBeGreaterThanOrEqual(2);
  expect(answers(world)).toBe(before + 1);
  expect(world.messages()).toEqual([]);
  expect(await world.deadLetters("gate")).toEqual([]);
});

test("an index is judged by the image of the task's platform, for no call more", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"), ["linux/amd64", "linux/arm64"]);
  push(world, SERVICE, "v1.1.1", basicScan());
  await world.pass(60);
  const containerDefinitions = await twoContainers(world, "v1.1.1", "v1.1.0");
  await world.deployByPipeline({ containerDefinitions }, SERVICE);
  await world.until("sent back", async () =>
    (await gateRecords(world, SERVICE)).some(
      ({ plan }) => plan?.kind === "send-deployment-back" && plan.status === "done",
    ),
  );
  expect(callsOfAnswer(world)).toHaveLength(7);
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

test("a question that comes late, when its deployment is over, is not answered again", async () => {
  const world = await startSettled();
  await release(world, SERVICE, "v1.1.0", basicScan("HIGH"));
  await world.until("told", () => toldOf(world, "too-many-high") !== "[]");
  await settled(world, SERVICE);
  const before = answers(world);
  askAgain(world, (await gateRecords(world, SERVICE)).find(({ plan }) => plan)?.evidence);
  await world.pass(120);
  expect(answers(world)).toBe(before);
});

test("an image that waits for a person at its hook is not told as one that runs", async () => {
  const world = await startSettled();
  const { serviceArn } = await world.describe(SERVICE);
  const tags = [{ key: "reflex:gate:mode", value: "ask" }];
  await world.ask("ecs", "TagResource", { resourceArn: serviceArn as string, tags });
  const digest = push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await world.pass(60);
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}@${digest}` }, SERVICE);
  await world.until("asked", () => toldOf(world, "waits for approval") !== "[]");
  await world.pass(300);
  expect(world.messages()).toHaveLength(1);
});
