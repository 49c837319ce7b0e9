/** Blue/green deployments whose role may change the listener's rule, and whose role may not. */
import { expect, test } from "vitest";
import { ACCOUNT, createWorld, deployment, minutes, role, service, shop } from "./world.fixture.ts";

const ELB = `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}`;
const RULE = `${ELB}:listener-rule/app/shop/1/2/3`;

/** The first deployment of a service behind a balancer, as it ended. */
async function deployed(action: string) {
  const world = createWorld();
  const shifting = role(world, "Shifting", "ecs.amazonaws.com", [{ Effect: "Allow", Action: action, Resource: RULE }]);
  const { definition } = shop(world, { PortMappings: [{ ContainerPort: 8080 }] });
  service(world, definition, {
    DeploymentConfiguration: { Strategy: "BLUE_GREEN", BakeTimeInMinutes: 1 },
    LoadBalancers: [
      {
        ContainerName: "web",
        ContainerPort: 8080,
        TargetGroupArn: `${ELB}:targetgroup/blue/1`,
        AdvancedConfiguration: {
          AlternateTargetGroupArn: `${ELB}:targetgroup/green/2`,
          ProductionListenerRule: RULE,
          RoleArn: shifting,
        },
      },
    ],
  });
  await world.pass(minutes(30));
  return deployment(world);
}

test("traffic moves to the new revision under a role that may change the rule", async () => {
  expect(await deployed("elasticloadbalancing:ModifyRule")).toMatchObject({ status: "SUCCESSFUL" });
});

test("a role that may not change the rule fails the deployment", async () => {
  const { status, statusReason } = await deployed("elasticloadbalancing:DescribeRules");
  expect(status).not.toBe("SUCCESSFUL");
  expect(`${status} ${statusReason}`).toMatch(/^ROLLBACK_/);
});
