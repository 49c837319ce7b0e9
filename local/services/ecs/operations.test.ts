import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, described, IMAGE, minutes, revise, service, shop, type World } from "./world.fixture.ts";

const settled = async (more: JsonObject = {}): Promise<World> => {
  const world = createWorld();
  service(world, shop(world).definition, more);
  await world.pass(minutes(5));
  return world;
};

const FARGATE: JsonObject = {
  family: "job",
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  executionRoleArn: "arn:aws:iam::111122223333:role/Execution",
  containerDefinitions: [{ name: "job", image: IMAGE }],
};

const container = (change: JsonObject): JsonObject => ({
  containerDefinitions: [{ name: "job", image: IMAGE, ...change }],
});

describe("RegisterTaskDefinition", () => {
  test("makes one revision more each time and answers it as a describe call does, tags beside it", async () => {
    const world = createWorld();
    const input = { ...FARGATE, cpu: ".25 vCPU", memory: "0.5 GB", tags: [{ key: "team", value: "shop" }] };
    await world.call("RegisterTaskDefinition", input);
    const answer = await world.call("RegisterTaskDefinition", input);
    expect(answer).toMatchObject({
      taskDefinition: {
        taskDefinitionArn: "arn:aws:ecs:us-east-1:111122223333:task-definition/job:2",
        revision: 2,
        status: "ACTIVE",
        cpu: "256",
        memory: "512",
        compatibilities: ["EC2", "FARGATE"],
        containerDefinitions: [{ name: "job", cpu: 0, essential: true, portMappings: [], environment: [] }],
        registeredBy: "arn:aws:iam::111122223333:root",
      },
      tags: [{ key: "team", value: "shop" }],
    });
    const read = await world.call("DescribeTaskDefinition", { taskDefinition: "job", include: ["TAGS"] });
    expect(read).toEqual(answer);
    expect(await world.call("DescribeTaskDefinition", { taskDefinition: "job:1" })).not.toHaveProperty("tags");
  });

  // biome-ignore format: a table reads as a table
  test.each<[string, JsonObject, RegExp]>([
    ["a memory that Fargate does not sell",            { memory: "768" },                                 /^No Fargate configuration exists for given values: 256 CPU, 768 memory/],
    ["a memory that only the next row has",            { memory: "4096" },                                /^No Fargate configuration exists/],
    ["a cpu that Fargate does not sell",               { cpu: "300" },                                    /^Invalid 'cpu' setting for task\./],
    ["the 32 vCPU row, which the API text lacks",      { cpu: "32768", memory: "61440" },                 /^Invalid 'cpu' setting for task\./],
    ["no task memory on Fargate",                      { memory: null },                                  /'memory' be defined at the task level/],
    ["no task cpu on Fargate",                         { cpu: null },                                     /'cpu' be defined at the task level/],
    ["a network mode other than awsvpc on Fargate",    { networkMode: "bridge" },                         /only supports network mode 'awsvpc'/],
    ["containers that need more than the task",        container({ memory: 513 }),                        /^Total memory of the containers \(513 MiB\)/],
    ["a reservation that equals the limit",            container({ memory: 256, memoryReservation: 256 }), /'memory' must be greater than 'memoryReservation'/],
    ["a limit below what Docker takes",                container({ memory: 5 }),                          /at least 6 MiB/],
    ["a container without an image",                   { containerDefinitions: [{ name: "job" }] },       /Container\.image should not be null or empty/],
    ["a container without a name",                     { containerDefinitions: [{ image: IMAGE }] },      /Container\.name should not be null or empty/],
    ["no container",                                   { containerDefinitions: [] },                      /Container list cannot be empty/],
    ["no essential container",                         container({ essential: false }),                   /does not have any essential container/],
    ["a family with a space",                          { family: "my job" },                              /Family contains invalid characters/],
    ["an ECR image without an execution role",         { executionRoleArn: null },                        /execution role ARN to support ECR images/],
    ["a stop timeout above 120 s",                     container({ stopTimeout: 121 }),                   /between 2 and 120 seconds/],
    ["a dependency on nobody",                         container({ dependsOn: [{ containerName: "x", condition: "START" }] }), /Container 'x' in dependsOn does not exist/],
    ["swap on Fargate",                                container({ linuxParameters: { maxSwap: 1 } }),    /do not support linuxParameters\.maxSwap/],
  ])("refuses %s", async (_, change, message) => {
    const world = createWorld();
    await expect(world.call("RegisterTaskDefinition", { ...FARGATE, ...change })).rejects.toMatchObject({
      code: "ClientException",
      message: expect.stringMatching(message),
    });
  });

  test("refuses the tags by which CloudFormation marks its own, so that a copy must leave them out", async () => {
    const world = createWorld();
    shop(world);
    const { tags } = await world.call("DescribeTaskDefinition", { taskDefinition: "api", include: ["TAGS"] });
    expect(tags).toContainEqual({ key: "aws:cloudformation:stack-name", value: "Platform" });
    await expect(world.call("RegisterTaskDefinition", { ...FARGATE, tags: tags as never })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });
});

describe("a deregistered revision", () => {
  test("is INACTIVE, can be read, and cannot be deployed or run", async () => {
    const world = await settled();
    const old = "api:1";
    const taskDefinition = await revise(world, { memory: "1024" });
    await world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition });
    await world.call("DeregisterTaskDefinition", { taskDefinition: old });
    expect(await world.call("DescribeTaskDefinition", { taskDefinition: old })).toMatchObject({
      taskDefinition: { status: "INACTIVE", deregisteredAt: expect.any(Number) },
    });
    const update = world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition: old });
    await expect(update).rejects.toMatchObject({ code: "ClientException", message: "TaskDefinition is inactive" });
    const list = await world.call("ListTaskDefinitions", { familyPrefix: "api" });
    expect(list.taskDefinitionArns).toEqual([taskDefinition]);
  });
});

describe("UpdateService", () => {
  test("takes the latest ACTIVE revision for a family without a number, and nothing of the count", async () => {
    const world = await settled();
    world.door.setDesiredCount("shop", "api", 3);
    const latest = await revise(world, { memory: "1024" });
    const answer = await world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition: "api" });
    expect(answer.service).toMatchObject({ taskDefinition: latest, desiredCount: 3 });
  });

  // biome-ignore format: a table reads as a table
  test.each<[string, JsonObject, boolean]>([
    ["the count",                        { desiredCount: 3 },                                       false],
    ["the deployment configuration",     { deploymentConfiguration: { maximumPercent: 150 } },      false],
    ["the grace period",                 { healthCheckGracePeriodSeconds: 60 },                     false],
    ["exec",                             { enableExecuteCommand: true },                            false],
    ["the revision that already runs",   { taskDefinition: "api:1" },                               false],
    ["a forced deployment",              { forceNewDeployment: true },                              true],
    ["the platform version",             { platformVersion: "1.4.0" },                              true],
    ["the network", { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-c"] } } },   true],
  ])("with %s starts a deployment: %#", async (_, change, starts) => {
    const world = await settled();
    const before = (await described(world)).currentServiceDeployment;
    const { service: answer } = await world.call("UpdateService", { cluster: "shop", service: "api", ...change });
    expect((answer as JsonObject).currentServiceDeployment !== before).toBe(starts);
  });

  // biome-ignore format: a table reads as a table
  test.each<[string, JsonObject, RegExp | undefined]>([
    ["CODE_DEPLOY", { taskDefinition: "api:1" },       /Unable to update task definition on services with a CODE_DEPLOY deployment controller/],
    ["CODE_DEPLOY", { forceNewDeployment: true },      /Cannot force a new deployment on services with a CODE_DEPLOY/],
    ["CODE_DEPLOY", { desiredCount: 1 },               undefined],
    ["EXTERNAL",    { taskDefinition: "api:1" },       /EXTERNAL deployment controller/],
    ["EXTERNAL",    { deploymentConfiguration: {} },   /Unable to update deploymentConfiguration/],
    ["EXTERNAL",    { desiredCount: 1 },               undefined],
  ])("under the controller %s with %o", async (type, change, message) => {
    const world = await settled({ DeploymentController: { Type: type }, DeploymentConfiguration: {} });
    const update = world.call("UpdateService", { cluster: "shop", service: "api", ...change });
    if (message === undefined) await expect(update).resolves.toMatchObject({ service: { desiredCount: 1 } });
    else await expect(update).rejects.toMatchObject({ code: "InvalidParameterException", message: expect.stringMatching(message) });
  });

  // biome-ignore format: a table reads as a table
  test.each<[string, JsonObject]>([
    ["no room to deploy at all",                 { maximumPercent: 100, minimumHealthyPercent: 100 }],
    ["a circuit breaker beside blue/green",      { strategy: "BLUE_GREEN", deploymentCircuitBreaker: { enable: true, rollback: true } }],
    ["an unknown strategy",                      { strategy: "RECREATE" }],
    ["a Lambda hook without a role",             { lifecycleHooks: [{ hookTargetArn: "arn:f", lifecycleStages: ["PRE_SCALE_UP"] }] }],
    ["a hook at a stage that takes none",        { lifecycleHooks: [{ hookTargetArn: "arn:f", roleArn: "arn:r", lifecycleStages: ["SCALE_UP"] }] }],
    ["a pause while traffic shifts",             { lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["PRODUCTION_TRAFFIC_SHIFT"] }] }],
    ["a canary of more than everything",         { strategy: "CANARY", canaryConfiguration: { canaryPercent: 101 } }],
    ["early success beside blue/green",          { strategy: "BLUE_GREEN", earlySuccessCriteria: { enable: true, healthyPercent: 100 } }],
  ])("refuses %s", async (_, deploymentConfiguration) => {
    const world = await settled();
    const before = await described(world);
    const update = world.call("UpdateService", { cluster: "shop", service: "api", deploymentConfiguration });
    await expect(update).rejects.toMatchObject({ code: "InvalidParameterException" });
    expect(await described(world)).toEqual(before);
  });

  test("refuses what is not there, by the names of the API", async () => {
    const world = await settled();
    const update = (input: JsonObject) => world.call("UpdateService", input);
    await expect(update({ cluster: "none", service: "api" })).rejects.toMatchObject({
      code: "ClusterNotFoundException",
    });
    await expect(update({ cluster: "shop", service: "none" })).rejects.toMatchObject({
      code: "ServiceNotFoundException",
    });
    await world.call("DeleteService", { cluster: "shop", service: "api", force: true });
    await expect(update({ cluster: "shop", service: "api" })).rejects.toMatchObject({
      code: "ServiceNotActiveException",
    });
  });
});

describe("DescribeServices", () => {
  test("has tags only when asked, failures for what is missing, and takes ten names at most", async () => {
    const world = await settled({ Tags: [{ Key: "reflex:oom:mode", Value: "act" }] });
    const plain = await world.call("DescribeServices", { cluster: "shop", services: ["api", "none"] });
    expect(plain.failures).toEqual([
      { arn: "arn:aws:ecs:us-east-1:111122223333:service/shop/none", reason: "MISSING" },
    ]);
    expect((plain.services as readonly JsonObject[])[0]).not.toHaveProperty("tags");
    expect((await described(world)).tags).toContainEqual({ key: "reflex:oom:mode", value: "act" });
    const eleven = Array.from({ length: 11 }, (_, index) => `s${index}`);
    await expect(world.call("DescribeServices", { cluster: "shop", services: eleven })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });

  test("keeps the last hundred lines of the event stream, newest first", async () => {
    const world = await settled();
    for (let round = 0; round < 60; round += 1) {
      world.door.setDesiredCount("shop", "api", round % 2 === 0 ? 3 : 2);
      await world.pass(minutes(3));
    }
    const events = (await described(world)).events as readonly JsonObject[];
    expect(events).toHaveLength(100);
    expect(Number(events[0]?.createdAt)).toBeGreaterThan(Number(events[99]?.createdAt));
  });

  test("gives instants as seconds, as AWS JSON does", async () => {
    const world = await settled();
    expect((await described(world)).createdAt).toBe(world.startMs / 1000);
  });
});

describe("tasks by hand", () => {
  const NETWORK = { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-a"] } } };

  test("run in no service, under their family, and end when their container does", async () => {
    const world = await settled({ DesiredCount: 0 });
    const overrides = { containerOverrides: [{ name: "web", environment: [{ name: "ONCE", value: "1" }] }] };
    const answer = await world.call("RunTask", {
      cluster: "shop",
      taskDefinition: "api",
      count: 2,
      ...NETWORK,
      overrides,
    });
    expect(answer.failures).toEqual([]);
    await world.pass(minutes(1));
    const [first] = answer.tasks as readonly JsonObject[];
    const read = await world.call("DescribeTasks", { cluster: "shop", tasks: [first?.taskArn as string] });
    expect(read.tasks).toMatchObject([{ lastStatus: "RUNNING", group: "family:api", overrides }]);
    expect((read.tasks as readonly JsonObject[])[0]).not.toHaveProperty("startedBy");
  });

  test("are refused when ECS may not assume their role", async () => {
    const world = createWorld();
    shop(world, {}, { TaskRoleArn: "arn:aws:iam::111122223333:role/Nobody" });
    await expect(world.call("RunTask", { cluster: "shop", taskDefinition: "api", ...NETWORK })).rejects.toMatchObject({
      code: "ClientException",
      message: expect.stringMatching(/^ECS was unable to assume the role/),
    });
  });

  test("are refused without a network, for unknown containers, and more than ten at once", async () => {
    const world = await settled();
    const run = (input: JsonObject) => world.call("RunTask", { cluster: "shop", taskDefinition: "api", ...input });
    await expect(run({})).rejects.toMatchObject({
      message: expect.stringMatching(/^Network Configuration must be provided/),
    });
    const overrides = { containerOverrides: [{ name: "x" }] };
    await expect(run({ ...NETWORK, overrides })).rejects.toMatchObject({
      message: expect.stringMatching(/container named x/),
    });
    await expect(run({ ...NETWORK, count: 11 })).rejects.toMatchObject({ code: "InvalidParameterException" });
  });
});

describe("DeleteService", () => {
  test("refuses a service above zero without force, then drains it and is done with it", async () => {
    const world = await settled();
    const remove = (force: boolean) => world.call("DeleteService", { cluster: "shop", service: "api", force });
    await expect(remove(false)).rejects.toMatchObject({ code: "InvalidParameterException" });
    expect(await remove(true)).toMatchObject({ service: { status: "DRAINING", desiredCount: 0 } });
    await world.pass(minutes(3));
    expect(await described(world)).toMatchObject({ status: "INACTIVE", runningCount: 0 });
    expect(await world.call("ListServices", { cluster: "shop" })).toEqual({ serviceArns: [] });
  });
});

describe("protection and tags", () => {
  test("protection is told with its end, and refused for what is no service's task", async () => {
    const world = await settled();
    const { taskArns } = await world.call("ListTasks", { cluster: "shop" });
    const [first] = taskArns as readonly string[];
    const input = { cluster: "shop", tasks: [first as string, "none"], protectionEnabled: true };
    expect(await world.call("UpdateTaskProtection", input)).toEqual({
      protectedTasks: [{ taskArn: first, protectionEnabled: true, expirationDate: world.startMs / 1000 + 300 + 7200 }],
      failures: [{ arn: "arn:aws:ecs:us-east-1:111122223333:task/shop/none", reason: "MISSING" }],
    });
    await world.pass(7200);
    const after = await world.call("GetTaskProtection", { cluster: "shop", tasks: [first as string] });
    expect(after.protectedTasks).toEqual([{ taskArn: first, protectionEnabled: false }]);
  });

  test("protection is refused to a task whose deployment is being replaced", async () => {
    const world = await settled();
    const { taskArns } = await world.call("ListTasks", { cluster: "shop" });
    await world.call("UpdateService", { cluster: "shop", service: "api", forceNewDeployment: true });
    const [first] = taskArns as readonly string[];
    const input = { cluster: "shop", tasks: [first as string], protectionEnabled: true };
    expect(await world.call("UpdateTaskProtection", input)).toEqual({
      protectedTasks: [],
      failures: [{ arn: first, reason: "DEPLOYMENT_BLOCKED" }],
    });
  });

  test("tags are set, listed and taken away", async () => {
    const world = await settled();
    const resourceArn = (await described(world)).serviceArn as string;
    await world.call("TagResource", { resourceArn, tags: [{ key: "mode", value: "act" }] });
    expect((await world.call("ListTagsForResource", { resourceArn })).tags).toContainEqual({
      key: "mode",
      value: "act",
    });
    await world.call("UntagResource", { resourceArn, tagKeys: ["mode"] });
    expect((await world.call("ListTagsForResource", { resourceArn })).tags).not.toContainEqual({
      key: "mode",
      value: "act",
    });
  });

  test("pages hand on where the last one ended", async () => {
    const world = await settled({ DesiredCount: 5 });
    const first = await world.call("ListTasks", { cluster: "shop", maxResults: 3 });
    const second = await world.call("ListTasks", {
      cluster: "shop",
      maxResults: 3,
      nextToken: first.nextToken as string,
    });
    expect(new Set([...(first.taskArns as readonly string[]), ...(second.taskArns as readonly string[])]).size).toBe(5);
    expect(second).not.toHaveProperty("nextToken");
  });
});
