/** Somebody else deploys at the worst of moments: what they deployed is what runs in the end. */
import { expect, test } from "vitest";
import { CLUSTER, startWorld, UNBRAKED } from "./world.ts";

const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

/** The calls of one raise between which a pipeline may come. */
const CALLS = [
  ["dynamodb", "GetItem", 1],
  ["ecs", "DescribeServices", 1],
  ["ecs", "DescribeTaskDefinition", 1],
  ["ecs", "DescribeServiceRevisions", 1],
  ["dynamodb", "PutItem", 1],
  ["ecs", "RegisterTaskDefinition", 1],
  ["dynamodb", "PutItem", 2],
  ["ecs", "DescribeServices", 2],
  ["ecs", "UpdateService", 1],
  ["ecs", "ListServiceDeployments", 1],
  ["ecs", "DescribeServiceRevisions", 2],
  ["ecs", "DescribeServices", 3],
  ["dynamodb", "PutItem", 3],
] as const;

const named = (service: string, operation: string, call: number, when: string) =>
  `${service}-${operation}-${call}-${when}`.toLowerCase();

test("a pipeline's image runs in the end, whenever it is deployed between the calls of a raise", async () => {
  const world = await startWorld({ config: UNBRAKED });
  const { digest } = world.door.pushImage({ repositoryName: "order-service", imageTag: "v2.0.0", scan: null });
  const wrong: unknown[] = [];
  for (const [service, operation, call] of CALLS)
    for (const when of ["before", "after"] as const) {
      const name = named(service, operation, call, when);
      await world.createService({ name });
      await world.pass(120);
      world.interrupt({
        when,
        service,
        operation,
        call,
        happen: () => world.deployByPipeline({ image: `${REGISTRY}/order-service:v2.0.0` }, name),
      });
      world.kill({ service: name });
      await world.until(`${name} is over`, () => world.isOver(name), 7200);
      await world.pass(600);
      const runs = await world.runningDigests(name);
      if (!world.isUninterrupted || runs.length !== 1 || runs[0] !== digest)
        wrong.push([name, world.isUninterrupted, runs, world.service(name).taskDefinitionArn]);
      await world.deleteService(name);
    }
  expect(wrong).toEqual([]);
  expect(await world.deadLetters()).toEqual([]);
}, 120_000);

test("a tag that moves after the deployment does not reach the raised revision", async () => {
  const world = await startWorld({ config: UNBRAKED });
  await world.ask("ecr", "PutImageTagMutability", { repositoryName: "order-service", imageTagMutability: "MUTABLE" });
  const { digest: first } = world.door.pushImage({ repositoryName: "order-service", imageTag: "stable", scan: null });
  await world.createService({ name: "legacy", image: `${REGISTRY}/order-service:stable` });
  await world.pass(120);
  expect(await world.runningDigests("legacy")).toEqual([first]);
  const { digest: second } = world.door.pushImage({ repositoryName: "order-service", imageTag: "stable", scan: null });
  expect(second).not.toBe(first);

  world.kill({ service: "legacy" });
  await world.until("the plan is over", () => world.isOver("legacy"), 3600);
  expect(world.service("legacy").taskDefinitionArn).toMatch(/legacy:2$/);
  expect(await world.runningDigests("legacy")).toEqual([first]);
});

test("the same revision deployed anew with a moved tag, just before our deployment, is what runs", async () => {
  const world = await startWorld({ config: UNBRAKED });
  await world.ask("ecr", "PutImageTagMutability", { repositoryName: "order-service", imageTagMutability: "MUTABLE" });
  world.door.pushImage({ repositoryName: "order-service", imageTag: "stable", scan: null });
  await world.createService({ name: "legacy", image: `${REGISTRY}/order-service:stable` });
  await world.pass(120);
  const moved: string[] = [];
  world.interrupt({
    when: "before",
    service: "ecs",
    operation: "DescribeServices",
    call: 2,
    happen: async () => {
      moved.push(world.door.pushImage({ repositoryName: "order-service", imageTag: "stable", scan: null }).digest);
      await world.ask("ecs", "UpdateService", { cluster: CLUSTER, service: "legacy", forceNewDeployment: true });
    },
  });
  world.kill({ service: "legacy" });
  await world.until("the plan is over", () => world.isOver("legacy"), 7200);
  await world.pass(600);
  expect(await world.runningDigests("legacy")).toEqual(moved);
});

test("a deployment of somebody else's is waited for, and the kill is acted on when it has ended", async () => {
  const world = await startWorld({ config: UNBRAKED });
  await world.createService({ name: "cart" });
  await world.pass(120);
  await world.ask("ecs", "UpdateService", { cluster: CLUSTER, service: "cart", forceNewDeployment: true });
  world.kill({ service: "cart" });
  await world.pass(10);
  expect((await world.oomRecords("cart")).at(-1)).toMatchObject({ decision: "hold", reason: "deployment-in-progress" });
  await world.until("raised", () => world.service("cart").taskDefinitionArn.endsWith("cart:2"), 1800);
});

test("a service whose CloudFormation stack is being updated is left alone meanwhile", async () => {
  const world = await startWorld();
  world.door.stackStatus("ReflexPlatform", "UPDATE_IN_PROGRESS");
  world.kill({});
  await world.pass(30);
  expect((await world.oomRecords()).at(-1)).toMatchObject({ decision: "hold", reason: "stack-in-progress" });
  expect(world.writes()).toEqual([]);
});
