/** What is lost, late, throttled or doubled on the gate's way: the right answer, once. */
import { expect, test, vi } from "vitest";
import type { Fault } from "../../local/faults.ts";
import type { SlackWorkspaceDoor } from "../../local/services/slack/door.ts";
import { basicScan, gateRecords, push, REGISTRY, release, settled, toldOf } from "./gate.fixture.ts";
import { CLUSTER, startWorld, UNBRAKED, type World } from "./world.ts";

vi.setConfig({ testTimeout: 120_000 });

const SERVICE = "user-service";
const ANN = "U0000001";
const ROUND_SECONDS = 120;

const startSettled = async (): Promise<World> => {
  const world = await startWorld({ config: { ...UNBRAKED, slack: { approvers: ANN } } });
  await settled(world, SERVICE);
  return world;
};

/** Deployments that went back, as ECS has them. */
const wentBack = async (world: World): Promise<number> => {
  const asked = { cluster: CLUSTER, service: SERVICE, status: ["ROLLBACK_SUCCESSFUL"] };
  const { serviceDeployments } = await world.ask("ecs", "ListServiceDeployments", asked);
  return (serviceDeployments as readonly unknown[]).length;
};

/** Answers to hooks that ECS took. */
const answers = (world: World): number =>
  world.door.calls().filter(({ operation, error }) => operation === "ContinueServiceDeployment" && !error).length;

const sentBack = async (world: World): Promise<number> =>
  (await gateRecords(world, SERVICE)).filter(
    ({ plan, kind }) => plan?.kind === "send-deployment-back" && plan.status === "done" && kind === "progress",
  ).length;

test("whatever fails, is lost or crashes on the way to the answer, the deployment is sent back once", async () => {
  const world = await startSettled();
  const faults: readonly (readonly [string, string, Fault["kind"]])[] = [
    ["ecr", "DescribeImageScanFindings", "throttle"],
    ["ecr", "BatchGetImage", "throttle"],
    ["ecs", "ContinueServiceDeployment", "throttle"],
    ["ecs", "ContinueServiceDeployment", "lost-response"],
    ["ecs", "ContinueServiceDeployment", "crash"],
    ["ecs", "DescribeServiceRevisions", "error"],
    ["dynamodb", "PutItem", "throttle"],
  ];
  for (const [at, [service, operation, kind]] of faults.entries()) {
    const what = `${service} ${operation}: ${kind}`;
    const tag = `v1.1.${at}`;
    push(world, SERVICE, tag, basicScan("CRITICAL"));
    // The end of the first one's scan is handled under the fault as well.
    if (at > 0) await world.pass(60);
    world.door.fault({ service, operation, kind, times: kind === "crash" ? 1 : 2, functionName: "reflex-gate" });
    await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:${tag}` }, SERVICE);
    await world.until(what, async () => (await sentBack(world)) === at + 1);
    await settled(world, SERVICE);
    expect([what, await wentBack(world)]).toEqual([what, at + 1]);
    expect([what, world.cloud.local.faults.waiting()]).toEqual([what, []]);
  }
  await world.pass(600);
  expect([await wentBack(world), await sentBack(world)]).toEqual([faults.length, faults.length]);
  expect(await world.deadLetters("gate")).toEqual([]);
});

test("a lost end of a scan is made good by the sweep within two rounds", async () => {
  const world = await startSettled();
  push(world, SERVICE, "v1.1.0", basicScan("HIGH"));
  world.door.fault({ service: "events", operation: "ECR Image Scan", kind: "lost-event" });
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` }, SERVICE);
  await world.pass(30);
  expect(world.cloud.local.faults.waiting()).toEqual([]);
  expect(await sentBack(world)).toBe(0);
  await world.until("sent back", async () => (await sentBack(world)) === 1, 2 * ROUND_SECONDS);
  await world.until("told", () => toldOf(world, "too-many-high") !== "[]", 30);
  expect(toldOf(world, "too-many-high")).toContain("sent back");
});

test("findings that cannot be read are judged as unknown, and an answer to a deployment that has ended changes nothing", async () => {
  const world = await startSettled();
  const before = answers(world);
  const scan = {
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: { findings: [{ severity: "SEVERE" }, {}] },
  };
  await release(world, SERVICE, "v1.1.0", scan as never);
  await world.until("asked", () => toldOf(world, "unknown-severity") !== "[]");
  expect(toldOf(world, "unknown-severity")).toContain("waits for approval");
  const { currentServiceDeployment } = await world.describe(SERVICE);
  await world.ask("ecs", "StopServiceDeployment", {
    serviceDeploymentArn: currentServiceDeployment as string,
    stopType: "ROLLBACK",
  });
  await settled(world, SERVICE);
  const running = world.service(SERVICE).taskDefinitionArn;
  const [message] = world.messages();
  const slack = world.cloud.local.cloud.neighbour<SlackWorkspaceDoor>("slack");
  await slack.click({ ts: message?.ts ?? "", actionId: "approve", user: ANN });
  await world.pass(300);
  expect(world.messages().map(({ text }) => text)).toEqual([expect.stringContaining("superseded by somebody else")]);
  expect(world.service(SERVICE).taskDefinitionArn).toBe(running);
  expect([answers(world), await world.deadLetters("gate")]).toEqual([before, []]);
});
