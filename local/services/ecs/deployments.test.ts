import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import {
  createWorld,
  deployment,
  described,
  digest,
  IMAGE,
  minutes,
  REPOSITORY,
  revise,
  service,
  shop,
  type World,
} from "./world.fixture.ts";

const DEPLOYMENT = "ECS Deployment State Change";

const steady = async (more: JsonObject = {}): Promise<World> => {
  const world = createWorld();
  service(world, shop(world).definition, more);
  await world.pass(minutes(5));
  return world;
};

const deploy = async (world: World, change: JsonObject = { memory: "1024" }): Promise<string> => {
  const taskDefinition = await revise(world, change);
  await world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition });
  return taskDefinition;
};

const revision = async (world: World, arn: unknown): Promise<JsonObject> => {
  const answer = await world.call("DescribeServiceRevisions", { serviceRevisionArns: [arn as string] });
  return (answer.serviceRevisions as readonly JsonObject[])[0] ?? {};
};

describe("a rolling deployment", () => {
  test("starts the new tasks first, never has fewer healthy ones than desired, and ends SUCCESSFUL", async () => {
    const world = await steady();
    const taskDefinition = await deploy(world);
    const seen: number[] = [];
    for (let second = 0; second < 240; second += 5) {
      await world.pass(5);
      const { runningCount, pendingCount } = await described(world);
      seen.push(Number(runningCount));
      expect(Number(runningCount) + Number(pendingCount)).toBeLessThanOrEqual(4);
    }
    expect(Math.min(...seen)).toBe(2);
    expect(Math.max(...seen)).toBe(4);
    expect(await described(world)).toMatchObject({
      taskDefinition,
      runningCount: 2,
      deployments: [{ rolloutState: "COMPLETED" }],
    });
    expect(await deployment(world)).toMatchObject({
      status: "SUCCESSFUL",
      targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 },
    });
  });

  test("is announced in the published shape: service in resources, no cluster, rising from IN_PROGRESS to COMPLETED", async () => {
    const world = await steady();
    await deploy(world);
    await world.pass(minutes(5));
    const events = world.events.filter((event) => event["detail-type"] === DEPLOYMENT).slice(2);
    const [{ id }] = (await described(world)).deployments as readonly [JsonObject];
    expect(events.map(({ detail }) => detail)).toEqual([
      {
        eventType: "INFO",
        eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS",
        deploymentId: id,
        updatedAt: expect.any(String),
        reason: `ECS deployment ${id} in progress.`,
      },
      {
        eventType: "INFO",
        eventName: "SERVICE_DEPLOYMENT_COMPLETED",
        deploymentId: id,
        updatedAt: expect.any(String),
        reason: `ECS deployment ${id} completed.`,
      },
    ]);
    expect(events[0]?.resources).toEqual(["arn:aws:ecs:us-east-1:111122223333:service/shop/api"]);
  });

  test("counts a task without checks as healthy only 40 seconds after it runs", async () => {
    const world = await steady();
    await deploy(world);
    await world.pass(60);
    const { deployments } = await described(world);
    expect(deployments).toMatchObject([
      { status: "PRIMARY", runningCount: 2 },
      { status: "ACTIVE", runningCount: 2 },
    ]);
    await world.pass(30);
    expect((await described(world)).runningCount).toBeLessThan(4);
  });

  test("stops old tasks first where the maximum leaves no room", async () => {
    const world = await steady({
      DesiredCount: 4,
      DeploymentConfiguration: { MaximumPercent: 100, MinimumHealthyPercent: 50 },
    });
    await deploy(world);
    for (let second = 0; second < 300; second += 5) {
      await world.pass(5);
      const { runningCount, pendingCount } = await described(world);
      expect(Number(runningCount) + Number(pendingCount)).toBeLessThanOrEqual(4);
      expect(Number(runningCount)).toBeGreaterThanOrEqual(2);
    }
    expect(await described(world)).toMatchObject({ runningCount: 4, deployments: [{ rolloutState: "COMPLETED" }] });
  });

  test("that has no room to move says so once and waits", async () => {
    const world = await steady({
      DesiredCount: 1,
      DeploymentConfiguration: { MaximumPercent: 150, MinimumHealthyPercent: 50 },
    });
    const taskDefinition = await deploy(world);
    await world.pass(minutes(60));
    const { events, deployments } = await described(world);
    const blocked = (events as readonly JsonObject[]).filter(({ message }) =>
      String(message).includes("was unable to stop or start tasks"),
    );
    expect(blocked).toHaveLength(1);
    expect(deployments).toMatchObject([{ taskDefinition, runningCount: 0 }, { runningCount: 1 }]);
    const deploymentConfiguration = { maximumPercent: 200 };
    await world.call("UpdateService", { cluster: "shop", service: "api", deploymentConfiguration });
    await world.pass(minutes(5));
    expect(await described(world)).toMatchObject({ deployments: [{ taskDefinition, rolloutState: "COMPLETED" }] });
  });

  test("that protected tasks hold up goes on when their protection ends", async () => {
    const world = await steady();
    const { taskArns } = await world.call("ListTasks", { cluster: "shop" });
    const tasks = taskArns as readonly string[];
    await world.call("UpdateTaskProtection", { cluster: "shop", tasks, protectionEnabled: true, expiresInMinutes: 30 });
    await deploy(world);
    await world.pass(minutes(29));
    expect(await described(world)).toMatchObject({ runningCount: 4 });
    await world.pass(minutes(3));
    expect(await described(world)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
  });

  test("that a second one overtakes is STOPPED, and the second one wins", async () => {
    const world = await steady();
    await deploy(world);
    await world.pass(30);
    const overtaken = (await described(world)).currentServiceDeployment;
    const last = await deploy(world, { memory: "2048" });
    await world.pass(minutes(5));
    expect(await described(world)).toMatchObject({ taskDefinition: last, runningCount: 2 });
    const listed = await world.call("ListServiceDeployments", { cluster: "shop", service: "api" });
    expect(listed.serviceDeployments).toMatchObject([
      { status: "SUCCESSFUL" },
      { status: "STOPPED", serviceDeploymentArn: overtaken },
      { status: "SUCCESSFUL" },
    ]);
  });

  test("with early success criteria ends before the old tasks are gone", async () => {
    const early = { Enable: true, HealthyPercent: 100, SourceServiceRevisionCleanup: "DEFERRED" };
    const world = await steady({ DeploymentConfiguration: { EarlySuccessCriteria: early } });
    await deploy(world);
    await world.pass(minutes(3));
    const events = world.events.map((event) => [
      event["detail-type"],
      event.detail.eventName ?? event.detail.lastStatus,
    ]);
    const completed = events.findLastIndex(([, name]) => name === "SERVICE_DEPLOYMENT_COMPLETED");
    expect(events.slice(completed).filter(([, name]) => name === "DEPROVISIONING").length).toBeGreaterThan(0);
  });
});

describe("the circuit breaker", () => {
  test("after three failed starts goes back to the last completed deployment, in the published words", async () => {
    const world = await steady();
    const before = await described(world);
    await deploy(world, { containerDefinitions: [{ name: "web", image: `${REPOSITORY}:missing` }] });
    await world.pass(minutes(10));
    const [{ id: old }] = before.deployments as readonly [JsonObject];
    expect(await described(world)).toMatchObject({ taskDefinition: before.taskDefinition, runningCount: 2 });
    const reasons = world
      .details(DEPLOYMENT)
      .slice(3)
      .map(({ eventName, reason, deploymentId }) => [eventName, reason, deploymentId === old]);
    expect(reasons).toEqual([
      ["SERVICE_DEPLOYMENT_FAILED", "ECS deployment circuit breaker: tasks failed to start.", false],
      ["SERVICE_DEPLOYMENT_IN_PROGRESS", `ECS deployment circuit breaker: rolling back to deploymentId ${old}.`, true],
      ["SERVICE_DEPLOYMENT_COMPLETED", `ECS deployment ${old} completed.`, true],
    ]);
    expect(await deployment(world)).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      rollback: { reason: "Service deployment rolled back because the circuit breaker threshold was exceeded." },
      deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: expect.any(Number), threshold: 3 },
    });
  });

  test("keeps the old tasks running while it finds out", async () => {
    const world = await steady();
    await deploy(world, { containerDefinitions: [{ name: "web", image: `${REPOSITORY}:missing` }] });
    for (let second = 0; second < 600; second += 10) {
      await world.pass(10);
      expect((await described(world)).runningCount).toBe(2);
    }
  });

  test("does not catch tasks that run, pass their checks and are killed later", async () => {
    const world = await steady();
    world.door.suffer("shop", "api", { memoryMiB: 900, leakMiBPerHour: 5000 });
    await deploy(world);
    await world.pass(minutes(30));
    expect(await deployment(world)).toMatchObject({
      deploymentCircuitBreaker: { status: "MONITORING_COMPLETE", failureCount: 0 },
    });
    expect(world.details(DEPLOYMENT).map(({ eventName }) => eventName)).not.toContain("SERVICE_DEPLOYMENT_FAILED");
  });

  test("counts tasks whose health checks fail", async () => {
    const world = createWorld();
    const check = { HealthCheck: { Command: ["CMD", "true"], Interval: 10, Retries: 2 } };
    service(world, shop(world, check).definition);
    await world.pass(minutes(5));
    world.door.suffer("shop", "api", { failHealth: true });
    await deploy(world);
    await world.pass(minutes(15));
    expect(world.details(DEPLOYMENT).map(({ reason }) => reason)).toContain(
      "ECS deployment circuit breaker: tasks failed health checks.",
    );
  });

  test("takes its threshold from the configuration", async () => {
    const configuration = { Enable: true, Rollback: true, ThresholdConfiguration: { Type: "COUNT", Value: 5 } };
    const world = await steady({ DeploymentConfiguration: { DeploymentCircuitBreaker: configuration } });
    await deploy(world, { containerDefinitions: [{ name: "web", image: `${REPOSITORY}:missing` }] });
    await world.pass(minutes(15));
    const { deploymentCircuitBreaker } = await deployment(world);
    expect(deploymentCircuitBreaker).toMatchObject({ threshold: 5 });
    expect((deploymentCircuitBreaker as JsonObject).failureCount).toBeGreaterThanOrEqual(5);
  });

  test.each([
    [true, "MONITORING_COMPLETE"],
    [false, "TRIGGERED"],
  ])(
    "with resetOnHealthyTask %s is %s after two failures, a healthy task and a third failure",
    async (reset, status) => {
      const breaker = { Enable: true, Rollback: true, ResetOnHealthyTask: reset };
      const world = await steady({
        DesiredCount: 4,
        DeploymentConfiguration: { MaximumPercent: 125, DeploymentCircuitBreaker: breaker },
      });
      const failures = async () => ((await deployment(world)).deploymentCircuitBreaker as JsonObject).failureCount;
      world.door.suffer("shop", "api", { failStart: true });
      await deploy(world);
      while ((await failures()) !== 2) await world.pass(1);
      world.door.suffer("shop", "api", { failStart: false });
      await world.pass(80);
      world.door.suffer("shop", "api", { failStart: true });
      await world.pass(90);
      expect(await deployment(world)).toMatchObject({ deploymentCircuitBreaker: { status } });
    },
  );

  test("does not count a task that was healthy before it was killed, even when nothing resets the count", async () => {
    const breaker = { Enable: true, Rollback: true, ResetOnHealthyTask: false };
    const world = await steady({
      DesiredCount: 4,
      DeploymentConfiguration: { MaximumPercent: 125, DeploymentCircuitBreaker: breaker },
    });
    world.door.suffer("shop", "api", { memoryMiB: 300, leakMiBPerHour: 40_000 });
    await deploy(world);
    await world.pass(minutes(30));
    const kills = world
      .details("ECS Task State Change")
      .filter(({ stopCode, lastStatus }) => stopCode === "EssentialContainerExited" && lastStatus === "STOPPED");
    expect(kills.length).toBeGreaterThan(10);
    expect(await deployment(world)).toMatchObject({ deploymentCircuitBreaker: { failureCount: 0 } });
  });

  test("on a first deployment has nothing to go back to and launches no more", async () => {
    const world = createWorld();
    world.images.clear();
    service(world, shop(world).definition);
    await world.pass(minutes(30));
    expect(await deployment(world)).toMatchObject({
      status: "ROLLBACK_FAILED",
      statusReason: expect.stringContaining("No rollback candidate was found to run the rollback."),
    });
    const tasks = world.details("ECS Task State Change").length;
    await world.pass(minutes(60));
    expect(world.details("ECS Task State Change")).toHaveLength(tasks);
  });

  test("without rollback leaves the failed deployment PRIMARY and the old tasks at work", async () => {
    const world = await steady({
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: false } },
    });
    await deploy(world, { containerDefinitions: [{ name: "web", image: `${REPOSITORY}:missing` }] });
    await world.pass(minutes(30));
    expect(await described(world)).toMatchObject({
      runningCount: 2,
      deployments: [
        { status: "PRIMARY", rolloutState: "FAILED", runningCount: 0 },
        { status: "ACTIVE", rolloutState: "COMPLETED", runningCount: 2 },
      ],
    });
  });
});

describe("a deployment that alarms watch", () => {
  const watched = (rollback: boolean) => ({
    deploymentConfiguration: {
      bakeTimeInMinutes: 10,
      alarms: { alarmNames: ["errors", "old"], enable: true, rollback },
    },
  });

  test("goes back when one of them goes off, baking included", async () => {
    const world = await steady();
    const before = (await described(world)).taskDefinition;
    await world.call("UpdateService", { cluster: "shop", service: "api", ...watched(true) });
    await deploy(world);
    await world.pass(minutes(5));
    expect(await deployment(world)).toMatchObject({ lifecycleStage: "BAKE_TIME", alarms: { status: "MONITORING" } });
    world.alarms.set("errors", "ALARM");
    await world.pass(minutes(5));
    expect(await deployment(world)).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      alarms: { status: "TRIGGERED", triggeredAlarmNames: ["errors"] },
    });
    expect(await described(world)).toMatchObject({ taskDefinition: before, runningCount: 2 });
  });

  test("does not mind one that was in alarm before it began", async () => {
    const world = await steady();
    world.alarms.set("old", "ALARM");
    await world.call("UpdateService", { cluster: "shop", service: "api", ...watched(true) });
    await deploy(world);
    await world.pass(minutes(20));
    expect(await deployment(world)).toMatchObject({ status: "SUCCESSFUL", alarms: { status: "MONITORING_COMPLETE" } });
  });
});

describe("a tag that moves", () => {
  test("is fixed by the first task of a deployment, for all its later tasks", async () => {
    const world = await steady();
    const { currentServiceRevisions } = await described(world);
    const [{ arn }] = currentServiceRevisions as readonly [JsonObject];
    expect(await revision(world, arn)).toMatchObject({
      containerImages: [{ containerName: "web", image: IMAGE, imageDigest: digest("1") }],
    });
    world.images.set(`${REPOSITORY}:old`, digest("1"));
    world.images.set(IMAGE, digest("2"));
    world.door.setDesiredCount("shop", "api", 3);
    await world.pass(minutes(2));
    const digests = (): readonly unknown[] =>
      world
        .details("ECS Task State Change")
        .filter(({ lastStatus }) => lastStatus === "RUNNING")
        .map(({ containers }) => (containers as readonly JsonObject[])[0]?.imageDigest);
    expect(digests()).toEqual([digest("1"), digest("1"), digest("1")]);
    await world.call("UpdateService", { cluster: "shop", service: "api", forceNewDeployment: true });
    await world.pass(minutes(5));
    expect(digests().slice(3)).toEqual([digest("2"), digest("2"), digest("2")]);
  });

  test("names no digest before a first task has started", async () => {
    const world = createWorld();
    service(world, shop(world).definition);
    await world.pass(3);
    const { currentServiceRevisions } = await described(world);
    const [{ arn }] = currentServiceRevisions as readonly [JsonObject];
    expect((await revision(world, arn)).containerImages).toEqual([{ containerName: "web", image: IMAGE }]);
  });

  test("whose fixed digest was deleted cannot be pulled again", async () => {
    const world = await steady({ DesiredCount: 1 });
    world.images.set(IMAGE, digest("2"));
    world.door.setDesiredCount("shop", "api", 2);
    await world.pass(minutes(2));
    expect(
      world.details("ECS Task State Change").find(({ stopCode }) => stopCode === "TaskFailedToStart")?.stoppedReason,
    ).toContain(`failed to resolve ref ${REPOSITORY}@${digest("1")}`);
  });
});

describe("StopServiceDeployment", () => {
  test("rolls a running deployment back", async () => {
    const world = await steady();
    const before = (await described(world)).taskDefinition;
    await deploy(world);
    await world.pass(30);
    const { currentServiceDeployment } = await described(world);
    const input = { serviceDeploymentArn: currentServiceDeployment as string };
    expect(await world.call("StopServiceDeployment", input)).toEqual(input);
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_REQUESTED" });
    await world.pass(1.2);
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_IN_PROGRESS" });
    await world.pass(minutes(5));
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_SUCCESSFUL" });
    expect(await described(world)).toMatchObject({ taskDefinition: before, runningCount: 2 });
  });

  test("refuses what has ended, what has nothing to go back to, and what does not exist", async () => {
    const world = createWorld();
    service(world, shop(world).definition);
    await world.pass(10);
    const { currentServiceDeployment } = await described(world);
    const stop = (arn: unknown) => world.call("StopServiceDeployment", { serviceDeploymentArn: arn as string });
    await expect(stop(currentServiceDeployment)).rejects.toMatchObject({ code: "ConflictException" });
    await world.pass(minutes(5));
    await expect(stop(currentServiceDeployment)).rejects.toMatchObject({ code: "ConflictException" });
    await expect(stop("arn:aws:ecs:us-east-1:111122223333:service-deployment/shop/api/none")).rejects.toMatchObject({
      code: "ServiceDeploymentNotFoundException",
    });
  });
});
