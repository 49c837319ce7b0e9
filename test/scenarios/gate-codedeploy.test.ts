/** CodeDeploy's hook at BeforeInstall, as CodeDeploy asks it, under its own role. */
import { expect, test, vi } from "vitest";
import type { CodeDeployDoor, GivenCodeDeployment } from "../../local/services/codedeploy/door.ts";
import { basicScan, enhancedScan, push, REGISTRY, settled, toldOf } from "./gate.fixture.ts";
import { CLUSTER, SERVICE, startWorld, UNBRAKED, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });

const FUNCTION = "CodeDeployHook_reflex-gate";
const ARN = `arn:aws:lambda:us-east-1:111122223333:function:${FUNCTION}`;
const config = { ...UNBRAKED, services: { "production/*": { gate: { mode: "act" } } } };

const codedeploy = (world: World) => world.cloud.local.cloud.neighbour<CodeDeployDoor>("codedeploy");

/** A deployment of the service's image under this tag; CodeDeploy asks the hook about it. */
const deploy = async (world: World, tag: string, more: Partial<GivenCodeDeployment> = {}): Promise<string> => {
  const { taskDefinition } = await world.ask("ecs", "RegisterTaskDefinition", {
    family: "by-codedeploy",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    executionRoleArn: (await world.definition(world.service().taskDefinitionArn)).executionRoleArn,
    containerDefinitions: [{ name: "web", image: `${REGISTRY}/${SERVICE}:${tag}`, essential: true }],
  });
  const { taskDefinitionArn } = taskDefinition as { taskDefinitionArn: string };
  const Properties = {
    TaskDefinition: taskDefinitionArn,
    LoadBalancerInfo: { ContainerName: "web", ContainerPort: 80 },
  };
  const id = codedeploy(world).create({
    applicationName: "orders",
    deploymentGroupName: "blue-green",
    ecsServices: [{ clusterName: CLUSTER, serviceName: SERVICE }],
    appSpec: JSON.stringify({ version: 1, Resources: [{ TargetService: { Type: "AWS::ECS::Service", Properties } }] }),
    ...more,
  });
  codedeploy(world).askHook(id, ARN);
  return id;
};

test("a bad image is refused and told, a good one is let on", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  push(world, SERVICE, "v1.1.0", basicScan("CRITICAL"));
  push(world, SERVICE, "v1.2.0", basicScan());
  await world.pass(60);
  const bad = await deploy(world, "v1.1.0");
  const good = await deploy(world, "v1.2.0");
  await world.pass(30);
  expect(codedeploy(world).look(bad)).toEqual({ status: "Failed", answers: ["Failed"] });
  expect(codedeploy(world).look(good)).toEqual({ status: "InProgress", answers: ["Succeeded"] });
  await world.until("told", () => toldOf(world, "No task of it was started") !== "[]");
  expect(world.cloud.local.calls.denied()).toEqual([]);
});

test("a scan that goes on is waited for, and what passed it is let on", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  push(world, SERVICE, "v1.1.0", enhancedScan());
  const id = await deploy(world, "v1.1.0");
  await world.pass(10);
  expect(codedeploy(world).look(id).answers).toEqual([]);
  await world.until("answered", () => codedeploy(world).look(id).answers.length > 0, 400);
  expect(codedeploy(world).look(id)).toEqual({ status: "InProgress", answers: ["Succeeded"] });
});

test("what cannot be judged is refused at once, not after CodeDeploy's hour", async () => {
  const world = await startWorld({ config });
  await settled(world, SERVICE);
  const id = await deploy(world, "v1.1.0", { appSpec: "Resources: []" });
  await world.pass(30);
  expect(codedeploy(world).look(id)).toEqual({ status: "Failed", answers: ["Failed"] });
  expect(world.cloud.local.calls.denied()).toEqual([]);
});
