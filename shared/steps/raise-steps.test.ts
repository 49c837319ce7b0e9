/** The steps of a raise, each over a service that other people may change as well. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Kill } from "#shared/domain/kill.ts";
import type { Plan } from "#shared/domain/plan.ts";
import type { ServiceState } from "#shared/domain/service.ts";
import type { Services } from "#shared/ports/services.ts";
import type { StepContext } from "#shared/runtime/step-definition.ts";
import { type FakeClock, fakeClock } from "../../test/fakes/clock.ts";
import { digestOf, type FakeServices, fakeServices, PREFIX, REF, REPOSITORY } from "../../test/fakes/services.ts";
import { copyRevision } from "./copy-revision.ts";
import { deployRevision } from "./deploy-revision.ts";
import { raiseMemory } from "./raise-memory.ts";
import { waitUntilSteady } from "./wait-until-steady.ts";
import { watchForKills } from "./watch-for-kills.ts";

const revision = (number: number): string => `${PREFIX}:task-definition/order-service:${number}`;

let clock: FakeClock;
let services: FakeServices;

beforeEach(() => {
  clock = fakeClock();
  services = fakeServices(clock);
  clock.advance(60);
});

const context = (over: Partial<StepContext<{ services: Services }>> = {}): StepContext<{ services: Services }> => ({
  ports: { services },
  plan: { id: "raise-memory-1", service: REF, mode: "act", decidedFor: revision(1) } as Plan,
  now: clock.now(),
  startedAt: clock.now(),
  isRetry: false,
  results: [],
  kills: [],
  ...over,
});

const change = (over: Partial<ServiceState>): void => {
  if (services.state) services.state = { ...services.state, ...over };
};

const deploying = (over: Partial<ServiceState["deployments"][number]> = {}): ServiceState["deployments"] => [
  {
    id: "ecs-svc/9",
    status: "PRIMARY",
    taskDefinitionArn: services.state?.taskDefinitionArn ?? "",
    rolloutState: "IN_PROGRESS",
    desiredCount: 3,
    runningCount: 1,
    failedTasks: 0,
    createdAt: clock.now(),
    ...over,
  },
];

describe("raise-memory", () => {
  const pins = { "order-service": `${REPOSITORY}@${digestOf("a")}` };
  const step = {
    do: "raise-memory",
    basedOn: revision(1),
    size: { cpuUnits: 512, memoryMiB: 2048 },
    containers: [],
    pins,
  } as const;

  test("registers the size and the pins, with the plan and the base in its tags", async () => {
    expect(await raiseMemory.run(step, context())).toEqual({ kind: "done", result: { revision: revision(2) } });
    expect(services.registered.at(-1)).toMatchObject({
      size: { cpuUnits: 512, memoryMiB: 2048 },
      containers: [{ image: pins["order-service"] }],
      tags: { "reflex:plan": "raise-memory-1/1", "reflex:based-on": revision(1) },
    });
  });

  test("tried again finds what the try before registered, and registers nothing", async () => {
    await raiseMemory.run(step, context());
    expect(await raiseMemory.run(step, context({ isRetry: true }))).toMatchObject({
      result: { revision: revision(2) },
    });
    expect(services.registered).toHaveLength(2);
  });

  test("tried again finds nothing in what an earlier raise of the same revision left behind in another size", async () => {
    await raiseMemory.run(step, context());
    const larger = { ...step, size: { cpuUnits: 512, memoryMiB: 4096 } };
    for (const wanted of [larger, step]) {
      await raiseMemory.run(wanted, context({ isRetry: true }));
      expect(services.registered.at(-1)?.size).toEqual(wanted.size);
    }
  });

  test("takes a base that is large enough as it is", async () => {
    const larger = services.deployByPipeline(`${REPOSITORY}:v1`, 4096);
    expect(await raiseMemory.run({ ...step, basedOn: larger }, context())).toMatchObject({
      result: { revision: larger },
    });
  });

  test("gives no container a limit that the base does not have", async () => {
    await raiseMemory.run({ ...step, containers: [{ name: "gone", memoryMiB: 512 }] }, context());
    expect(services.registered.at(-1)?.containers.map(({ name }) => name)).toEqual(["order-service"]);
  });

  test("fails when the base is not there", async () => {
    const outcome = await raiseMemory.run({ ...step, basedOn: revision(9) }, context());
    expect(outcome).toMatchObject({ kind: "failed", because: "base-gone" });
  });

  test("derived again starts from theirs and pins nothing of ours", () => {
    expect(raiseMemory.rebase(step, revision(5), revision(2))).toEqual({ ...step, basedOn: revision(5), pins: {} });
  });
});

describe("deploy-revision", () => {
  const step = { do: "deploy-revision", replaces: revision(1) } as const;
  const registered = [{ revision: revision(2) }];

  beforeEach(async () => {
    await services.register({ ...(services.registered[0]?.document ?? {}), memory: "2048" });
  });

  test("deploys what the step before registered", async () => {
    const outcome = await deployRevision.run(step, context({ results: registered }));
    expect(outcome).toEqual({ kind: "done", result: { revision: revision(2), replaced: revision(1) } });
    expect(services.state?.taskDefinitionArn).toBe(revision(2));
  });

  test("that is deployed already is not deployed again", async () => {
    const started = context({ results: registered });
    await deployRevision.run(step, started);
    expect(await deployRevision.run(step, { ...started, isRetry: true })).toMatchObject({ kind: "done" });
    expect(services.deployed).toHaveLength(2);
  });

  test("leaves what somebody else deployed meanwhile", async () => {
    const theirs = services.deployByPipeline(`${REPOSITORY}:v2`);
    expect(await deployRevision.run(step, context({ results: registered }))).toEqual({
      kind: "superseded",
      because: "already-replaced",
      evidence: { running: theirs },
    });
    expect(services.state?.taskDefinitionArn).toBe(theirs);
  });

  test("leaves the same revision that was deployed anew, for its tags may mean other images", async () => {
    const [pinned = ""] = services.state?.serviceRevisionArns ?? [];
    await services.deploy(REF, revision(1));
    const outcome = await deployRevision.run({ ...step, serviceRevision: pinned }, context({ results: registered }));
    expect(outcome).toMatchObject({ kind: "superseded" });
  });

  test("does not take the deployment it was decided for as somebody else's, when clocks differ", async () => {
    const [pinned = ""] = services.state?.serviceRevisionArns ?? [];
    const startedAt = new Date(clock.now().getTime() - 3_600_000);
    const outcome = await deployRevision.run(
      { ...step, serviceRevision: pinned },
      context({ results: registered, startedAt }),
    );
    expect(outcome).toMatchObject({ kind: "done" });
  });

  test("waits for somebody else's deployment, an hour at most", async () => {
    change({ deployments: deploying() });
    const started = context({ results: registered });
    expect(await deployRevision.run(step, started)).toMatchObject({ kind: "wait", because: "deployment-in-progress" });
    const anHourOn = new Date(started.now.getTime() + 3_601_000);
    expect(await deployRevision.run(step, { ...started, now: anHourOn })).toMatchObject({
      kind: "failed",
      because: "deployment-never-ends",
    });
    expect(services.deployed).toHaveLength(1);
  });

  describe("that somebody else deploys right before", () => {
    /** The services, with something that happens just before our own write. */
    const afterwards = (happen: () => void): Services => {
      const { deploy } = services;
      return { ...services, deploy: (...asked) => Promise.resolve(happen()).then(() => deploy(...asked)) };
    };

    test.each([
      ["when clocks agree", 0],
      ["when the function's clock is ahead of ECS's", 30],
      ["when it is behind", -30],
    ])("sees whom its own write replaced, %s", async (_, aheadSeconds) => {
      const theirs: string[] = [];
      const ports = { services: afterwards(() => void theirs.push(services.deployByPipeline(`${REPOSITORY}:v2`))) };
      const startedAt = new Date(clock.now().getTime() + aheadSeconds * 1000);
      const outcome = await deployRevision.run(step, context({ results: registered, ports, startedAt }));
      expect(outcome).toEqual({ kind: "overwrote", revision: theirs[0], by: revision(2) });
    });

    test("looks again, for two minutes, until ECS lists its own deployment beside theirs", async () => {
      const ports = { services: afterwards(() => void services.deployByPipeline(`${REPOSITORY}:v2`)) };
      const { deployedSince } = ports.services;
      const withoutOurs: Services["deployedSince"] = async (...asked) =>
        (await deployedSince(...asked)).filter(({ taskDefinitionArn }) => taskDefinitionArn !== revision(2));
      const started = context({ results: registered, ports });
      const early = { ...started, ports: { services: { ...ports.services, deployedSince: withoutOurs } } };
      expect(await deployRevision.run(step, early)).toMatchObject({ kind: "wait", because: "not-listed-yet" });
      const late = new Date(started.now.getTime() + 120_000);
      expect(await deployRevision.run(step, { ...early, now: late })).toMatchObject({ kind: "superseded" });
      expect(await deployRevision.run(step, { ...started, isRetry: true })).toMatchObject({ kind: "overwrote" });
      expect(services.deployed).toHaveLength(3);
    });

    test("takes nothing for theirs that ECS had taken back", async () => {
      const ports = {
        services: afterwards(() => {
          services.deployByPipeline(`${REPOSITORY}:v2`);
          services.takeBack();
        }),
      };
      expect(await deployRevision.run(step, context({ results: registered, ports }))).toMatchObject({ kind: "done" });
    });
  });

  test("takes nothing for overwritten that was deployed before what it was decided for", async () => {
    services.deployByPipeline(`${REPOSITORY}:v2`);
    const base = services.deployByPipeline(`${REPOSITORY}:v3`);
    services.settle();
    const [serviceRevision = ""] = services.state?.serviceRevisionArns ?? [];
    for (const decided of [{ serviceRevision }, {}])
      expect(
        await deployRevision.run({ ...step, replaces: base, ...decided }, context({ results: registered })),
      ).toMatchObject({ kind: "done" });
  });

  test.each([["INACTIVE" as const], ["DRAINING" as const]])("of a service that is %s is void", async (status) => {
    change({ status });
    expect(await deployRevision.run(step, context({ results: registered }))).toMatchObject({ because: "service-gone" });
  });

  test("is undone by a copy of what it replaced, with the images that run", () => {
    expect(deployRevision.undo(step, { revision: revision(2) })).toEqual([
      { do: "copy-revision", of: revision(1), imagesOf: revision(2) },
      { do: "deploy-revision", replaces: revision(2), ours: [revision(2)] },
    ]);
  });
});

describe("copy-revision", () => {
  test("takes sizes from the one and images from the other", async () => {
    services.deployByPipeline(`${REPOSITORY}@${digestOf("b")}`, 2048);
    const step = { do: "copy-revision", of: revision(1), imagesOf: revision(2) } as const;
    expect(await copyRevision.run(step, context())).toMatchObject({ result: { revision: revision(3) } });
    expect(services.registered.at(-1)).toMatchObject({
      size: { memoryMiB: 1024 },
      containers: [{ image: `${REPOSITORY}@${digestOf("b")}` }],
    });
    expect(await copyRevision.run(step, context({ isRetry: true }))).toMatchObject({
      result: { revision: revision(3) },
    });
    expect(services.registered).toHaveLength(3);
  });

  test.each([
    ["base-gone", revision(9), revision(1)],
    ["images-gone", revision(1), revision(9)],
  ])("fails as %s when a revision is not there", async (because, of, imagesOf) => {
    expect(await copyRevision.run({ do: "copy-revision", of, imagesOf }, context())).toMatchObject({ because });
  });
});

describe("wait-until-steady", () => {
  const step = { do: "wait-until-steady", atMostSeconds: 1800 } as const;
  const results = [{ revision: revision(1), replaced: revision(0) }];

  // biome-ignore format: a table reads as a table
  test.each<[string, () => Partial<ServiceState>, number, object]>([
    ["a completed deployment is steady", () => ({}), 0, { kind: "done", result: { revision: revision(1), replaced: revision(0) } }],
    ["one under way is waited for", () => ({ deployments: deploying() }), 60, { kind: "wait", because: "rolling-out" }],
    ["until the last second", () => ({ deployments: deploying() }), 1800, { kind: "wait" }],
    ["but not for ever", () => ({ deployments: deploying() }), 1801, { kind: "failed", because: "not-steady-in-time", evidence: { runningCount: 3 } }],
    ["one that ECS calls failed has failed", () => ({ deployments: deploying({ rolloutState: "FAILED" }) }), 0, { kind: "failed", because: "deployment-failed" }],
    ["ECS went back to the revision before", () => ({ taskDefinitionArn: revision(0) }), 0, { kind: "failed", because: "rolled-back" }],
    ["somebody deployed another", () => ({ taskDefinitionArn: revision(7) }), 0, { kind: "superseded", because: "already-replaced" }],
    ["the service is going away", () => ({ status: "DRAINING" }), 0, { kind: "superseded", because: "service-gone" }],
  ])("%s", async (_, over, seconds, outcome) => {
    change(over());
    const started = context({ results });
    const now = new Date(started.now.getTime() + seconds * 1000);
    expect(await waitUntilSteady.run(step, { ...started, now })).toMatchObject(outcome);
  });
});

describe("watch-for-kills", () => {
  const step = { do: "watch-for-kills", forSeconds: 600 } as const;
  const killOf = (number: number): Kill => ({
    taskArn: `${PREFIX}:task/production/1`,
    container: "order-service",
    revision: revision(number),
    at: "2026-11-23T03:00:30.000Z",
    ranSeconds: 30,
    version: 5,
  });

  // biome-ignore format: a table reads as a table
  test.each<[string, readonly Kill[], number, object]>([
    ["watches to the last second", [], 599, { kind: "wait", because: "watching" }],
    ["ends well when nothing was killed", [], 600, { kind: "done", result: { watchedSeconds: 600 } }],
    ["does not mind kills of the revision before", [killOf(1)], 600, { kind: "done" }],
    ["fails at once at a kill of the new one, and keeps it", [killOf(1), killOf(2)], 10, { kind: "failed", because: "killed-again", keep: true }],
  ])("%s", async (_, kills, seconds, outcome) => {
    const started = context({ results: [{ revision: revision(2) }], kills });
    const now = new Date(started.now.getTime() + seconds * 1000);
    expect(await watchForKills.run(step, { ...started, now } as never)).toMatchObject(outcome);
  });
});
