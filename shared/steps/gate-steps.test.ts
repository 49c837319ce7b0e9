import { beforeEach, describe, expect, test } from "vitest";
import type { Plan } from "#shared/domain/plan.ts";
import type { Step } from "#shared/domain/step.ts";
import { BREAK_GLASS_TAG, WAY_BACK_TAG } from "#shared/domain/tags.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";
import { isWayBack } from "#shared/gate/way-back.ts";
import type { ServiceDeployment } from "#shared/ports/deployments.ts";
import type { StepContext } from "#shared/runtime/step-definition.ts";
import { type FakeClock, fakeClock } from "../../test/fakes/clock.ts";
import { type FakeDeployments, fakeDeployments } from "../../test/fakes/deployments.ts";
import { digestOf, type FakeServices, fakeServices, REF, REPOSITORY } from "../../test/fakes/services.ts";
import { continueDeployment } from "./continue-deployment.ts";
import { deployImage } from "./deploy-image.ts";
import { deployRevision } from "./deploy-revision.ts";
import { stopDeployment } from "./stop-deployment.ts";
import { waitUntilRolledBack } from "./wait-until-rolled-back.ts";

const DEPLOYMENT = "arn:aws:ecs:us-east-1:111122223333:service-deployment/production/order-service/2";
const BEFORE = DEPLOYMENT.replace("/2", "/1");

let clock: FakeClock;
let services: FakeServices;
let deployments: FakeDeployments;

/** The deployment as it stands; it waits for the answer of one hook. */
const stands = (status: ServiceDeployment["status"], over: Partial<ServiceDeployment> = {}): void => {
  const { arn = DEPLOYMENT } = over;
  deployments.all.set(arn, {
    arn,
    serviceArn: REF.arn,
    status,
    targetRevision: "arn:new",
    sourceRevisions: ["arn:old"],
    createdAt: "2026-11-23T02:58:00.000Z",
    finishedAt: undefined,
    stage: undefined,
    waitingHooks: ["h"],
    ...over,
  });
};
const isGone = (): void => void deployments.all.delete(DEPLOYMENT);

const context = (over: Partial<StepContext<never>> = {}) =>
  ({
    ports: { services, deployments },
    plan: { id: "plan-1", service: REF } as Plan,
    now: clock.now(),
    startedAt: clock.now(),
    isRetry: false,
    results: [],
    kills: [],
    ...over,
  }) as StepContext<never>;

beforeEach(() => {
  clock = fakeClock();
  services = fakeServices(clock);
  deployments = fakeDeployments();
  stands("completed", { arn: BEFORE, createdAt: "2026-11-22T00:00:00.000Z" });
  stands("going-on");
});

describe("answering a hook", () => {
  const step = { do: "continue-deployment", deployment: DEPLOYMENT, hookId: "h", action: "ROLLBACK" } as const;

  test("says the action", async () => {
    expect(await continueDeployment.run(step, context())).toEqual({ kind: "done", result: { action: "ROLLBACK" } });
    expect(deployments.taken).toEqual(["h ROLLBACK"]);
  });

  test("that waits no longer is somebody else's answer", async () => {
    stands("going-on", { waitingHooks: [] });
    expect(await continueDeployment.run(step, context())).toMatchObject({ kind: "superseded", because: "hook-over" });
  });

  // biome-ignore format: a table reads as a table
  test.each([
    ["ROLLBACK", "rolling-back", "done"],
    ["ROLLBACK", "ended", "done"],
    ["ROLLBACK", "rollback-failed", "done"],
    ["CONTINUE", "rollback-failed", "superseded"],
    ["ROLLBACK", "going-on", "superseded"],
    ["CONTINUE", "going-on", "done"],
    ["CONTINUE", "completed", "done"],
    ["CONTINUE", "rolling-back", "superseded"],
  ] as const)("%s whose answer was lost, with the deployment %s, is %s", async (action, status, kind) => {
    stands(status, { waitingHooks: [] });
    expect((await continueDeployment.run({ ...step, action }, context({ isRetry: true }))).kind).toBe(kind);
  });

  test("of a deployment that is gone is nobody's", async () => {
    isGone();
    expect((await continueDeployment.run(step, context({ isRetry: true }))).kind).toBe("superseded");
  });
});

describe("stopping a deployment", () => {
  const step = { do: "stop-deployment", deployment: DEPLOYMENT } as const;

  test("tells how long its image was exposed", async () => {
    expect(await stopDeployment.run(step, context())).toEqual({ kind: "done", result: { exposedSeconds: 120 } });
    expect(deployments.taken).toEqual([DEPLOYMENT]);
  });

  // biome-ignore format: a table reads as a table
  test.each([
    ["completed", false, { kind: "failed", because: "too-late" }],
    ["rolling-back", false, { kind: "superseded", because: "already-rolling-back" }],
    ["rolling-back", true, { kind: "done" }],
    ["ended", false, { kind: "superseded", because: "deployment-over" }],
    ["ended", true, { kind: "done" }],
    ["rollback-failed", false, { kind: "superseded", because: "deployment-over" }],
  ] as const)("that is %s (retry: %s) touches nothing", async (status, isRetry, expected) => {
    stands(status);
    expect(await stopDeployment.run(step, context({ isRetry }))).toMatchObject(expected);
    expect(deployments.taken).toEqual([]);
  });

  test("that ECS does not let stop fails", async () => {
    deployments.all.delete(BEFORE);
    expect(await stopDeployment.run(step, context())).toMatchObject({ kind: "failed", because: "cannot-be-stopped" });
    isGone();
    expect(await stopDeployment.run(step, context())).toMatchObject({ because: "deployment-gone" });
  });
});

describe("waiting until it has gone back", () => {
  const step = { do: "wait-until-rolled-back", deployment: DEPLOYMENT, atMostSeconds: 600 } as const;

  test("ends with the whole exposure", async () => {
    stands("ended", { finishedAt: "2026-11-23T03:03:00.000Z" });
    expect(await waitUntilRolledBack.run(step, context())).toEqual({ kind: "done", result: { exposedSeconds: 300 } });
  });

  test("is no success when ECS could not go back", async () => {
    stands("rollback-failed", { finishedAt: "2026-11-23T03:03:00.000Z" });
    expect(await waitUntilRolledBack.run(step, context())).toEqual({ kind: "failed", because: "rollback-failed" });
  });

  test("looks again in a minute, and not for ever", async () => {
    stands("rolling-back");
    const startedAt = clock.now();
    expect(await waitUntilRolledBack.run(step, context())).toMatchObject({ kind: "wait", because: "rolling-back" });
    clock.advance(601);
    expect(await waitUntilRolledBack.run(step, context({ startedAt }))).toMatchObject({ because: "not-back-in-time" });
  });

  test("of one that was completed or is gone is over", async () => {
    stands("completed");
    expect(await waitUntilRolledBack.run(step, context())).toMatchObject({ kind: "failed", because: "too-late" });
    isGone();
    expect(await waitUntilRolledBack.run(step, context())).toMatchObject({ kind: "superseded" });
  });
});

describe("deploying an image", () => {
  const image = `${REPOSITORY}@${digestOf("b")}`;
  const step = (): Extract<Step, { do: "deploy-image" }> => ({
    do: "deploy-image",
    basedOn: services.registered[0]?.arn ?? "",
    images: { "order-service": image },
  });

  test("registers a copy with that image and nothing else changed, once", async () => {
    const first = await deployImage.run(step(), context());
    const again = await deployImage.run(step(), context({ isRetry: true }));
    expect(again).toEqual(first);
    expect(services.registered).toHaveLength(2);
    const [base, copy] = services.registered;
    expect(copy?.containers[0]?.image).toBe(image);
    expect(copy?.size).toEqual(base?.size);
    expect(copy?.tags).toMatchObject({ "reflex:plan": "plan-1/1", "reflex:based-on": base?.arn });
  });

  test("takes a revision that has it already", async () => {
    const own = { ...step(), images: { "order-service": `${REPOSITORY}:v1` } };
    expect(await deployImage.run(own, context())).toEqual({ kind: "done", result: { revision: step().basedOn } });
  });

  test("of a base or container that is gone fails", async () => {
    expect(await deployImage.run({ ...step(), basedOn: "arn:gone" }, context())).toMatchObject({
      because: "base-gone",
    });
    const other = { ...step(), images: { sidecar: image } };
    expect(await deployImage.run(other, context())).toMatchObject({ because: "container-gone" });
  });

  test("goes on from somebody else's newer revision", () => {
    expect(deployImage.rebase(step(), "arn:theirs", "arn:ours")).toMatchObject({ basedOn: "arn:theirs" });
  });

  test("is taken back, also after a refused attempt, with the images that ran before and not with its own", async () => {
    const backTo = { "order-service": `${REPOSITORY}@${digestOf("a")}` };
    const deployed = await deployImage.run(step(), context());
    const revision = deployed.kind === "done" ? String(deployed.result?.revision) : "";
    const [back] = deployRevision.undo({ do: "deploy-revision", replaces: step().basedOn, backTo }, { revision });
    if (back?.do !== "deploy-image") throw new Error("the images are not taken back");
    const first = await deployImage.run(back, context({ isRetry: true }));
    expect(services.registered.at(-1)?.containers[0]?.image).toBe(backTo["order-service"]);
    expect(await deployImage.run(back, context({ isRetry: true }))).toEqual(first);
    expect(services.registered).toHaveLength(3);
  });

  test("says of a way back, and of no promotion, that it goes back, also where the base names these images already", async () => {
    const [way, other] = [`${REPOSITORY}@${digestOf("a")}`, `${REPOSITORY}@${digestOf("b")}`];
    const register = async (name: string, based: string, goesBack?: true): Promise<TaskDefinition> => {
      const images = { "order-service": name };
      const ran = await deployImage.run(
        { do: "deploy-image", basedOn: based, images, ...(goesBack && { goesBack }) },
        context(),
      );
      const revision = ran.kind === "done" ? await services.taskDefinition(String(ran.result?.revision)) : undefined;
      if (!revision) throw new Error("nothing was registered");
      return revision;
    };
    const promoted = await register(other, step().basedOn);
    expect([promoted.tags[WAY_BACK_TAG], isWayBack(REF, promoted)]).toEqual([undefined, false]);
    const pinned = await register(way, promoted.arn);
    const back = await register(way, pinned.arn, true);
    expect([back.arn === pinned.arn, isWayBack(REF, back)]).toEqual([false, true]);
    expect((await register(way, back.arn, true)).arn).toBe(back.arn);
    expect((await register(other, back.arn)).tags).not.toHaveProperty(WAY_BACK_TAG);
  });

  test("leaves behind what justified the images of its base", async () => {
    const [base] = services.registered;
    const tags = [{ key: BREAK_GLASS_TAG, value: "incident 4711, fix inside" }];
    const basedOn = await services.register({ ...base?.document, tags });
    await deployImage.run({ ...step(), basedOn }, context());
    expect(services.registered.at(-1)?.tags).not.toHaveProperty(BREAK_GLASS_TAG);
  });

  test("is taken back to the images that ran before", () => {
    const backTo = { "order-service": `${REPOSITORY}@${digestOf("a")}` };
    expect(deployRevision.undo({ do: "deploy-revision", replaces: "arn:1", backTo }, { revision: "arn:2" })).toEqual([
      { do: "deploy-image", basedOn: "arn:1", images: backTo, goesBack: true },
      { do: "deploy-revision", replaces: "arn:2", ours: ["arn:2"] },
    ]);
  });
});
