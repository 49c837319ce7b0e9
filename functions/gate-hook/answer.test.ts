import { beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import { WAY_BACK_TAG } from "#shared/domain/tags.ts";
import { ReflexError } from "#shared/errors.ts";
import { wayBackPrint } from "#shared/gate/way-back.ts";
import type { DeployingService, Deployments } from "#shared/ports/deployments.ts";
import { finding, scan } from "../../test/builders/gate.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { fakeImages, fakeKnownImages } from "../../test/fakes/images.ts";
import { fakeLedger } from "../../test/fakes/ledger.ts";
import { digestOf, fakeServices, REF, REPOSITORY } from "../../test/fakes/services.ts";
import { createHookAnswer } from "./answer.ts";

const DEPLOYMENT = "arn:aws:ecs:us-east-1:111122223333:service-deployment/production/order-service/1";
const BAD = scan([finding({ severity: "CRITICAL" })]);
const RUNNING = scan(undefined, { state: "in-progress", findings: undefined });

const ACTS = { services: { "production/*": { gate: { mode: "act" } } } };

/** The first task of a deployment fixes what its tags mean; unless told otherwise, the hook is asked before it. */
const world = (document: unknown = ACTS, isFixed = false) => {
  const clock = fakeClock("2026-11-23T12:00:00.000Z");
  const [services, images, known, ledger] = [fakeServices(clock), fakeImages(), fakeKnownImages(), fakeLedger()];
  const [target] = services.registered;
  const service = (): DeployingService | undefined =>
    services.state && { ...services.state, serviceDeployment: DEPLOYMENT, hooks: [] };
  const never = async () => {
    throw new Error("the hook only reads");
  };
  const deployments: Deployments = {
    service: async () => service(),
    services: never,
    deployment: async () => undefined,
    completedBefore: never,
    answerHook: never,
    rollBack: never,
  };
  const published: unknown[] = [];
  const revisions: typeof services.revisions = async (arns) =>
    (await services.revisions(arns)).map((revision) => ({
      ...revision,
      images: revision.images.map(({ digest, ...image }) => ({ ...image, digest: isFixed ? digest : undefined })),
    }));
  const answer = createHookAnswer({
    config: parseConfig(document, "test"),
    services: { ...services, revisions },
    deployments,
    images,
    known,
    ledger,
    publisher: { publish: async (records) => void published.push(...records) },
    clock,
  });
  const question = (hookDetails?: object) => ({
    executionId: "e8d5a28f-eb01-4f3c-9454-a30ba6dc54bc",
    lifecycleStage: "PRE_SCALE_UP",
    resourceArn: DEPLOYMENT,
    executionDetails: { serviceArn: REF.arn, targetServiceRevisionArn: services.state?.serviceRevisionArns[0] },
    ...(hookDetails && { hookDetails }),
  });
  images.tags.set("order-service:v1", digestOf("a"));
  images.scans.set(digestOf("a"), scan());
  return { clock, services, images, known, ledger, published, answer, question, target };
};

let one = world();
beforeEach(() => {
  one = world();
});

test("what passes is let on, what may not run is not", async () => {
  expect(await one.answer(one.question())).toEqual({ hookStatus: "SUCCEEDED" });
  const other = world();
  other.images.scans.set(digestOf("a"), BAD);
  expect(await other.answer(other.question())).toEqual({ hookStatus: "FAILED" });
  expect(other.published).toMatchObject([
    { decision: "escalate", reason: "sent-back-by-hook", evidence: { verdict: "block" } },
  ]);
});

test("a revision of ours that goes back is let on, whatever it goes back to; the same with other images is not", async () => {
  const ask = async (hash: string) => {
    const other = world();
    const runs = (of: string) => [{ name: "order-service", image: `${REPOSITORY}@${digestOf(of)}` }];
    const tags = [{ key: WAY_BACK_TAG, value: wayBackPrint(REF, runs("b")) ?? "" }];
    const arn = await other.services.register({ ...other.target?.document, containerDefinitions: runs(hash), tags });
    await other.services.deploy(REF, arn);
    other.images.scans.set(digestOf(hash), BAD);
    return { ...(await other.answer(other.question())), published: other.published };
  };
  expect(await ask("b")).toMatchObject({
    hookStatus: "SUCCEEDED",
    published: [{ evidence: { passes: "goes-back", verdict: "allow" } }],
  });
  expect(await ask("c")).toMatchObject({ hookStatus: "FAILED" });
});

test("a scan that goes on is waited for, and its beginning is carried from question to question", async () => {
  one.images.scans.set(digestOf("a"), RUNNING);
  const first = await one.answer(one.question());
  expect(first).toEqual({
    hookStatus: "IN_PROGRESS",
    callBackDelay: 30,
    hookDetails: { since: "2026-11-23T12:00:00.020Z" },
  });
  one.clock.advance(1799);
  expect(await one.answer(one.question(first.hookDetails))).toMatchObject({ hookDetails: first.hookDetails });
  one.clock.advance(2);
  expect(await one.answer(one.question(first.hookDetails))).toEqual({ hookStatus: "FAILED" });
  expect(one.published).toHaveLength(2);
});

test("the same question always gets the same answer, whatever changed meanwhile", async () => {
  one.images.scans.set(digestOf("a"), BAD);
  await one.answer(one.question());
  one.images.scans.set(digestOf("a"), scan());
  one.known.kept.clear();
  expect(await one.answer(one.question())).toEqual({ hookStatus: "FAILED" });
  const [a, b] = [world(), world()];
  expect(await Promise.all([a.answer(a.question()), a.answer(a.question())])).toEqual([
    { hookStatus: "SUCCEEDED" },
    { hookStatus: "SUCCEEDED" },
  ]);
  expect(b.published).toEqual([]);
});

test("a tag that moves after the scan is followed to the digest it means now", async () => {
  one.images.scans.set(digestOf("b"), BAD);
  one.images.tags.set("order-service:v1", digestOf("b"));
  expect(await one.answer(one.question())).toEqual({ hookStatus: "FAILED" });
});

test("a tag that moves after ECS has fixed its digest is judged by what runs", async () => {
  const other = world(ACTS, true);
  other.images.scans.set(digestOf("b"), BAD);
  other.images.tags.set("order-service:v1", digestOf("b"));
  expect(await other.answer(other.question())).toEqual({ hookStatus: "SUCCEEDED" });
});

describe("an index", () => {
  const children = [
    { digest: digestOf("c"), os: "linux", architecture: "amd64" },
    { digest: digestOf("d"), os: "linux", architecture: "arm64" },
  ];

  test("is judged by the image of the task's platform", async () => {
    one.images.indexes.set(digestOf("a"), children);
    one.images.scans.set(digestOf("c"), BAD);
    one.images.scans.set(digestOf("d"), scan());
    expect(await one.answer(one.question())).toEqual({ hookStatus: "FAILED" });
  });

  test("without an image for it may not run", async () => {
    one.images.indexes.set(digestOf("a"), children.slice(1));
    expect(await one.answer(one.question())).toEqual({ hookStatus: "FAILED" });
  });
});

test("a scan that is kept is not read again until it may be old", async () => {
  await one.answer(one.question());
  expect(one.images.calls).toEqual(["find", "scan"]);
  const again = () => one.answer({ ...one.question(), resourceArn: `${DEPLOYMENT}-${one.images.calls.length}` });
  await again();
  expect(one.images.calls).toEqual(["find", "scan", "find"]);
  one.clock.advance(12 * 3600);
  await again();
  expect(one.images.calls).toEqual(["find", "scan", "find", "find", "scan"]);
});

test("a registry that does not let us look, an image that is gone and one outside ECR have their outcomes", async () => {
  one.images.closed.add("order-service");
  expect((await one.answer(one.question())).hookStatus).toBe("FAILED");
  const gone = world();
  gone.images.tags.clear();
  expect((await gone.answer(gone.question())).hookStatus).toBe("FAILED");
  const foreign = world({ services: { "production/*": { gate: { mode: "act", foreignImage: "allow" } } } });
  foreign.services.deployByPipeline("public.ecr.aws/nginx/nginx:1.27");
  expect(await foreign.answer(foreign.question())).toEqual({ hookStatus: "SUCCEEDED" });
  expect(REPOSITORY).toContain("order-service");
});

test("an image of another Region is not judged by the one of that name in ours", async () => {
  const scanned = await one.answer(one.question());
  expect(scanned).toEqual({ hookStatus: "SUCCEEDED" });
  const abroad = world();
  abroad.services.deployByPipeline("111122223333.dkr.ecr.eu-west-1.amazonaws.com/order-service:v1");
  await abroad.answer(abroad.question());
  expect(abroad.published).toMatchObject([{ evidence: { rules: ["order-service ask other-registry 1"] } }]);
  expect(abroad.images.calls).toEqual([]);
});

test("a waiver given at runtime holds at the next question of another deployment", async () => {
  one.images.scans.set(digestOf("a"), scan([finding({ severity: "CRITICAL", id: "CVE-2026-7" })]));
  one.known.givenWaivers = [
    {
      finding: "CVE-2026-7",
      scope: { service: "production/order-service" },
      reason: "not reachable",
      owner: "orders-team",
      expiresAt: "2026-12-01T00:00:00.000Z",
      origin: "runtime",
    },
  ];
  expect(await one.answer(one.question())).toEqual({ hookStatus: "SUCCEEDED" });
});

test("observing lets everything on and records what it saw", async () => {
  const observing = world({});
  observing.images.scans.set(digestOf("a"), BAD);
  expect(await observing.answer(observing.question())).toEqual({ hookStatus: "SUCCEEDED" });
  expect(observing.published).toMatchObject([
    { mode: "observe", evidence: { verdict: "block", hookStatus: "SUCCEEDED" } },
  ]);
});

test.each([
  ["observe", "denied", "SUCCEEDED"],
  ["off", "denied", "SUCCEEDED"],
  ["ask", "denied", undefined],
  ["observe", "unavailable", undefined],
] as const)("in mode %s what is %s to us gets the answer %s", async (mode, kind, hookStatus) => {
  const other = world({ services: { "production/*": { gate: { mode } } } });
  other.images.find = () => Promise.reject(new ReflexError(kind, "finding the image"));
  const answer = other.answer(other.question());
  if (hookStatus === undefined) return expect(answer).rejects.toMatchObject({ kind });
  expect(await answer).toEqual({ hookStatus });
  expect(other.published).toMatchObject([{ mode, evidence: { verdict: "unknown", unread: "finding the image" } }]);
});

test.each([[null], [{}], [{ lifecycleStage: "PRE_SCALE_UP" }]])("%o is no question of ECS's", async (input) => {
  await expect(one.answer(input)).rejects.toMatchObject({ kind: "invalid-event" });
});

test("a service that cannot be found is asked about again, not let on", async () => {
  one.services.state = undefined;
  await expect(
    one.answer({ ...one.question(), executionDetails: { serviceArn: REF.arn, targetServiceRevisionArn: "arn:x" } }),
  ).rejects.toMatchObject({ kind: "unavailable" });
});
