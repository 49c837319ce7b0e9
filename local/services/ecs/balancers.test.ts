/** Blue/green deployments whose role may do what ECS does at a load balancer, and whose role may not. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { ACCOUNT, createWorld, deployment, described, minutes, role, service, shop } from "./world.fixture.ts";

const ELB = `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}`;
const GREEN = `${ELB}:targetgroup/green/2`;
const RULE = `${ELB}:listener-rule/app/shop/1/2/3`;
const LISTENER = `${ELB}:listener/net/shop/1/2`;

const shifting = "arn:aws:iam::111122223333:role/Shifting";
const session = (name: string) =>
  `User: arn:aws:sts::${ACCOUNT}:assumed-role/Shifting/${name} is not authorized to perform:`;

interface Given {
  readonly denied?: string;
  readonly trusted?: string;
  readonly production?: string;
  readonly test?: string;
}

/** The first deployment of a service behind a balancer, half an hour after it began, and what the service says of itself. */
async function deployed({ denied, trusted = "ecs.amazonaws.com", production = RULE, test: testRule }: Given) {
  const world = createWorld();
  const statements: readonly JsonObject[] = [
    { Effect: "Allow", Action: "elasticloadbalancing:*", Resource: "*" },
    ...(denied === undefined ? [] : [{ Effect: "Deny", Action: `elasticloadbalancing:${denied}`, Resource: "*" }]),
  ];
  role(world, "Shifting", trusted, statements);
  const { definition } = shop(world, { PortMappings: [{ ContainerPort: 8080 }] });
  service(world, definition, {
    DeploymentConfiguration: { Strategy: "BLUE_GREEN", BakeTimeInMinutes: 1 },
    LoadBalancers: [
      {
        ContainerName: "web",
        ContainerPort: 8080,
        TargetGroupArn: `${ELB}:targetgroup/blue/1`,
        AdvancedConfiguration: {
          AlternateTargetGroupArn: GREEN,
          ProductionListenerRule: production,
          ...(testRule !== undefined && { TestListenerRule: testRule }),
          RoleArn: shifting,
        },
      },
    ],
  });
  await world.pass(minutes(30));
  const { status, statusReason } = await deployment(world);
  const says = async () => {
    const { events } = await described(world);
    return (events as readonly { readonly message: string }[]).map(({ message }) => message).join("\n");
  };
  return { world, status, statusReason, says };
}

test("traffic moves to the new revision under a role that may do all that", async () => {
  const { status, says } = await deployed({});
  expect(status).toBe("SUCCESSFUL");
  expect(await says()).not.toContain("not authorized");
});

const networking = `Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${shifting}'.`;
const shiftFailed = (stage: string, operation: string, on: string) =>
  `Service deployment rolled back because ${stage} lifecycle hook(s) failed. ${session("ECSNetworkingWithELB")} elasticloadbalancing:${operation} on resource: ${on} because no identity-based policy allows the elasticloadbalancing:${operation} action`;

// biome-ignore format: a table reads as a table
test.each<[string, Given, string]>([
  ["does not trust ECS",                       { trusted: "lambda.amazonaws.com" },                            networking],
  ["may not read listeners",                   { denied: "DescribeListeners" },                                networking],
  ["may not read rules",                       { denied: "DescribeRules" },                                    networking],
  ["may not read target groups",               { denied: "DescribeTargetGroups" },                             networking],
  ["may not change the rule",                  { denied: "ModifyRule" },                                       shiftFailed("PRODUCTION_TRAFFIC_SHIFT", "ModifyRule", RULE)],
  ["may not change the listener",              { denied: "ModifyListener", production: LISTENER },             shiftFailed("PRODUCTION_TRAFFIC_SHIFT", "ModifyListener", LISTENER)],
  ["may not change the rule for test traffic", { denied: "ModifyRule", production: LISTENER, test: RULE },     shiftFailed("TEST_TRAFFIC_SHIFT", "ModifyRule", RULE)],
])("a role that %s fails the deployment, in ECS's words", async (_, given, reason) => {
  const { status, statusReason } = await deployed(given);
  expect(status).toMatch(/^ROLLBACK_/);
  expect(statusReason).toContain(reason);
});

test.each([
  ["RegisterTargets", "failed to register targets in target-group blue", ` on resource: ${ELB}:targetgroup/blue/1`],
  ["DescribeTargetHealth", "failed to describe target health on target-group blue", ""],
])("tasks of a role that lacks %s never count as healthy, and the service says why", async (operation, says, on) => {
  const world = await deployed({ denied: operation });
  expect(world.status).toBe("IN_PROGRESS");
  expect(await world.says()).toContain(
    `(service api) ${says} with (error ${session("ecs-service-scheduler")} elasticloadbalancing:${operation}${on} because no`,
  );
});

test("a task that cannot be taken out of its target groups stops all the same, and the service says so", async () => {
  const { world, says } = await deployed({ denied: "DeregisterTargets" });
  world.door.setDesiredCount("shop", "api", 1);
  await world.pass(minutes(10));
  expect(await described(world)).toMatchObject({ runningCount: 1 });
  expect(await says()).toContain("failed to deregister targets from target-group blue");
});
