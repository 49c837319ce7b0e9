/** Whether a passed image is deployed to the service that its tag is meant for. */
import { act, type Evidence, escalate, hold } from "#shared/domain/decision.ts";
import type { Mode, PlanDraft } from "#shared/domain/plan.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { type Instant, isBefore } from "#shared/domain/time.ts";
import { verdictEvidence } from "#shared/gate/evidence.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import { compareVersions } from "#shared/gate/version.ts";
import type { TaggedImage } from "#shared/ports/images.ts";
import { type Decided, type GateSwitches, lesser } from "./policy.ts";
import type { GateHold } from "./reasons.ts";

/** An image of the repository that a tag names. */
export interface Candidate {
  readonly tag: string;
  readonly digest: string;
  readonly pushedAt: string | undefined;
}

const SEMVER = /^v?\d+\.\d+\.\d+$/;

/** No mapping, however it is written, promotes a tag that says nothing of what it names. */
const NEVER = "latest";

const matches = (tags: string, tag: string, glob: (pattern: string, text: string) => boolean): boolean =>
  tag !== NEVER && (tags === "semver" ? SEMVER.test(tag) : glob(tags, tag));

const bare = (tag: string): string => tag.replace(/^v/, "");

/** Negative when the first is the older: by version where tags are versions, else by the time of the push. */
const compareCandidates = (tags: string, one: Candidate, other: Candidate): number =>
  tags === "semver"
    ? compareVersions(bare(one.tag), bare(other.tag))
    : Date.parse(one.pushedAt ?? "1970-01-01") - Date.parse(other.pushedAt ?? "1970-01-01");

/** The images of a repository that a mapping may promote, newest first. */
export const candidatesOf = (
  images: readonly TaggedImage[],
  tags: string,
  glob: (pattern: string, text: string) => boolean,
): readonly Candidate[] =>
  images
    .flatMap(({ digest, tags: names, pushedAt }) =>
      names.filter((tag) => matches(tags, tag, glob)).map((tag) => ({ tag, digest, pushedAt })),
    )
    .sort((a, b) => compareCandidates(tags, b, a));

export interface PromotionFacts {
  readonly now: Instant;
  readonly ref: ServiceRef;
  readonly isPaused: boolean;
  readonly isBusy: boolean;
  readonly cooldownUntil: string | undefined;
  readonly service:
    | {
        readonly isActive: boolean;
        readonly controller: string;
        readonly isDeploying: boolean;
        readonly taskDefinitionArn: string;
        readonly serviceRevision: string | undefined;
      }
    | undefined;
  readonly tags: string;
  readonly candidate: Candidate;
  /** The tag that runs, when one of the mapping's does. */
  readonly running: Candidate | undefined;
  /** The container that gets it; undefined when none or several run the repository. */
  readonly container: string | undefined;
  readonly runsIt: boolean;
  readonly verdict: DeploymentVerdict | undefined;
  /** Every image of the service by digest, as it runs now; undefined when one is not known. */
  readonly images: Readonly<Record<string, string>> | undefined;
  /** The candidate by digest. */
  readonly pinned: string;
  /** It replaces an image that may not run: a person decides, however far the service lets us go. */
  readonly isRemedy: boolean;
}

const held = (reason: GateHold, mode: Mode, evidence: Evidence = {}): Decided => ({
  decision: hold(reason, evidence),
  mode,
});

function notThisService(facts: PromotionFacts, { mode, paused }: GateSwitches): Decided | undefined {
  const { service, isBusy, cooldownUntil, now } = facts;
  if (mode === "off") return held("not-enrolled", mode);
  if (!service?.isActive) return held("service-gone", mode);
  if (service.controller !== "ECS") return held("other-controller", mode, { controller: service.controller });
  if (paused || facts.isPaused) return held("paused", mode, { by: paused ? "settings" : "account" });
  if (isBusy) return held("already-under-way", mode);
  if (cooldownUntil !== undefined && isBefore(now, cooldownUntil))
    return held("cooldown", mode, { until: cooldownUntil });
  return service.isDeploying ? held("deployment-in-progress", mode) : undefined;
}

/** The rollout of the image by its digest, everything else by the digests that run now; or why not. */
export function decidePromotion(facts: PromotionFacts, switches: GateSwitches): Decided {
  const wanted = facts.isRemedy ? "ask" : switches.promoteMode;
  const mode = lesser(switches.mode, wanted);
  const no = notThisService(facts, switches);
  if (no) return no;
  const { service, candidate, running, container, verdict, images, pinned, ref } = facts;
  const told = { door: "promotion", tag: candidate.tag, image: pinned, runningTag: running?.tag };
  if (facts.runsIt) return held("already-runs", mode, told);
  if (running !== undefined && compareCandidates(facts.tags, candidate, running) <= 0)
    return held("not-newer", mode, told);
  if (container === undefined || service === undefined) return held("container-unknown", mode, told);
  if (verdict === undefined || verdict.isPending) return held("scan-in-progress", mode, told);
  const evidence = { ...told, ...verdictEvidence(verdict), container, revision: service.taskDefinitionArn };
  if (verdict.outcome !== "allow") return held("not-passed", mode, evidence);
  if (images === undefined) return { decision: escalate("digest-unknown", evidence), mode };
  const { taskDefinitionArn: replaces, serviceRevision } = service;
  const plan: PlanDraft = {
    kind: facts.isRemedy ? "replace-image" : "promote-image",
    service: ref,
    decidedFor: replaces,
    steps: [
      { do: "deploy-image", basedOn: replaces, images: { ...images, [container]: pinned } },
      { do: "deploy-revision", replaces, ...(serviceRevision && { serviceRevision }), backTo: images },
      { do: "wait-until-steady", atMostSeconds: switches.gateSteadyWithinSeconds },
    ],
    usdPerMonth: 0,
  };
  return { decision: act(plan, evidence), mode };
}
