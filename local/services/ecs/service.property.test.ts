import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, deployment, described, minutes, revise, service, shop, type World } from "./world.fixture.ts";

const STATES = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
];

type Act = readonly [kind: string, run: (world: World) => Promise<unknown>];

const first = async (world: World): Promise<string | undefined> =>
  ((await world.call("ListTasks", { cluster: "shop" })).taskArns as readonly string[])[0];
const suffer = (conditions: JsonObject) => (world: World) => {
  world.door.suffer("shop", "api", conditions as never);
  return Promise.resolve();
};
const update = (world: World, input: JsonObject) =>
  world.call("UpdateService", { cluster: "shop", service: "api", ...input });

const ACTS: readonly Act[] = [
  ["scale to 0", (world) => update(world, { desiredCount: 0 })],
  ["scale to 1", (world) => update(world, { desiredCount: 1 })],
  ["scale to 5", (world) => update(world, { desiredCount: 5 })],
  ["deploy", async (world) => update(world, { taskDefinition: await revise(world, { tags: [] }) })],
  ["force", (world) => update(world, { forceNewDeployment: true })],
  [
    "stop a task",
    async (world) => {
      const task = await first(world);
      return task && world.call("StopTask", { cluster: "shop", task });
    },
  ],
  [
    "protect a task",
    async (world) => {
      const task = await first(world);
      return (
        task &&
        world.call("UpdateTaskProtection", {
          cluster: "shop",
          tasks: [task],
          protectionEnabled: true,
          expiresInMinutes: 20,
        })
      );
    },
  ],
  [
    "stop the deployment",
    async (world) => {
      const { status, serviceDeploymentArn } = await deployment(world);
      const mayBeStopped = status === "PENDING" || status === "IN_PROGRESS";
      return mayBeStopped && world.call("StopServiceDeployment", { serviceDeploymentArn } as JsonObject);
    },
  ],
  ["need too much", suffer({ memoryMiB: 900 })],
  ["fail to start", suffer({ failStart: true })],
  ["fail health", suffer({ failHealth: true })],
  ["behave", suffer({ memoryMiB: 100, failStart: false, failHealth: false })],
];

const walks = fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.integer({ min: 1, max: 400 })), {
  minLength: 1,
  maxLength: 12,
});
const CHECK = { HealthCheck: { Command: ["CMD", "true"], Interval: 10, Retries: 2 } };

test.each([
  ["rolling", { DeploymentCircuitBreaker: { Enable: true, Rollback: true } }],
  ["rolling without a breaker", { MaximumPercent: 100, MinimumHealthyPercent: 0 }],
  ["blue/green", { Strategy: "BLUE_GREEN", BakeTimeInMinutes: 2 }],
  ["canary", { Strategy: "CANARY", CanaryConfiguration: { CanaryBakeTimeInMinutes: 1 } }],
])(
  "whatever happens to a service, %s, it comes to rest once the world behaves, and its tasks only ever go forward",
  async (_, configuration) => {
    await fc.assert(
      fc.asyncProperty(walks, async (walk) => {
        const world = createWorld();
        service(world, shop(world, CHECK).definition, { DeploymentConfiguration: configuration });
        await world.pass(minutes(20));
        for (const [[, act], seconds] of walk) {
          await act(world);
          await world.pass(seconds);
        }
        await suffer({ memoryMiB: 100, failStart: false, failHealth: false })(world);
        await world.pass(minutes(120));
        const rest = await described(world);
        expect(rest).toMatchObject({
          runningCount: rest.desiredCount,
          pendingCount: 0,
          deployments: [{ rolloutState: "COMPLETED" }],
        });
        expect(rest.deployments).toHaveLength(1);
        expect(String((rest.events as readonly JsonObject[])[0]?.message)).toMatch(/steady state/);
        const perTask = Map.groupBy(world.details("ECS Task State Change"), ({ taskArn }) => taskArn);
        for (const changes of perTask.values()) {
          expect(changes.map(({ version }) => version)).toEqual(changes.map((_, index) => index + 1));
          const order = changes.map(({ lastStatus }) => STATES.indexOf(String(lastStatus)));
          expect(order).toEqual(order.toSorted((one, other) => one - other));
        }
      }),
      { seed: 20261123, numRuns: 60 },
    );
  },
);
