/** What everything that deploys services promises: the one in memory and Amazon ECS. */
import { ECSClient } from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, test } from "vitest";
import { ecsDeployments } from "#shared/aws/ecs-deployments.ts";
import { ecsServices } from "#shared/aws/ecs-services.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Deployments } from "#shared/ports/deployments.ts";
import type { JsonObject } from "../../local/contract.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeDeployments } from "../fakes/deployments.ts";
import { fakeServices } from "../fakes/services.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

const PREFIX = "arn:aws:ecs:us-east-1:111122223333";
const refOf = (name: string): ServiceRef => ({
  arn: `${PREFIX}:service/production/${name}`,
  cluster: "production",
  name,
});
/** Deployed in place, with one deployment completed. */
const ROLLING = refOf("order-service");
/** With a hook that waits for an answer before new tasks start; nobody has answered its first deployment. */
const PAUSED = refOf("user-service");
const NOBODY = refOf("nothing");
const NO_DEPLOYMENT = `${PREFIX}:service-deployment/production/order-service/AbCdEfGhIjKlMnOpQrStU`;

interface Subject {
  readonly deployments: Deployments;
  now(): Date;
  /** Deploys what the service runs once more; answers the service deployment's ARN. */
  release(ref: ServiceRef): Promise<string>;
  /** Lets what goes on come to its end. */
  settle(): Promise<void>;
  /** A service whose first deployment waits for the answer of its hook; answers that deployment's ARN. */
  hold(name: string): Promise<string>;
  /** Services without tasks. */
  create(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const inMemory = (): Subject => {
  const clock = fakeClock();
  const deployments = fakeDeployments();
  const { state } = fakeServices(clock);
  const hook = { type: "PAUSE", targetArn: undefined, stages: ["PRE_SCALE_UP"] } as const;
  const put = (ref: ServiceRef, serviceDeployment: string | undefined): void => {
    const at = deployments.known.findIndex(({ ref: { arn } }) => arn === ref.arn);
    const service = { ...(state as NonNullable<typeof state>), ref, serviceDeployment };
    deployments.known.splice(at < 0 ? deployments.known.length : at, at < 0 ? 0 : 1, {
      ...service,
      hooks: ref.name === PAUSED.name ? [hook] : [],
    });
  };
  const settle = async (): Promise<void> => {
    clock.advance(900);
    for (const [arn, one] of deployments.all) {
      const ended = one.status === "going-on" ? "completed" : one.status === "rolling-back" ? "ended" : undefined;
      if (one.waitingHooks.length === 0 && ended !== undefined)
        deployments.all.set(arn, { ...one, status: ended, finishedAt: clock.now().toISOString() });
    }
  };
  const release = async (ref: ServiceRef): Promise<string> => {
    clock.advance(1);
    const arn = `${ref.arn.replace(":service/", ":service-deployment/")}/${deployments.all.size + 1}`;
    const isPaused = ref.name === PAUSED.name;
    deployments.all.set(arn, {
      arn,
      serviceArn: ref.arn,
      status: "going-on",
      targetRevision: `${ref.arn.replace(":service/", ":service-revision/")}/${deployments.all.size + 1}`,
      sourceRevisions: [],
      createdAt: clock.now().toISOString(),
      finishedAt: undefined,
      stage: isPaused ? "PRE_SCALE_UP" : undefined,
      waitingHooks: isPaused ? ["1"] : [],
    });
    put(ref, arn);
    return arn;
  };
  void release(ROLLING);
  void release(PAUSED);
  void settle();
  return {
    deployments,
    now: () => clock.now(),
    release,
    settle,
    async hold(name) {
      const arn = await release(refOf(name));
      const one = deployments.all.get(arn);
      if (one) deployments.all.set(arn, { ...one, stage: "PRE_SCALE_UP", waitingHooks: ["1"] });
      return arn;
    },
    create: async (name) => put(refOf(name), undefined),
    async remove(name) {
      const at = deployments.known.findIndex(({ ref }) => ref.name === name);
      const [gone] = deployments.known.splice(at, 1);
      if (gone) deployments.known.push({ ...gone, status: "INACTIVE" });
    },
  };
};

const onEcs = (): Subject => {
  const { client, cloud: running } = cloud.now();
  const ecs = new ECSClient(client);
  const ask = (operation: string, input: JsonObject) =>
    running.door.request("ecs", operation, { cluster: "production", ...input });
  return {
    deployments: ecsDeployments(ecs, ecs),
    now: () => new Date(running.local.clock.now()),
    async release({ name }) {
      await running.advance(1);
      await ask("UpdateService", { service: name, forceNewDeployment: true });
      await running.advance(5);
      const { services } = await ask("DescribeServices", { services: [name] });
      const [service] = services as readonly JsonObject[];
      return String(service?.currentServiceDeployment);
    },
    settle: () => running.advance(900),
    async create(serviceName) {
      const { services } = await ask("DescribeServices", { services: [ROLLING.name] });
      const [{ taskDefinition, networkConfiguration } = {}] = services as readonly JsonObject[];
      await ask("CreateService", { serviceName, taskDefinition, networkConfiguration, desiredCount: 0 });
    },
    async hold(serviceName) {
      const { services } = await ask("DescribeServices", { services: [ROLLING.name] });
      const [{ taskDefinition, networkConfiguration } = {}] = services as readonly JsonObject[];
      const deploymentConfiguration = { lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["PRE_SCALE_UP"] }] };
      const service = { serviceName, taskDefinition, networkConfiguration, deploymentConfiguration, desiredCount: 1 };
      await ask("CreateService", service);
      await running.advance(5);
      const { services: [held] = [] } = (await ask("DescribeServices", { services: [serviceName] })) as {
        services: readonly JsonObject[];
      };
      return String(held?.currentServiceDeployment);
    },
    remove: async (name) => void (await ask("DeleteService", { service: name, force: true })),
  };
};

describe.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["on ECS", onEcs],
])("deployments %s", (_, make) => {
  let subject: Subject;
  let deployments: Deployments;
  beforeAll(() => {
    subject = make();
    deployments = subject.deployments;
  });

  const told = async (arn: string) => {
    const found = await deployments.deployment(arn);
    if (!found) throw new Error(`there is no deployment ${arn}`);
    return found;
  };

  /** The last deployment of the service whose hook waits, and that hook. */
  const waiting = async () => {
    const arn = String((await deployments.service(PAUSED))?.serviceDeployment);
    const [hook = ""] = (await told(arn)).waitingHooks;
    return { arn, hook };
  };

  test("tell a service with its last deployment and its hooks, and nothing of what is not there", async () => {
    const rolling = await deployments.service(ROLLING);
    expect(rolling).toMatchObject({ ref: ROLLING, status: "ACTIVE", hooks: [], tags: { "reflex:oom:mode": "act" } });
    expect(await told(String(rolling?.serviceDeployment))).toMatchObject({
      status: "completed",
      waitingHooks: [],
      finishedAt: expect.stringMatching(/Z$/),
    });
    expect((await deployments.service(PAUSED))?.hooks).toEqual([
      { type: "PAUSE", targetArn: undefined, stages: ["PRE_SCALE_UP"] },
    ]);
    for (const ref of [NOBODY, { ...ROLLING, arn: `${ROLLING.arn}-2`, cluster: "nowhere" }])
      expect(await deployments.service(ref)).toBeUndefined();
    expect(await deployments.deployment(NO_DEPLOYMENT)).toBeUndefined();
  });

  test("name the hooks that wait, take one answer to each, and go on from there", async () => {
    const { arn, hook } = await waiting();
    expect(await told(arn)).toMatchObject({ status: "going-on", stage: "PRE_SCALE_UP", finishedAt: undefined });
    expect(await deployments.answerHook(arn, "another", "CONTINUE")).toBe(false);
    expect(await deployments.answerHook(NO_DEPLOYMENT, hook, "CONTINUE")).toBe(false);
    expect(await deployments.answerHook(arn, hook, "CONTINUE")).toBe(true);
    expect(await deployments.answerHook(arn, hook, "ROLLBACK")).toBe(false);
    await subject.settle();
    expect(await told(arn)).toMatchObject({ status: "completed", waitingHooks: [] });
  });

  test("go back when the answer says so, and take none after that", async () => {
    await subject.release(PAUSED);
    const { arn, hook } = await waiting();
    expect(await deployments.answerHook(arn, hook, "ROLLBACK")).toBe(true);
    await subject.settle();
    expect(await told(arn)).toMatchObject({ status: "ended", waitingHooks: [] });
    expect(await deployments.answerHook(arn, hook, "CONTINUE")).toBe(false);
    expect(await deployments.rollBack(arn)).toBe(false);
  });

  test("are stopped while they go on, once, and then go back; one that is complete is not stopped any more", async () => {
    const completed = String((await deployments.service(ROLLING))?.serviceDeployment);
    expect(await deployments.rollBack(completed)).toBe(false);
    const arn = await subject.release(ROLLING);
    expect(await told(arn)).toMatchObject({ status: "going-on" });
    expect(await deployments.rollBack(arn)).toBe(true);
    expect(await told(arn)).toMatchObject({ status: "rolling-back" });
    expect(await deployments.rollBack(arn)).toBe(false);
    await subject.settle();
    expect(await told(arn)).toMatchObject({ status: "ended" });
    expect(await told(completed)).toMatchObject({ status: "completed" });
    expect(await deployments.rollBack(NO_DEPLOYMENT)).toBe(false);
  });

  test("tell of one that was to go back and had nowhere to go", async () => {
    const arn = await subject.hold("held-service");
    const [hook = ""] = (await told(arn)).waitingHooks;
    expect(await deployments.answerHook(arn, hook, "ROLLBACK")).toBe(true);
    await subject.settle();
    expect(await told(arn)).toMatchObject({ status: "rollback-failed", waitingHooks: [] });
  });

  test("know the last one that was completed before another, and never one that went back", async () => {
    const [first = ""] = [await deployments.completedBefore(ROLLING, subject.now())].map((one) => one?.arn);
    const second = await subject.release(ROLLING);
    await subject.settle();
    expect(await deployments.completedBefore(ROLLING, subject.now())).toMatchObject({
      arn: second,
      status: "completed",
      targetRevision: expect.stringContaining(":service-revision/"),
    });
    const before = new Date((await told(second)).createdAt);
    expect((await deployments.completedBefore(ROLLING, before))?.arn).toBe(first);
    const oldest = new Date((await told(first)).createdAt);
    expect(await deployments.completedBefore(ROLLING, oldest)).toBeUndefined();
    expect(await deployments.completedBefore(NOBODY, subject.now())).toBeUndefined();
  });

  test("list every active service of a cluster, more than one page of them", async () => {
    const before = (await deployments.services("production")).map(({ ref }) => ref.name);
    expect(before).toContain(ROLLING.name);
    const names = Array.from({ length: 12 }, (__, at) => `listed-${at}`);
    for (const name of names) await subject.create(name);
    await subject.remove("listed-0");
    const after = await deployments.services("production");
    expect(after.map(({ ref }) => ref.name).toSorted()).toEqual([...before, ...names.slice(1)].toSorted());
    expect(after.every(({ ref, status }) => ref.arn === refOf(ref.name).arn && status === "ACTIVE")).toBe(true);
    expect(await deployments.services("nowhere")).toEqual([]);
  });
});

test("more deployments than ECS lists on one page are told whole, and the last one is the last", async () => {
  const { client, cloud: running } = cloud.now();
  const ecs = new ECSClient(client);
  const { create, release, settle, deployments, now } = onEcs();
  const ref = refOf("restless");
  const since = now();
  await create(ref.name);
  await settle();
  let last = "";
  for (let at = 0; at < 104; at += 1) {
    last = await release(ref);
    await running.advance(60);
  }
  expect((await deployments.completedBefore(ref, now()))?.arn).toBe(last);
  const revisions = await ecsServices(ecs, ecs).deployedSince(ref, since);
  expect(revisions).toHaveLength(105);
  expect(revisions[0]?.arn).toBe((await deployments.deployment(last))?.targetRevision);
});
