import { describe, expect, test } from "vitest";
import { matchesGlob } from "#shared/config/glob.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import { NOW } from "../../test/builders/gate.ts";
import type { GateSwitches } from "./policy.ts";
import { type Candidate, candidatesOf, decidePromotion, type PromotionFacts } from "./promotion-policy.ts";

const REVISION = "arn:aws:ecs:us-east-1:111122223333:task-definition/api:7";

const verdict = (over: Partial<DeploymentVerdict> = {}): DeploymentVerdict => ({
  outcome: "allow",
  isPending: false,
  passes: undefined,
  justification: undefined,
  containers: [],
  ...over,
});

const tagged = (tag: string, pushedAt?: string): Candidate => ({ tag, digest: `sha256:${tag}`, pushedAt });

const service = {
  isActive: true,
  controller: "ECS",
  isDeploying: false,
  taskDefinitionArn: REVISION,
  serviceRevision: "arn:revision/7",
};

const facts = (over: Partial<PromotionFacts> = {}): PromotionFacts => ({
  now: NOW,
  ref: { arn: "arn:aws:ecs:us-east-1:111122223333:service/production/api", cluster: "production", name: "api" },
  isPaused: false,
  isBusy: false,
  cooldownUntil: undefined,
  service,
  tags: "semver",
  candidate: tagged("v1.10.0"),
  running: tagged("v1.9.0"),
  container: "api",
  runsIt: false,
  verdict: verdict(),
  images: { api: "host/api@sha256:old", sidecar: "host/sidecar@sha256:s" },
  pinned: "host/api@sha256:new",
  isRemedy: false,
  ...over,
});

const switches = (over: Partial<GateSwitches> = {}): GateSwitches => ({
  mode: "act",
  paused: false,
  answersPauseHooks: false,
  rollingMode: "ask",
  promoteMode: "act",
  gateSteadyWithinSeconds: 1800,
  ...over,
});

const said = ({ decision, mode }: ReturnType<typeof decidePromotion>) =>
  decision.kind === "act" ? [decision.plan.kind, mode] : [decision.reason];

test("the plan deploys the image by digest, everything else as it runs, and can go back", () => {
  expect(decidePromotion(facts(), switches()).decision).toMatchObject({
    plan: {
      decidedFor: REVISION,
      steps: [
        {
          do: "deploy-image",
          basedOn: REVISION,
          images: { api: "host/api@sha256:new", sidecar: "host/sidecar@sha256:s" },
        },
        {
          do: "deploy-revision",
          replaces: REVISION,
          serviceRevision: "arn:revision/7",
          backTo: { api: "host/api@sha256:old", sidecar: "host/sidecar@sha256:s" },
        },
        { do: "wait-until-steady", atMostSeconds: 1800 },
      ],
    },
  });
});

// biome-ignore format: a table reads as a table
test.each<[string, Partial<PromotionFacts>, Partial<GateSwitches>, string[]]>([
  ["a newer passed tag", {}, {}, ["promote-image", "act"]],
  ["a newer passed tag where promotions are asked about", {}, { promoteMode: "ask" }, ["promote-image", "ask"]],
  ["never further than the service's mode", {}, { mode: "observe" }, ["promote-image", "observe"]],
  ["what replaces a bad image is always asked about", { isRemedy: true }, {}, ["replace-image", "ask"]],
  ["a service whose tag is not known", { running: undefined }, {}, ["promote-image", "act"]],
  ["an older tag", { candidate: tagged("v1.8.9") }, {}, ["not-newer"]],
  ["the same tag", { candidate: tagged("v1.9.0") }, {}, ["not-newer"]],
  ["the image that runs", { runsIt: true }, {}, ["already-runs"]],
  ["a tag of a pattern, pushed later", { tags: "r*", candidate: tagged("r1", NOW), running: tagged("r9", "2026-11-01T00:00:00Z") }, {}, ["promote-image", "act"]],
  ["a tag of a pattern, pushed earlier", { tags: "r*", candidate: tagged("r9", "2026-11-01T00:00:00Z"), running: tagged("r1", NOW) }, {}, ["not-newer"]],
  ["an image that may not run", { verdict: verdict({ outcome: "block" }) }, {}, ["not-passed"]],
  ["an image that a person would be asked about", { verdict: verdict({ outcome: "ask" }) }, {}, ["not-passed"]],
  ["an image whose scan goes on", { verdict: verdict({ isPending: true }) }, {}, ["scan-in-progress"]],
  ["an image that cannot be judged", { verdict: undefined }, {}, ["scan-in-progress"]],
  ["no container of the repository", { container: undefined }, {}, ["container-unknown"]],
  ["digests that are not known", { images: undefined }, {}, ["digest-unknown"]],
  ["a service that is gone", { service: undefined }, {}, ["service-gone"]],
  ["a service that is being deleted", { service: { ...service, isActive: false } }, {}, ["service-gone"]],
  ["a service of CodeDeploy", { service: { ...service, controller: "CODE_DEPLOY" } }, {}, ["other-controller"]],
  ["a deployment under way", { service: { ...service, isDeploying: true } }, {}, ["deployment-in-progress"]],
  ["a plan under way", { isBusy: true }, {}, ["already-under-way"]],
  ["a service that was just changed", { cooldownUntil: "2026-11-23T12:00:01.000Z" }, {}, ["cooldown"]],
  ["a service that has rested", { cooldownUntil: NOW }, {}, ["promote-image", "act"]],
  ["the pause switch", { isPaused: true }, {}, ["paused"]],
  ["a paused service", {}, { paused: true }, ["paused"]],
  ["the gate switched off", {}, { mode: "off" }, ["not-enrolled"]],
])("%s", (_, over, by, expected) => {
  expect(said(decidePromotion(facts(over), switches(by)))).toEqual(expected);
});

test("what is decided is told with what it rests on", () => {
  const evidence = (over: Partial<PromotionFacts>, by: Partial<GateSwitches> = {}) => {
    const { decision } = decidePromotion(facts(over), switches(by));
    return decision.evidence;
  };
  const told = { door: "promotion", tag: "v1.10.0", image: "host/api@sha256:new", runningTag: "v1.9.0" };
  expect(evidence({})).toMatchObject({ ...told, verdict: "allow", container: "api", revision: REVISION });
  expect(evidence({ runsIt: true })).toEqual(told);
  expect(evidence({ service: { ...service, controller: "EXTERNAL" } })).toEqual({ controller: "EXTERNAL" });
  expect(evidence({ isPaused: true })).toEqual({ by: "account" });
  expect(evidence({}, { paused: true })).toEqual({ by: "settings" });
  expect(evidence({ cooldownUntil: "2026-11-24T00:00:00Z" })).toEqual({ until: "2026-11-24T00:00:00Z" });
});

describe("candidates", () => {
  const images = [
    { digest: "sha256:0", tags: ["release-6", "xv1.2.4"], pushedAt: undefined },
    { digest: "sha256:1", tags: ["v1.9.0", "stable"], pushedAt: "2026-11-01T00:00:00Z" },
    { digest: "sha256:2", tags: ["v1.10.0", "latest"], pushedAt: "2026-11-02T00:00:00Z" },
    { digest: "sha256:3", tags: ["v2.0.0-rc1", "1.2.3", "v10.11.12"], pushedAt: "2026-11-03T00:00:00Z" },
    { digest: "sha256:4", tags: ["release-7"], pushedAt: undefined },
    { digest: "sha256:5", tags: ["release-8"], pushedAt: undefined },
  ];
  const named = (tags: string) => candidatesOf(images, tags, matchesGlob).map(({ tag }) => tag);

  test("of versions are ordered as versions, and a release candidate is none", () => {
    expect(named("semver")).toEqual(["v10.11.12", "v1.10.0", "v1.9.0", "1.2.3"]);
  });

  test("of a pattern are ordered by their push, and one that does not tell it comes last", () => {
    expect(named("*-*")).toEqual(["v2.0.0-rc1", "release-6", "release-7", "release-8"]);
  });

  test.each(["latest", "*", "la*", "l*t"])("never hold latest, not even by %s", (tags) => {
    expect(named(tags)).not.toContain("latest");
  });
});
