import { beforeEach, expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import { ReflexError } from "#shared/errors.ts";
import type { CodeDeployment } from "#shared/ports/code-deployments.ts";
import type { DeployingService, Deployments } from "#shared/ports/deployments.ts";
import { finding, scan } from "../../test/builders/gate.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { fakeCodeDeployments } from "../../test/fakes/code-deployments.ts";
import { fakeImages, fakeKnownImages } from "../../test/fakes/images.ts";
import { fakeLedger } from "../../test/fakes/ledger.ts";
import { digestOf, fakeServices, REF } from "../../test/fakes/services.ts";
import { createCodeDeployAnswer } from "./answer.ts";

/** As documented: CodeDeploy user guide, "AppSpec 'hooks' section" for Amazon ECS. */
const QUESTION = { DeploymentId: "d-ABCDEF", LifecycleEventHookExecutionId: "xxxxxxxxxxxxxxxxxxxxxxxx" };
const BAD = scan([finding({ severity: "CRITICAL" })]);
const RUNNING = scan(undefined, { state: "in-progress", findings: undefined });

const world = (gate: object = { mode: "act" }) => {
  const clock = fakeClock("2026-11-23T12:00:00.000Z");
  const [services, images, known, ledger] = [fakeServices(clock), fakeImages(), fakeKnownImages(), fakeLedger()];
  const never = async () => {
    throw new Error("the hook only reads");
  };
  const deployments: Deployments = {
    service: async (ref): Promise<DeployingService | undefined> =>
      services.state && ref.cluster === REF.cluster && ref.name === REF.name
        ? { ...services.state, serviceRevisionArns: [], serviceDeployment: undefined, hooks: [] }
        : undefined,
    services: never,
    deployment: never,
    completedBefore: never,
    answerHook: never,
    rollBack: never,
  };
  const codeDeployments = fakeCodeDeployments();
  const { said } = codeDeployments;
  /** What CodeDeploy tells of the deployment now. */
  const tell = (changes: Partial<CodeDeployment> = {}): void => {
    const service = { cluster: REF.cluster, name: REF.name };
    const appSpec = `Resources:\n  - TargetService:\n      Properties:\n        TaskDefinition: "${services.state?.taskDefinitionArn}"\n`;
    const id = QUESTION.DeploymentId;
    codeDeployments.all.set(id, { id, isRollback: false, service, appSpec, ...changes });
  };
  tell();
  codeDeployments.hooks.set(`${QUESTION.DeploymentId} ${QUESTION.LifecycleEventHookExecutionId}`, undefined);
  const running = new Set<string>();
  const published: unknown[] = [];
  const { answer, refuse } = createCodeDeployAnswer({
    config: parseConfig({ services: { "production/*": { gate } } }, "test"),
    codeDeployments,
    runningImages: { digests: async () => running },
    services,
    deployments,
    images,
    known,
    ledger,
    publisher: { publish: async (records) => void published.push(...records) },
    clock,
  });
  images.tags.set("order-service:v1", digestOf("a"));
  images.scans.set(digestOf("a"), scan());
  const since = clock.now();
  const ask = () => answer(QUESTION, since);
  return { clock, images, known, codeDeployments, tell, said, running, published, services, refuse, ask, answer };
};
const ended = (result: string) => `d-ABCDEF xxxxxxxxxxxxxxxxxxxxxxxx ${result}`;

let one = world();
beforeEach(() => {
  one = world();
});

test("what passes is let on, and CodeDeploy hears it", async () => {
  expect(await one.ask()).toBe("Succeeded");
  expect(one.said).toEqual([ended("Succeeded")]);
  expect(one.published).toMatchObject([{ decision: "hold", reason: "passed" }]);
});

test("what may not run is sent back, and people hear why", async () => {
  one.images.scans.set(digestOf("a"), BAD);
  expect(await one.ask()).toBe("Failed");
  expect(one.said).toEqual([ended("Failed")]);
  expect(one.published).toMatchObject([
    {
      decision: "escalate",
      reason: "sent-back-by-hook",
      service: { name: REF.name },
      evidence: { verdict: "block", door: "codedeploy-hook", deployment: "d-ABCDEF" },
    },
  ]);
});

test("a scan that goes on is waited for in silence, and then judged", async () => {
  one.images.scans.set(digestOf("a"), RUNNING);
  expect(await one.ask()).toBeUndefined();
  expect([one.said, one.published]).toEqual([[], []]);
  one.clock.advance(100);
  one.images.scans.set(digestOf("a"), scan());
  expect(await one.ask()).toBe("Succeeded");
  expect(one.published).toMatchObject([{ evidence: { waitedSeconds: expect.closeTo(100, 0) } }]);
});

test.each([
  ["ask", "Failed"],
  ["block", "Failed"],
  ["allow", "Succeeded"],
])("a scan that does not end while the function may last is answered by policy: %s", async (outcome, result) => {
  const other = world({ mode: "act", waitForScanMinutes: 600, scanInProgressTooLong: outcome });
  other.images.scans.set(digestOf("a"), RUNNING);
  other.clock.advance(13 * 60 - 5);
  expect(await other.ask()).toBeUndefined();
  other.clock.advance(10);
  expect(await other.ask()).toBe(result);
});

test("a policy that waits for less is kept", async () => {
  const other = world({ mode: "act", waitForScanMinutes: 2 });
  other.images.scans.set(digestOf("a"), RUNNING);
  other.clock.advance(121);
  expect(await other.ask()).toBe("Failed");
});

test("the same question always gets the same answer, and it is told once", async () => {
  one.images.scans.set(digestOf("a"), BAD);
  await one.ask();
  one.images.scans.set(digestOf("a"), scan());
  one.known.kept.clear();
  expect(await one.ask()).toBe("Failed");
  expect(one.said).toEqual([ended("Failed"), ended("Failed")]);
  expect(one.published).toHaveLength(1);
});

test("observing lets everything on and records what it saw", async () => {
  const observing = world({ mode: "observe" });
  observing.images.scans.set(digestOf("a"), BAD);
  expect(await observing.ask()).toBe("Succeeded");
  expect(observing.published).toMatchObject([{ mode: "observe", evidence: { verdict: "block" } }]);
});

test("a way back is let on, whatever it goes back to", async () => {
  one.images.scans.set(digestOf("a"), BAD);
  one.tell({ isRollback: true });
  expect(await one.ask()).toBe("Succeeded");
  expect(one.published).toMatchObject([{ evidence: { verdict: "block", passes: "rollback" } }]);
});

test.each([
  ["observe", false, "Succeeded"],
  ["act", true, "Succeeded"],
  ["act", false, undefined],
])("in mode %s, going back: %s, what we have no right to read gets the answer %s", async (mode, isRollback, result) => {
  const other = world({ mode });
  other.images.find = () => Promise.reject(new ReflexError("denied", "finding the image"));
  other.tell({ isRollback });
  if (result === undefined) return expect(other.ask()).rejects.toMatchObject({ kind: "denied" });
  expect(await other.ask()).toBe(result);
  expect(other.published).toMatchObject([{ evidence: { verdict: "unknown", unread: "finding the image" } }]);
});

test("images that run already are let on, bad as they may be", async () => {
  one.images.scans.set(digestOf("a"), BAD);
  one.running.add(digestOf("a"));
  expect(await one.ask()).toBe("Succeeded");
  expect(one.published).toMatchObject([{ evidence: { passes: "unchanged" } }]);
});

const UNREADABLE: Partial<CodeDeployment> = { appSpec: undefined };

test.each<[string, object, Partial<CodeDeployment>]>([
  ["while it observes", { mode: "observe" }, UNREADABLE],
  ["where it is off", { mode: "off" }, UNREADABLE],
  ["on the way back", { mode: "act" }, { ...UNREADABLE, isRollback: true }],
])("%s, what cannot be read is let on, and why it could not is recorded", async (_, gate, changes) => {
  const other = world(gate);
  other.tell(changes);
  expect(await other.ask()).toBe("Succeeded");
  expect(other.published).toMatchObject([
    { evidence: { verdict: "unknown", unread: expect.stringContaining("bucket") } },
  ]);
});

test.each<[string, Partial<CodeDeployment>, RegExp]>([
  ["whose AppSpec lies in a bucket", { appSpec: undefined }, /d-ABCDEF: its AppSpec must be given with it/],
  [
    "whose AppSpec names no revision",
    { appSpec: "TaskDefinition: api" },
    /name one TaskDefinition by ARN and revision/,
  ],
  ["of a group without one service", { service: undefined }, /must have one ECS service/],
])("a deployment %s is named and not let on", async (_, changes, message) => {
  one.tell(changes);
  await expect(one.ask()).rejects.toThrow(message);
  expect(one.said).toEqual([]);
});

test("a service that cannot be found is asked for again, and a deployment that is not there is no question", async () => {
  one.services.state = undefined;
  await expect(one.ask()).rejects.toMatchObject({ kind: "unavailable" });
  one.codeDeployments.all.clear();
  await expect(one.ask()).rejects.toMatchObject({ kind: "invalid-event" });
});

test.each([[null], [{}], [{ DeploymentId: "d-ABCDEF" }], [{ ...QUESTION, DeploymentId: 7 }]])(
  "%o is no question of CodeDeploy's",
  async (input) => {
    await expect(one.answer(input, one.clock.now())).rejects.toMatchObject({ kind: "invalid-event" });
    await expect(one.refuse(input)).rejects.toMatchObject({ kind: "invalid-event" });
  },
);

test("a refusal needs nothing but CodeDeploy", async () => {
  await one.refuse(QUESTION);
  expect(one.said).toEqual([ended("Failed")]);
});
