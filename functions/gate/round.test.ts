/** What one service's trouble means for the round of all the others. */
import { expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { ReflexError } from "#shared/errors.ts";
import type { DeployingService } from "#shared/ports/deployments.ts";
import { finding, scan } from "../../test/builders/gate.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { fakeDeployments } from "../../test/fakes/deployments.ts";
import { fakeImages, fakeKnownImages } from "../../test/fakes/images.ts";
import { fakeLedger } from "../../test/fakes/ledger.ts";
import { fakeMailbox } from "../../test/fakes/mailbox.ts";
import { digestOf, fakeServices, REF } from "../../test/fakes/services.ts";
import { createGate } from "./handler.ts";

const DEPLOYMENT = "arn:aws:ecs:us-east-1:111122223333:service-deployment/production/order-service/1";

const UNREADABLE = "arn:unreadable";

/** The gate over services that run an image which may not run. */
const world = (document: unknown = { clusters: ["production"] }) => {
  const clock = fakeClock("2026-11-23T12:00:00.000Z");
  const [services, images, deployments] = [fakeServices(clock), fakeImages(), fakeDeployments()];
  const state = services.state as NonNullable<typeof services.state>;
  const put = (ref: ServiceRef, over: Partial<DeployingService> = {}): void =>
    void deployments.known.push({ ...state, ref, serviceDeployment: DEPLOYMENT, hooks: [], ...over });
  const told: string[] = [];
  const ledger = fakeLedger();
  const handle = createGate({
    config: parseConfig(document, "test"),
    services,
    deployments,
    images,
    known: fakeKnownImages(),
    ledger,
    publisher: {
      publish: async (records) => void told.push(...records.map(({ reason, plan }) => plan?.kind ?? reason ?? "")),
    },
    mailbox: fakeMailbox(),
    clock,
    invocation: { owner: () => "run", secondsLeft: () => 60 },
  });
  images.tags.set("order-service:v1", digestOf("a"));
  images.scans.set(digestOf("a"), scan([finding({ severity: "CRITICAL" })]));
  const round = () =>
    handle({
      kind: "event",
      detailType: "Reflex Sweep",
      event: { "detail-type": "Reflex Sweep", source: "ecs-reflex" },
    });
  return { services, images, deployments, ledger, put, told, round };
};

const other = (name: string): ServiceRef => ({ ...REF, name, arn: `${REF.arn}-${name}` });

test.each(["denied", "unavailable", "defect"] as const)(
  "a service that cannot be judged (%s) keeps no other from it, and is counted as a failure in the end",
  async (kind) => {
    const { services, put, told, round } = world();
    put(other("unreadable"), { taskDefinitionArn: UNREADABLE, serviceRevisionArns: [UNREADABLE] });
    put(REF);
    const { taskDefinition, revisions } = services;
    const [revision] = await revisions(services.state?.serviceRevisionArns ?? []);
    services.revisions = async () =>
      revision ? [revision, { ...revision, arn: UNREADABLE, taskDefinitionArn: UNREADABLE }] : [];
    services.taskDefinition = async (arn) => {
      if (arn === UNREADABLE) throw new ReflexError(kind, `describing task definition ${arn}`);
      return taskDefinition(arn);
    };
    // Tried again, a round would only ask more of what is overloaded: the next one asks the same.
    const reason = expect.stringContaining(`describing task definition ${UNREADABLE}`);
    expect(await round()).toMatchObject({ decision: "resumed", reason, alarming: "RoundFailed" });
    expect(told).toContain("bad-image-runs");
  },
);

test("a service that has no hook is asked about again, although the gate might answer hooks", async () => {
  const { services, deployments, put, told, round } = world({
    clusters: ["production"],
    services: { "production/*": { gate: { mode: "act", answersPauseHooks: true } } },
  });
  const [running] = services.state?.deployments ?? [];
  if (running) put(REF, { deployments: [{ ...running, rolloutState: "IN_PROGRESS", runningCount: 0 }] });
  deployments.all.set(DEPLOYMENT, {
    arn: DEPLOYMENT,
    serviceArn: REF.arn,
    status: "going-on",
    targetRevision: services.state?.serviceRevisionArns[0] ?? "",
    sourceRevisions: [],
    createdAt: "2026-11-23T11:59:00.000Z",
    finishedAt: undefined,
    stage: undefined,
    waitingHooks: [],
  });
  await round();
  expect(told).toEqual(["nothing-to-go-back-to"]);
});

test("a promotion that made way for another reaction's plan is proposed again, any other once", async () => {
  const { images, ledger, put, told, round } = world({
    clusters: ["production"],
    services: { "production/*": { gate: { mode: "ask" } } },
    promotions: [{ repository: "order-service", tags: "semver", service: "production/order-service" }],
  });
  put(REF);
  for (const [tag, digest] of [
    ["v1", digestOf("a")],
    ["v2.0.0", digestOf("b")],
  ] as const) {
    images.tags.set(`order-service:${tag}`, digest);
    images.scans.set(digest, scan());
  }
  await round();
  expect(told).toEqual(["promote-image"]);
  const over = async (reason: string): Promise<void> => {
    const decided = ledger.appended.find(({ plan }) => plan?.kind === "promote-image");
    if (!decided?.plan) throw new Error("nothing was proposed");
    const plan = { ...decided.plan, status: "superseded" as const };
    await ledger.append({ ...decided, id: reason, kind: "progress", reason, plan, sequence: 1_000_000 + told.length });
    await ledger.save({ ...(await ledger.service(REF)), active: undefined }, undefined);
    await round();
  };
  await over("already-replaced");
  expect(told).toEqual(["promote-image"]);
  await over("made-way");
  expect(told).toEqual(["promote-image", "promote-image"]);
});
