import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  GetTaskProtectionCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  ServiceNotFoundException,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WireServer } from "../../wire/server.ts";
import { createWorld, minutes, service, shop, type World } from "./world.fixture.ts";

let world: World;
let wire: WireServer;
let ecs: ECSClient;

beforeEach(async () => {
  world = createWorld();
  service(world, shop(world).definition);
  await world.pass(minutes(5));
  wire = new WireServer(world.local);
  await wire.listen(0);
  const credentials = { accessKeyId: "LOCAL", secretAccessKey: "any" };
  ecs = new ECSClient({ endpoint: wire.endpoint(), region: "us-east-1", credentials, maxAttempts: 1 });
});
afterEach(async () => {
  ecs.destroy();
  await wire.close();
});

const CLUSTER = { cluster: "shop" };

test("AWS's SDK reads a service, its deployment and its revision with their instants", async () => {
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ ...CLUSTER, services: ["api"], include: ["TAGS"] }),
  );
  const [api] = services;
  expect(api).toMatchObject({ status: "ACTIVE", runningCount: 2, createdAt: new Date(world.startMs) });
  expect(api?.events?.[0]?.createdAt).toBeInstanceOf(Date);
  const deployments = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [api?.currentServiceDeployment ?? ""] }),
  );
  expect(deployments.serviceDeployments?.[0]).toMatchObject({ status: "SUCCESSFUL", finishedAt: expect.any(Date) });
  const arn = api?.currentServiceRevisions?.[0]?.arn ?? "";
  const revisions = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] }));
  expect(revisions.serviceRevisions?.[0]?.containerImages?.[0]?.imageDigest).toMatch(/^sha256:/);
});

test("AWS's SDK reads tasks and protects them", async () => {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ ...CLUSTER, serviceName: "api" }));
  const { tasks } = await ecs.send(new DescribeTasksCommand({ ...CLUSTER, tasks: taskArns }));
  expect(tasks?.[0]).toMatchObject({ lastStatus: "RUNNING", version: 3, startedAt: expect.any(Date) });
  await ecs.send(new UpdateTaskProtectionCommand({ ...CLUSTER, tasks: taskArns, protectionEnabled: true }));
  const { protectedTasks } = await ecs.send(new GetTaskProtectionCommand({ ...CLUSTER, tasks: taskArns }));
  expect(protectedTasks?.[0]).toMatchObject({ protectionEnabled: true, expirationDate: expect.any(Date) });
});

test("AWS's SDK copies a revision with another size and deploys it", async () => {
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "api" }));
  const { family, containerDefinitions, executionRoleArn, networkMode, requiresCompatibilities, cpu } =
    taskDefinition ?? {};
  const made = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions,
      executionRoleArn,
      networkMode,
      requiresCompatibilities,
      cpu,
      memory: "1024",
    }),
  );
  const raised = made.taskDefinition?.taskDefinitionArn;
  await ecs.send(new UpdateServiceCommand({ ...CLUSTER, service: "api", taskDefinition: raised }));
  await world.pass(minutes(5));
  const { services } = await ecs.send(new DescribeServicesCommand({ ...CLUSTER, services: ["api"] }));
  expect(services?.[0]).toMatchObject({ taskDefinition: raised, deployments: [{ rolloutState: "COMPLETED" }] });
  const first = await ecs.send(new ListServiceDeploymentsCommand({ ...CLUSTER, service: "api", maxResults: 1 }));
  expect(first.serviceDeployments).toMatchObject([
    { status: "SUCCESSFUL", targetServiceRevisionArn: expect.any(String) },
  ]);
  const { nextToken } = first;
  const rest = await ecs.send(new ListServiceDeploymentsCommand({ ...CLUSTER, service: "api", nextToken }));
  expect(rest.serviceDeployments).toHaveLength(1);
});

test("AWS's SDK knows the refusals by their class", async () => {
  const update = ecs.send(new UpdateServiceCommand({ ...CLUSTER, service: "none" }));
  await expect(update).rejects.toBeInstanceOf(ServiceNotFoundException);
});
