/** Verdicts that come too late to stop a deployment, and images that turn bad while they run. */
import { expect, test, vi } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import type { LambdaProcessesDoor } from "../../local/services/lambda/door.ts";
import type { SlackWorkspaceDoor } from "../../local/services/slack/door.ts";
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
} from "./gate.fixture.ts";
import { CLUSTER, SERVICE, startWorld, UNBRAKED, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const ANN = "U0000001";
const OTHER = "api-gateway";
/** Its PAUSE hook is the gate's to answer. */
const HOOKED = "user-service";
const config = { ...UNBRAKED, slack: { approvers: ANN }, services: { [`${CLUSTER}/*`]: { gate: { mode: "act" } } } };

const startSettled = async (): Promise<World> => {
  const world = await startWorld({ config });
  for (const service of [SERVICE, OTHER]) await settled(world, service);
  return world;
};

/** The last message whose text and blocks hold these words. */
const messageWith = (world: World, ...words: readonly string[]) =>
  world
    .messages()
    .findLast(({ text, blocks }) => words.every((each) => `${text}${JSON.stringify(blocks)}`.includes(each)));

const slackOf = (world: World) => world.cloud.local.cloud.neighbour<SlackWorkspaceDoor>("slack");

const press = (world: World, actionId: string, ...words: readonly string[]) =>
  slackOf(world).click({ ts: messageWith(world, ...words)?.ts ?? "", actionId, user: ANN });

const plansOf = async (world: World, service: string, kind: string): Promise<readonly (string | undefined)[]> =>
  (await gateRecords(world, service)).filter(({ plan }) => plan?.kind === kind).map(({ plan }) => plan?.status);

const imageOf = async (world: World, service: string): Promise<unknown> => {
  const { containerDefinitions } = await world.definition(world.service(service).taskDefinitionArn);
  return (containerDefinitions as readonly JsonObject[])[0]?.image;
};

const REGISTRY_ID = "111122223333";

/** A scan by Inspector that has not ended before a test ends it. */
const endlessScan = (): JsonObject => ({ ...enhancedScan(), imageScanStatus: { status: "PENDING" } });

/** Ends it with something critical. */
const endScan = (world: World, repositoryName: string, digest: string, scan: JsonObject): void => {
  Object.assign(scan, enhancedScan("CRITICAL"));
  const repository = `arn:aws:ecr:us-east-1:${REGISTRY_ID}:repository/${repositoryName}`;
  const detail = { "scan-status": "INITIAL_SCAN_COMPLETE", "repository-name": repository, "image-digest": digest };
  world.post({ source: "aws.inspector2", "detail-type": "Inspector2 Scan", detail });
};

/** Inspector finds something critical in an image that it had found clean. */
const turnsBad = (
  world: World,
  repositoryName: string,
  imageHash: string,
  scan: JsonObject,
  ...severities: readonly string[]
): void => {
  Object.assign(scan, enhancedScan(...(severities.length === 0 ? ["CRITICAL"] : severities)));
  const details = { awsEcrContainerImage: { imageHash, registry: REGISTRY_ID, repositoryName } };
  const detail = { status: "ACTIVE", resources: [{ type: "AWS_ECR_CONTAINER_IMAGE", details }] };
  world.post({ source: "aws.inspector2", "detail-type": "Inspector2 Finding", detail });
};

/** Names of the services whose replacement is done. */
const rolledOut = async (world: World): Promise<readonly string[]> =>
  (await world.records()).flatMap(({ plan, service }) =>
    plan?.kind === "replace-image" && plan.status === "done" ? [service?.name ?? ""] : [],
  );

test("a verdict that comes after the deployment, or turns, offers the way back, and an approval brings the earlier image by its digest", async () => {
  const world = await startSettled();
  const [before] = await world.runningDigests();
  const [otherBefore] = await world.runningDigests(OTHER);
  const clean = enhancedScan();
  const other = push(world, OTHER, "v1.1.0", clean);
  const scan = endlessScan();
  const exposed = push(world, SERVICE, "v1.1.0", scan);
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` });
  await world.pass(60);
  await retag(world, SERVICE, "v1.1.0", enhancedScan());
  await settled(world, SERVICE);
  expect(await world.runningDigests()).toEqual([exposed]);
  expect(world.messages()).toEqual([]);
  endScan(world, SERVICE, exposed, scan);
  await world.until("proposed", () => messageWith(world, "waits for approval") !== undefined);
  const proposal = JSON.stringify(messageWith(world, "waits for approval"));
  expect(proposal).toMatch(/exposed for \d+ (s|min) so far/);
  expect(proposal).toContain(exposed.slice(0, "sha256:".length + 12));
  await press(world, "approve", "waits for approval");
  await world.until("back", async () => (await plansOf(world, SERVICE, "return-to-earlier-image")).includes("done"));
  expect(await imageOf(world, SERVICE)).toBe(`${REGISTRY}/${SERVICE}@${before}`);
  expect(await world.runningDigests()).toEqual([before]);
  await world.until("told", () => messageWith(world, "went back from") !== undefined);
  expect(JSON.stringify(messageWith(world, "went back from"))).toMatch(/exposed for \d+ min in all/);
  await world.pass(300);
  expect(world.messages()).toHaveLength(1);

  // The other one passed, runs, and turns bad: no tag after it passes, so what ran before is offered.
  await world.deployByPipeline({ image: `${REGISTRY}/${OTHER}:v1.1.0` }, OTHER);
  await settled(world, OTHER);
  turnsBad(world, OTHER, other, clean);
  const offer = [`${CLUSTER}/${OTHER}\` to what ran before: 🟡`];
  await world.until("offered", () => messageWith(world, ...offer) !== undefined, 300);
  await press(world, "approve", ...offer);
  await world.until("back", async () => (await plansOf(world, OTHER, "return-to-earlier-image")).includes("done"));
  expect(await world.runningDigests(OTHER)).toEqual([otherBefore]);
  await world.pass(300);
  expect(world.messages()).toHaveLength(2);
});

test("a service with a hook goes back by an approval to an image that may not run either, and the hook lets it on", async () => {
  const world = await startWorld({ config });
  await settled(world, HOOKED);
  const scans = [enhancedScan(), enhancedScan()] as const;
  const digests: string[] = [];
  for (const [index, scan] of scans.entries()) {
    digests.push(push(world, HOOKED, `v1.1.${index}`, scan));
    await world.pass(200);
    // By digest, as some pipelines deploy: the earlier revision names its images as the way back does.
    await world.deployByPipeline({ image: `${REGISTRY}/${HOOKED}@${digests[index]}` }, HOOKED);
    await settled(world, HOOKED);
  }
  const [earlier = "", running = ""] = digests;
  turnsBad(world, HOOKED, earlier, scans[0]);
  turnsBad(world, HOOKED, running, scans[1], "CRITICAL", "CRITICAL");
  await world.until("offered", () => messageWith(world, HOOKED, "to what ran before: 🟡") !== undefined, 300);
  await press(world, "approve", HOOKED, "to what ran before: 🟡");
  const ended = async () => (await plansOf(world, HOOKED, "return-to-earlier-image")).at(-1);
  await world.until("over", async () => !["awaiting-approval", "running"].includes((await ended()) ?? ""));
  expect(await ended()).toBe("done");
  expect(await world.runningDigests(HOOKED)).toEqual([earlier]);
  const answered = (await gateRecords(world, HOOKED)).filter(({ evidence }) => evidence.passes === "goes-back");
  expect(answered[0]).toMatchObject({ plan: { kind: "let-deployment-on" }, evidence: { door: "hook" } });
});

test("a rollback that nobody approved in time gives way to the earlier image, be it approved too late or not at all", async () => {
  const world = await startSettled();
  const [before] = await world.runningDigests(OTHER);
  for (const name of [SERVICE, OTHER]) await release(world, name, "v1.1.0", basicScan("CRITICAL"));
  const offered = (name: string, ...words: readonly string[]) =>
    messageWith(world, name, "waits for approval", ...words);
  await world.until("both offered", () => offered(SERVICE) !== undefined && offered(OTHER) !== undefined);
  const old = slackOf(world).interaction({ ts: offered(SERVICE)?.ts ?? "", actionId: "approve", user: ANN });

  await settled(world, SERVICE);
  await world.until("offered anew", () => offered(SERVICE, "runs an image") !== undefined);
  const lambda = world.cloud.local.cloud.neighbour<LambdaProcessesDoor>("lambda");
  await lambda.callUrl(lambda.urls()[0]?.url ?? "", { ...old, path: "/" });

  // The other's end cannot be looked into before somebody approves.
  const functionName = "reflex-gate";
  world.door.fault({ service: "ecs", operation: "DescribeServices", kind: "error", times: 1000, functionName });
  await settled(world, OTHER);
  await press(world, "approve", OTHER, "waits for approval");
  await world.pass(30);
  world.cloud.local.faults.clear();
  await world.until("offered anew", () => offered(OTHER, "runs an image") !== undefined);
  expect(await plansOf(world, OTHER, "roll-back-deployment")).toEqual(["awaiting-approval", "running", "failed"]);
  expect(gateCalls(world)).not.toContain("StopServiceDeployment");
  await press(world, "approve", OTHER, "waits for approval");
  await world.until("back", async () => (await plansOf(world, OTHER, "return-to-earlier-image")).includes("done"));
  expect(await world.runningDigests(OTHER)).toEqual([before]);
  expect(await plansOf(world, SERVICE, "return-to-earlier-image")).toEqual(["awaiting-approval"]);
  expect(world.messages()).toHaveLength(2);
});

test("an image that turns bad while two services run it is one incident, with a rollout for each of them by one click", async () => {
  const world = await startSettled();
  const both = [SERVICE, "orders-abroad"];
  const image = `${REGISTRY}/${SERVICE}`;
  const scan = enhancedScan();
  const digest = push(world, SERVICE, "v1.1.0", scan);
  await world.pass(200);
  await world.createService({ name: "orders-abroad", image: `${image}:v1.1.0`, mode: "off" });
  await world.deployByPipeline({ image: `${image}:v1.1.0` });
  for (const name of both) await settled(world, name);
  const better = push(world, SERVICE, "v1.2.0", enhancedScan("LOW"));
  await world.pass(200);
  expect(world.messages()).toEqual([]);

  turnsBad(world, SERVICE, digest, scan);
  const told = () => JSON.stringify(messageWith(world, "runs and may not")?.blocks ?? []);
  await world.until("both offered", () => told().split("to `v1.2.0`: 🟡").length === 3, 300);
  expect(told()).toContain(both.map((name) => `\`${CLUSTER}/${name}\``).join(", "));
  await press(world, "approve", "runs and may not");
  await world.until("the first runs it", async () => (await rolledOut(world)).length === 1);
  await press(world, "approve", "runs and may not");
  await world.until("both run it", async () => (await rolledOut(world)).length === 2);
  for (const name of both) {
    expect(await imageOf(world, name)).toBe(`${image}@${better}`);
    expect(await world.runningDigests(name)).toEqual([better]);
  }
  await world.until("told", () => told().split("✅ *deployed and steady*").length === 4, 60);
  await world.pass(300);
  expect(world.messages()).toHaveLength(1);
});
