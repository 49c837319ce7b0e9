/** The plan protocol under crashes, lost answers and other writers, at every call there is. */
import { describe, expect, test } from "vitest";
import { killEvent } from "../builders/kill.ts";
import type { Fault } from "../fakes/faults.ts";
import { digestOf, REF, REPOSITORY } from "../fakes/services.ts";
import { createWorld, type World } from "./world.ts";

/** Calls of one undisturbed reaction, by name and in order. */
const undisturbedCalls = async (): Promise<readonly string[]> => {
  const { spawn } = createWorld();
  const { process, handle } = spawn();
  await handle(killEvent());
  return [...process.calls];
};

const CALLS = await undisturbedCalls();
const POSITIONS = CALLS.map((name, position) => [position, name] as const);

const raised = ({ services }: World) => services.registered.filter(({ size }) => (size?.memoryMiB ?? 0) > 1024);

/** SQS gives an unanswered message again; a refused one goes to the dead letters, which a person looks at. */
const deliver = async (world: World, position: number | undefined, fault: Fault, happen?: () => void) => {
  const { process, handle } = world.spawn({ at: happen ? undefined : position, fault });
  if (happen && position !== undefined) process.at(position, happen);
  const first = await handle(killEvent()).catch((error: unknown) => error);
  if (first === "crashed" || first instanceof Error) {
    world.clock.advance(180);
    await world.spawn().handle(killEvent());
  }
};

test("an undisturbed raise costs at most 7 AWS calls and 5 ledger calls up to the deployment", () => {
  const upToDeploy = CALLS.slice(0, CALLS.indexOf("deploy") + 1);
  const ledger = ["service", "noteTrouble", "account", "admit", "save", "append"];
  expect(upToDeploy.filter((name) => ledger.includes(name))).toHaveLength(5);
  // The adapter keeps task definitions, so a second look is no call; DescribeStacks is asked of services a stack made.
  const aws = [
    ...new Set(upToDeploy.filter((name) => name === "taskDefinition")),
    ...upToDeploy.filter((name) => !ledger.includes(name) && name !== "taskDefinition"),
    "DescribeStacks",
  ];
  expect(aws).toHaveLength(7);
});

describe.each<Fault>(["crash-before", "crash-after", "throttled", "lost"])("%s", (fault) => {
  test.each(POSITIONS)("at call %i (%s): one raise, and the plan ends well", async (position) => {
    const world = createWorld();
    await deliver(world, position, fault);
    await world.passTime();

    expect(raised(world)).toHaveLength(1);
    expect(world.services.state?.taskDefinitionArn).toBe(raised(world)[0]?.arn);
    expect(world.services.running()).toBe(digestOf("a"));
    const item = await world.item();
    expect(item.active).toBeUndefined();
    expect(item.outbox).toEqual([]);
    expect(item.breaker.failures).toBe(0);
    expect(world.ledger.appended.at(-1)?.plan?.status).toBe("done");
  });
});

describe("a pipeline deploys in between", () => {
  test.each(POSITIONS)("before call %i (%s): its image is what runs in the end", async (position) => {
    const world = createWorld();
    world.services.tags.set("v2", digestOf("b"));
    await deliver(world, position, "throttled", () => {
      world.services.deployByPipeline(`${REPOSITORY}:v2`);
    });
    await world.passTime();

    expect(world.services.running()).toBe(digestOf("b"));
    expect((await world.item()).active).toBeUndefined();
  });

  test.each(POSITIONS)(
    "before call %i (%s), the same revision with a moved tag: the newer image runs",
    async (position) => {
      const world = createWorld();
      await deliver(world, position, "throttled", () => {
        world.services.tags.set("v1", digestOf("c"));
        void world.services.deploy(REF, world.services.registered[0]?.arn ?? "");
      });
      await world.passTime();
      expect(world.services.running()).toBe(digestOf("c"));
    },
  );
});

test("a mutable tag that moved after the deployment does not reach the raised revision", async () => {
  const world = createWorld();
  world.services.tags.set("v1", digestOf("d"));
  await world.spawn().handle(killEvent());
  await world.passTime();
  expect(raised(world)).toHaveLength(1);
  expect(world.services.running()).toBe(digestOf("a"));
});

test("ten kills of one revision at once, each twice, make one plan and one revision", async () => {
  const world = createWorld();
  const kills = Array.from({ length: 10 }, (_, task) => killEvent({ task: `${task}`.padStart(32, "0") }));
  await Promise.all([...kills, ...kills].map((kill) => world.spawn().handle(kill)));
  await world.passTime();
  expect(raised(world)).toHaveLength(1);
  expect(world.ledger.accountNow.acts.count).toBe(1);
  const plans = new Set(world.ledger.appended.flatMap(({ plan }) => plan?.id ?? []));
  expect(plans.size).toBe(1);
});

describe("the pause switch", () => {
  test.each(POSITIONS.filter(([, name]) => name === "register" || name === "deploy"))(
    "turned on before a later invocation reaches call %i (%s) holds that write",
    async (position) => {
      const world = createWorld();
      const { handle } = world.spawn({ at: position, fault: "crash-before" });
      expect(await handle(killEvent())).toBe("crashed");
      const registeredBefore = raised(world).length;
      world.ledger.accountNow = { ...world.ledger.accountNow, isPaused: true };
      await world.passTime(5);
      expect(raised(world)).toHaveLength(registeredBefore);
      expect(world.services.deployed).toHaveLength(1);

      world.ledger.accountNow = { ...world.ledger.accountNow, isPaused: false };
      await world.passTime();
      expect(raised(world)).toHaveLength(1);
      expect(world.services.deployed).toHaveLength(2);
    },
  );
});

test("a permission that is missing stops the plan for a person and tries nothing again", async () => {
  const world = createWorld();
  const { handle } = world.spawn({ at: CALLS.indexOf("register"), fault: "denied" });
  await handle(killEvent());
  await world.passTime();
  expect(raised(world)).toHaveLength(0);
  expect(world.ledger.appended.at(-1)).toMatchObject({
    decision: "escalate",
    reason: "denied",
    plan: { status: "stuck" },
  });
});

test("over the account's budget the plan is given up before anything is written, and said so", async () => {
  const world = createWorld({ clusters: ["production"], account: { actsPerHour: 1 } });
  const hour = world.clock.now().toISOString().slice(0, 13);
  const happened = world.spawn();
  // The budget is used up between the decision and the admission: the policy could not see it.
  happened.process.at(CALLS.indexOf("admit"), () => {
    world.ledger.accountNow = { ...world.ledger.accountNow, acts: { hour, count: 1 }, admissions: 1 };
  });
  await happened.handle(killEvent());
  expect(raised(world)).toHaveLength(0);
  expect((await world.item()).active).toBeUndefined();
  expect(world.ledger.appended.at(-1)).toMatchObject({ decision: "hold", reason: "budget-account" });
});

test("a proposal that nobody answers expires and changes nothing", async () => {
  const world = createWorld();
  if (world.services.state) world.services.state = { ...world.services.state, tags: { "reflex:oom:mode": "ask" } };
  await world.spawn().handle(killEvent());
  expect((await world.item()).active?.status).toBe("awaiting-approval");
  world.clock.advance(25 * 3600);
  await world.passTime(2);
  expect((await world.item()).active).toBeUndefined();
  expect(raised(world)).toHaveLength(0);
  expect(world.ledger.appended.at(-1)?.plan?.status).toBe("expired");
});

test("plans beyond the rate of AWS wait for their slots and are all carried out", async () => {
  const world = createWorld();
  const { now } = world.clock;
  world.ledger.accountNow = {
    ...world.ledger.accountNow,
    nextSlotAt: { "task-definition-write": new Date(now().getTime() + 600_000).toISOString() },
    admissions: 1,
  };
  await world.spawn().handle(killEvent());
  expect(raised(world)).toHaveLength(0);
  expect(world.mail).toMatchObject([{ delaySeconds: expect.closeTo(600, 0) }]);
  await world.passTime(4);
  expect(raised(world)).toHaveLength(0);
  await world.passTime();
  expect(raised(world)).toHaveLength(1);
});

test("a kill of a task that was being stopped anyway counts for nothing", async () => {
  const world = createWorld();
  const event = killEvent();
  if (event.kind !== "event") throw new Error("not an event");
  const stopped = { ...(event.event.detail as object), stopCode: "ServiceSchedulerInitiated" };
  await world.spawn().handle({ ...event, event: { ...event.event, detail: stopped } });
  expect((await world.item()).kills).toEqual([]);
  expect(world.ledger.appended.at(-1)).toMatchObject({ decision: "hold", reason: "being-stopped" });
});

test("another reaction's plan of the same service is left to that reaction", async () => {
  const world = createWorld();
  await world.spawn().handle(killEvent());
  const item = await world.item();
  if (!item.active) throw new Error("no plan");
  const foreign = { ...item, active: { ...item.active, plan: { ...item.active.plan, reaction: "gate" as const } } };
  await world.ledger.save(foreign, undefined);
  world.services.settle();
  world.clock.advance(600);
  await world.spawn().handle({ kind: "resume", service: REF });
  expect((await world.item()).active).toEqual(foreign.active);
});
