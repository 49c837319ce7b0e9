import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import {
  ACCOUNT,
  type Answer,
  createWorld,
  deployment,
  described,
  minutes,
  revise,
  role,
  service,
  shop,
  type World,
} from "./world.fixture.ts";

const GATE = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:gate`;
const HOOK = "ECS Hook State Change";
const SUCCEEDED: Answer = () => ({ hookStatus: "SUCCEEDED" });
const INVOKE = [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: GATE }];

interface Setting {
  readonly strategy?: JsonObject;
  readonly stages?: readonly string[];
  readonly answer?: Answer;
  readonly hook?: JsonObject;
  readonly trusted?: string;
  readonly statements?: readonly JsonObject[];
}

/** A service with one hook, its first deployment done; hook calls counted from there. */
async function hooked(setting: Setting = {}): Promise<World> {
  const { strategy = { Strategy: "BLUE_GREEN", BakeTimeInMinutes: 5 }, stages = ["PRE_SCALE_UP"] } = setting;
  const world = createWorld();
  const roleArn = role(world, "Hooks", setting.trusted ?? "ecs.amazonaws.com", setting.statements ?? INVOKE);
  const lambdaHook = { HookTargetArn: GATE, RoleArn: roleArn };
  world.answers.set(GATE, SUCCEEDED);
  const { definition } = shop(world);
  service(world, definition, { DeploymentConfiguration: strategy });
  await world.pass(minutes(60));
  await world.call("UpdateService", {
    cluster: "shop",
    service: "api",
    deploymentConfiguration: {
      lifecycleHooks: [camel({ LifecycleStages: stages, ...(setting.hook ?? lambdaHook) })],
    },
  });
  world.events.length = 0;
  if (setting.answer) world.answers.set(GATE, setting.answer);
  const taskDefinition = await revise(world, { memory: "1024" });
  await world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition });
  return world;
}

const camel = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key.slice(0, 1).toLowerCase() + key.slice(1), value]),
  );

const stagesCalled = (world: World): readonly unknown[] => world.hooks.map(({ payload }) => payload.lifecycleStage);
const hookEvents = (world: World): readonly unknown[] => world.details(HOOK).map(({ eventName }) => eventName);
const EVERY_STAGE = [
  "PRE_SCALE_UP",
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
];

describe("a blue/green deployment", () => {
  test("calls its hook at every stage in order, with the documented payload", async () => {
    const world = await hooked({ stages: ["RECONCILE_SERVICE", ...EVERY_STAGE] });
    await world.pass(minutes(4));
    expect(stagesCalled(world)).toEqual(EVERY_STAGE);
    const { currentServiceDeployment } = await described(world);
    const walk = await deployment(world);
    const target = (walk.targetServiceRevision as JsonObject).arn as string;
    const [source] = (walk.sourceServiceRevisions as readonly JsonObject[]).map(({ arn }) => arn as string);
    const [first] = world.hooks;
    expect(first?.payload).toEqual({
      executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      lifecycleStage: "PRE_SCALE_UP",
      resourceArn: currentServiceDeployment,
      executionDetails: {
        serviceArn: `arn:aws:ecs:us-east-1:${ACCOUNT}:service/shop/api`,
        targetServiceRevisionArn: target,
        testTrafficWeights: {},
        productionTrafficWeights: {},
      },
    });
    const details = world.hooks.map(({ payload }) => payload.executionDetails as JsonObject);
    expect(details[2]).toMatchObject({ testTrafficWeights: { [target]: 100, [source as string]: 0 } });
    expect(details[4]).toMatchObject({ productionTrafficWeights: { [target]: 0, [source as string]: 100 } });
    expect(details[5]).toMatchObject({ productionTrafficWeights: { [target]: 100, [source as string]: 0 } });
    expect(await deployment(world)).toMatchObject({ lifecycleStage: "BAKE_TIME" });
  });

  test("starts no task before PRE_SCALE_UP is answered", async () => {
    const world = await hooked({ answer: () => ({ hookStatus: "IN_PROGRESS", callBackDelay: 600 }) });
    await world.pass(minutes(9));
    expect(world.details("ECS Task State Change")).toEqual([]);
    expect(await deployment(world)).toMatchObject({
      lifecycleStage: "PRE_SCALE_UP",
      lifecycleHookDetails: [
        { targetType: "AWS_LAMBDA", targetArn: GATE, status: "IN_PROGRESS", timeoutAction: "ROLLBACK" },
      ],
      targetServiceRevision: { requestedTaskCount: 0 },
    });
  });

  test("runs both revisions until the bake is over, then only the new one", async () => {
    const world = await hooked();
    await world.pass(minutes(4));
    expect(await described(world)).toMatchObject({ runningCount: 4 });
    await world.pass(minutes(6));
    expect(await described(world)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
    expect(await deployment(world)).toMatchObject({ status: "SUCCESSFUL" });
  });

  test("asks again after callBackDelay seconds, 30 unless told, and hands back hookDetails", async () => {
    const waits: (JsonObject | undefined)[] = [
      { hookStatus: "IN_PROGRESS", callBackDelay: 60, hookDetails: { tries: 1, seen: true } },
      { hookStatus: "IN_PROGRESS", hookDetails: { tries: 2 } },
    ];
    const world = await hooked({ answer: () => (waits.shift() ?? { hookStatus: "SUCCEEDED" }) as never });
    await world.pass(minutes(3));
    const [first, second, third] = world.hooks;
    expect([second?.atMs, third?.atMs].map((atMs) => ((atMs ?? 0) - (first?.atMs ?? 0)) / 1000)).toEqual([60, 90]);
    expect([first, second, third].map((call) => call?.payload.hookDetails)).toEqual([
      undefined,
      { tries: 1, seen: true },
      { tries: 2, seen: true },
    ]);
    expect(hookEvents(world)).toEqual(["HOOK_IN_PROGRESS", "HOOK_SUCCEEDED"]);
  });

  test.each<[string, Answer]>([
    ["FAILED", () => ({ hookStatus: "FAILED" })],
    ["an unknown status", () => ({ hookStatus: "succeeded" })],
    ["no status", () => ({})],
    ["nothing", () => null],
    [
      "an error",
      () => {
        throw new Error("gate is broken");
      },
    ],
  ])("that is answered %s at PRE_SCALE_UP goes back without a new task", async (_, answer) => {
    const world = await hooked({ answer });
    const before = (await described(world)).deployments as readonly JsonObject[];
    await world.pass(minutes(5));
    expect(world.details("ECS Task State Change")).toEqual([]);
    expect(hookEvents(world)).toEqual(["HOOK_IN_PROGRESS", "HOOK_FAILED"]);
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_SUCCESSFUL" });
    expect(await described(world)).toMatchObject({ runningCount: 2, taskDefinition: before[1]?.taskDefinition });
  });

  test.each<[string, Setting]>([
    ["does not trust ECS", { trusted: "lambda.amazonaws.com" }],
    [
      "may not invoke the function",
      { statements: [{ Effect: "Allow", Action: "lambda:GetFunction", Resource: GATE }] },
    ],
  ])("goes back without calling the function when the hook's role %s", async (_, setting) => {
    const world = await hooked(setting);
    await world.pass(minutes(5));
    expect(world.hooks).toEqual([]);
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_SUCCESSFUL" });
  });

  test("that fails after the traffic moved calls the traffic hook again with the weights reversed, the target still green", async () => {
    const stages = ["PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"];
    const world = await hooked({
      stages,
      answer: ({ lifecycleStage }) => ({
        hookStatus: lifecycleStage === "POST_PRODUCTION_TRAFFIC_SHIFT" ? "FAILED" : "SUCCEEDED",
      }),
    });
    await world.pass(minutes(10));
    expect(stagesCalled(world)).toEqual([...stages, "PRODUCTION_TRAFFIC_SHIFT"]);
    const [forward, , back] = world.hooks.map(({ payload }) => payload.executionDetails as JsonObject);
    expect(back?.targetServiceRevisionArn).toBe(forward?.targetServiceRevisionArn);
    expect(back?.productionTrafficWeights).toMatchObject({ [forward?.targetServiceRevisionArn as string]: 0 });
    expect(await described(world)).toMatchObject({ runningCount: 2 });
  });

  test("goes back to the end although a hook fails on the way back", async () => {
    const world = await hooked({
      stages: ["PRODUCTION_TRAFFIC_SHIFT"],
      answer: () => ({ hookStatus: "FAILED" }),
    });
    await world.pass(minutes(10));
    expect(stagesCalled(world)).toEqual(["PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"]);
    const announced = world.details("ECS Deployment State Change").map(({ reason }) => String(reason));
    expect(announced.filter((reason) => reason.includes("rolling back"))).toHaveLength(1);
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_SUCCESSFUL" });
  });

  test("that a second one overtakes starts over with RECONCILE_SERVICE, and the overtaken tasks go", async () => {
    const world = await hooked({ stages: ["RECONCILE_SERVICE", "PRE_SCALE_UP"] });
    await world.pass(minutes(4));
    const last = await revise(world, { memory: "2048" });
    await world.call("UpdateService", { cluster: "shop", service: "api", taskDefinition: last });
    await world.pass(minutes(4));
    expect(stagesCalled(world)).toEqual(["PRE_SCALE_UP", "RECONCILE_SERVICE", "PRE_SCALE_UP"]);
    expect(await described(world)).toMatchObject({ runningCount: 4, taskDefinition: last });
    await world.pass(minutes(10));
    expect(await described(world)).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
  });

  test("waits for all hooks of a stage", async () => {
    const world = await hooked({
      answer: () => ({ hookStatus: "SUCCEEDED" }),
      stages: ["POST_PRODUCTION_TRAFFIC_SHIFT"],
    });
    await world.pass(minutes(15));
    const { deploymentConfiguration } = await described(world);
    const [hook] = (deploymentConfiguration as JsonObject).lifecycleHooks as readonly JsonObject[];
    const pause = { targetType: "PAUSE", lifecycleStages: ["PRE_SCALE_UP"] };
    await world.call("UpdateService", {
      cluster: "shop",
      service: "api",
      forceNewDeployment: true,
      deploymentConfiguration: { lifecycleHooks: [{ ...hook, lifecycleStages: ["PRE_SCALE_UP"] }, pause] },
    });
    await world.pass(minutes(30));
    expect(await deployment(world)).toMatchObject({
      lifecycleStage: "PRE_SCALE_UP",
      lifecycleHookDetails: [{ status: "SUCCEEDED" }, { status: "AWAITING_ACTION" }],
    });
  });

  test("gives a silent hook its timeout, and then does what the timeout says", async () => {
    const hook = (action: string) => ({
      TargetType: "PAUSE",
      TimeoutConfiguration: { timeoutInMinutes: 30, action },
    });
    const patient = await hooked({ hook: hook("CONTINUE") });
    await patient.pass(minutes(29));
    expect(await deployment(patient)).toMatchObject({ lifecycleStage: "PRE_SCALE_UP" });
    await patient.pass(minutes(15));
    expect(hookEvents(patient)).toEqual(["HOOK_AWAITING_ACTION", "HOOK_TIMED_OUT"]);
    expect(await deployment(patient)).toMatchObject({ status: "SUCCESSFUL" });
    const strict = await hooked({ hook: hook("ROLLBACK") });
    await strict.pass(minutes(45));
    expect(await deployment(strict)).toMatchObject({ status: "ROLLBACK_SUCCESSFUL" });
  });

  test("does not use the circuit breaker: tasks that cannot start leave it waiting", async () => {
    const world = await hooked();
    world.images.clear();
    await world.pass(minutes(120));
    expect(await deployment(world)).toMatchObject({ status: "IN_PROGRESS", lifecycleStage: "SCALE_UP" });
    expect(await described(world)).toMatchObject({ deployments: [{ status: "PRIMARY" }, { runningCount: 2 }] });
  });
});

describe("a pause hook", () => {
  const PAUSE = { TargetType: "PAUSE" };

  test("waits, tells its id in an event of the published shape, and goes on when told", async () => {
    const world = await hooked({ hook: PAUSE });
    await world.pass(minutes(60));
    const [event] = world.details(HOOK);
    expect(event).toEqual({
      eventType: "INFO",
      eventName: "HOOK_AWAITING_ACTION",
      hookId: expect.stringMatching(/^ecs-pause-[\w-]{43}$/),
      hookType: "PAUSE",
      expiresAt: expect.stringMatching(/^2026-11-24T10:00:\d\dZ$/),
      lifecycleStage: "PRE_SCALE_UP",
      clusterArn: `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/shop`,
      serviceArn: `arn:aws:ecs:us-east-1:${ACCOUNT}:service/shop/api`,
      serviceDeploymentArn: (await described(world)).currentServiceDeployment,
      updatedAt: expect.stringMatching(/\.\d{9}Z$/),
    });
    const input = { serviceDeploymentArn: event?.serviceDeploymentArn as string, hookId: event?.hookId as string };
    await world.call("ContinueServiceDeployment", input);
    await world.pass(minutes(15));
    expect(await deployment(world)).toMatchObject({ status: "SUCCESSFUL" });
    await expect(world.call("ContinueServiceDeployment", input)).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });

  test("goes back when told ROLLBACK", async () => {
    const world = await hooked({ hook: PAUSE });
    await world.pass(60);
    const { hookId, serviceDeploymentArn } = world.details(HOOK)[0] ?? {};
    const input = {
      serviceDeploymentArn: serviceDeploymentArn as string,
      hookId: hookId as string,
      action: "ROLLBACK",
    };
    await world.call("ContinueServiceDeployment", input);
    await world.pass(minutes(5));
    expect(await deployment(world)).toMatchObject({ status: "ROLLBACK_SUCCESSFUL" });
  });

  test("holds a rolling deployment before its first new task; on AWS this is not proven", async () => {
    const world = await hooked({ strategy: { Strategy: "ROLLING" }, hook: PAUSE });
    await world.pass(minutes(60));
    expect(world.details("ECS Task State Change")).toEqual([]);
    expect(await described(world)).toMatchObject({ runningCount: 2 });
    const { taskArns } = await world.call("ListTasks", { cluster: "shop" });
    const [task] = taskArns as readonly string[];
    await world.call("StopTask", { cluster: "shop", task: task as string });
    await world.pass(minutes(3));
    expect(await described(world)).toMatchObject({ deployments: [{ runningCount: 0 }, { runningCount: 2 }] });
    const { hookId, serviceDeploymentArn } = world.details(HOOK)[0] ?? {};
    await world.call("ContinueServiceDeployment", { serviceDeploymentArn, hookId } as JsonObject);
    await world.pass(minutes(5));
    expect(await deployment(world)).toMatchObject({ status: "SUCCESSFUL" });
  });
});

describe("gradual strategies", () => {
  const weights = (world: World): readonly unknown[] =>
    world.hooks.map(({ payload }) => {
      const { productionTrafficWeights, targetServiceRevisionArn } = payload.executionDetails as JsonObject;
      return (productionTrafficWeights as JsonObject)[targetServiceRevisionArn as string];
    });

  test("canary shifts its part, bakes, then shifts the rest, with the hook at every step", async () => {
    const strategy = { Strategy: "CANARY", CanaryConfiguration: { CanaryPercent: 20, CanaryBakeTimeInMinutes: 10 } };
    const world = await hooked({ strategy, stages: ["PRODUCTION_TRAFFIC_SHIFT"] });
    await world.pass(minutes(10));
    expect(weights(world)).toEqual([20]);
    await world.pass(minutes(10));
    expect(weights(world)).toEqual([20, 100]);
    expect(await deployment(world)).toMatchObject({ status: "SUCCESSFUL" });
  });

  test("linear shifts in equal steps", async () => {
    const strategy = { Strategy: "LINEAR", LinearConfiguration: { StepPercent: 40, StepBakeTimeInMinutes: 1 } };
    const world = await hooked({ strategy, stages: ["PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"] });
    await world.pass(minutes(10));
    expect(weights(world)).toEqual([0, 40, 40, 80, 80, 100]);
  });
});
