/** The Lambda deployment hook as ECS calls it, under its own role. */
import { expect, test, vi } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import type { LambdaDoor } from "../../local/neighbours.ts";
import { basicScan, enhancedScan, gateCalls, push, REGISTRY, settled, toldOf } from "./gate.fixture.ts";
import { SERVICE, startWorld, UNBRAKED, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const FUNCTION = "reflex-gate-hook";
const ARN = `arn:aws:lambda:us-east-1:111122223333:function:${FUNCTION}`;
const config = { ...UNBRAKED, services: { "production/*": { gate: { mode: "act" } } } };

/** Asks the hook about the deployment that goes on, as ECS does. */
const ask = async (world: World): Promise<unknown> => {
  const { currentServiceDeployment, serviceArn } = await world.describe();
  const { serviceDeployments } = await world.ask("ecs", "DescribeServiceDeployments", {
    serviceDeploymentArns: [currentServiceDeployment as string],
  });
  const [{ targetServiceRevision }] = serviceDeployments as unknown as [{ targetServiceRevision: { arn: string } }];
  const lambda = world.cloud.local.cloud.neighbour<LambdaDoor>("lambda");
  const answered = lambda.invoke(ARN, {
    executionId: "e8d5a28f-eb01-4f3c-9454-a30ba6dc54bc",
    lifecycleStage: "PRE_SCALE_UP",
    resourceArn: currentServiceDeployment as string,
    executionDetails: {
      serviceArn: serviceArn as string,
      targetServiceRevisionArn: targetServiceRevision.arn,
      testTrafficWeights: {},
      productionTrafficWeights: {},
    },
  } satisfies JsonObject);
  await world.pass(10);
  return (await answered).payload;
};

test("a bad image is refused with few calls and told once, and the answer stays", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  await world.pass(60);
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` });
  expect(await ask(world)).toEqual({ hookStatus: "FAILED" });
  expect(gateCalls(world, FUNCTION)).toEqual([
    "DescribeServices",
    "DescribeServiceRevisions",
    "DescribeTaskDefinition",
    "BatchGetImage",
  ]);
  expect(await ask(world)).toEqual({ hookStatus: "FAILED" });
  expect(gateCalls(world, FUNCTION)).toHaveLength(4);
  await world.until("told", () => toldOf(world, "No task of it was started") !== "[]");
});

test("a scan that goes on is answered with a later question", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  push(world, SERVICE, "v1.1.0", enhancedScan());
  await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v1.1.0` });
  expect(await ask(world)).toMatchObject({ hookStatus: "IN_PROGRESS", callBackDelay: 30 });
  await world.pass(240);
  expect(await ask(world)).toEqual({ hookStatus: "SUCCEEDED" });
});
