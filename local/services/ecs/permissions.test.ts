import { expect, test } from "vitest";
import type { JsonObject, Principal } from "../../contract.ts";
import { createWorld, IMAGE, minutes, role, service, shop, type World } from "./world.fixture.ts";

const ACCOUNT_ARN = "arn:aws:ecs:us-east-1:111122223333";
const CLUSTER = `${ACCOUNT_ARN}:cluster/shop`;
const SERVICE = `${ACCOUNT_ARN}:service/shop/api`;
const EXECUTION = "arn:aws:iam::111122223333:role/Execution";

/** A world and a caller who may do what the statements say, no more. */
async function callerWith(...statements: readonly JsonObject[]) {
  const world = createWorld();
  service(world, shop(world).definition, { Tags: [{ Key: "mode", Value: "act" }] });
  await world.pass(minutes(5));
  const roleArn = role(world, "Caller", "lambda.amazonaws.com", statements);
  const principal: Principal = { kind: "role", roleArn, sessionName: "test" };
  return { world, call: (operation: string, input: JsonObject) => world.call(operation, input, principal) };
}

const allow = (action: string | readonly string[], resource: string, condition?: JsonObject): JsonObject =>
  ({
    Effect: "Allow",
    Action: action,
    Resource: resource,
    ...(condition ? { Condition: condition } : {}),
  }) as JsonObject;
const UPDATE = { cluster: "shop", service: "api", taskDefinition: "api:1" };
const register = (memory: string, more: JsonObject = {}): JsonObject => ({
  family: "api",
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "1024",
  memory,
  executionRoleArn: EXECUTION,
  containerDefinitions: [{ name: "web", image: IMAGE }],
  ...more,
});
const PASS = allow("iam:PassRole", EXECUTION, { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
const REGISTER = allow("ecs:RegisterTaskDefinition", `${ACCOUNT_ARN}:task-definition/api:*`);
const CAP: JsonObject = {
  Effect: "Deny",
  Action: "ecs:RegisterTaskDefinition",
  Resource: "*",
  Condition: { NumericGreaterThan: { "ecs:task-memory": "4096" } },
};

// biome-ignore format: a table reads as a table
const CASES: readonly [string, readonly JsonObject[], string, JsonObject, boolean][] = [
  ["a service in its cluster",                    [allow("ecs:UpdateService", SERVICE, { ArnEquals: { "ecs:cluster": CLUSTER } })],                                 "UpdateService", UPDATE, true],
  ["a service of another cluster",                [allow("ecs:UpdateService", SERVICE, { ArnEquals: { "ecs:cluster": `${ACCOUNT_ARN}:cluster/other` } })],          "UpdateService", UPDATE, false],
  ["a service by its tag",                        [allow("ecs:UpdateService", "*", { StringEquals: { "aws:ResourceTag/mode": "act" } })],                           "UpdateService", UPDATE, true],
  ["a service with another tag value",            [allow("ecs:UpdateService", "*", { StringEquals: { "aws:ResourceTag/mode": "ask" } })],                           "UpdateService", UPDATE, false],
  ["a service to one revision",                   [allow("ecs:UpdateService", "*", { ArnLike: { "ecs:task-definition": `${ACCOUNT_ARN}:task-definition/api:*` } })], "UpdateService", { ...UPDATE, taskDefinition: "api" }, true],
  ["a service to another family",                 [allow("ecs:UpdateService", "*", { ArnLike: { "ecs:task-definition": `${ACCOUNT_ARN}:task-definition/web:*` } })], "UpdateService", UPDATE, false],
  ["reading a service",                           [allow("ecs:DescribeServices", SERVICE)],                                                                         "DescribeServices", { cluster: "shop", services: ["api"] }, true],
  ["reading two services with the right to one",  [allow("ecs:DescribeServices", SERVICE)],                                                                         "DescribeServices", { cluster: "shop", services: ["api", "web"] }, false],
  ["registering, with the role passed",           [REGISTER, PASS],                                                                                                 "RegisterTaskDefinition", register("2048"), true],
  ["registering without the right to pass",       [REGISTER],                                                                                                       "RegisterTaskDefinition", register("2048"), false],
  ["registering above a cap on memory",           [REGISTER, PASS, CAP],                                                                                            "RegisterTaskDefinition", register("8 GB"), false],
  ["registering at the cap on memory",            [REGISTER, PASS, CAP],                                                                                            "RegisterTaskDefinition", register("4 GB"), true],
  ["registering with tags, without TagResource",  [REGISTER, PASS],                                                                                                 "RegisterTaskDefinition", register("2048", { tags: [{ key: "a", value: "b" }] }), false],
  ["registering with tags and tag-on-create",     [REGISTER, PASS, allow("ecs:TagResource", "*", { StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" } })], "RegisterTaskDefinition", register("2048", { tags: [{ key: "a", value: "b" }] }), true],
  ["listing tasks of its cluster",                [allow("ecs:ListTasks", "*", { ArnEquals: { "ecs:cluster": CLUSTER } })],                                         "ListTasks", { cluster: "shop" }, true],
  ["listing tasks by a cluster resource",         [allow("ecs:ListTasks", CLUSTER)],                                                                                "ListTasks", { cluster: "shop" }, false],
];

test.each(CASES)("%s: %#", async (_, statements, operation, input, allowed) => {
  const { call } = await callerWith(...statements);
  const answer = call(operation, input);
  if (allowed) await expect(answer).resolves.toBeDefined();
  else await expect(answer).rejects.toMatchObject({ code: "AccessDeniedException" });
});

test("stopping a deployment needs the right on the service and on the deployment", async () => {
  const stop = async (world: World, call: (operation: string, input: JsonObject) => Promise<JsonObject>) => {
    await world.call("UpdateService", { cluster: "shop", service: "api", forceNewDeployment: true });
    const { services } = await world.call("DescribeServices", { cluster: "shop", services: ["api"] });
    const [first] = services as readonly JsonObject[];
    return call("StopServiceDeployment", { serviceDeploymentArn: first?.currentServiceDeployment as string });
  };
  const both = await callerWith(
    allow("ecs:StopServiceDeployment", SERVICE),
    allow("ecs:StopServiceDeployment", `${ACCOUNT_ARN}:service-deployment/shop/api/*`),
  );
  await expect(stop(both.world, both.call)).resolves.toBeDefined();
  const one = await callerWith(allow("ecs:StopServiceDeployment", SERVICE));
  await expect(stop(one.world, one.call)).rejects.toMatchObject({ code: "AccessDeniedException" });
});
