/** The verdict of a deployment: the worst of its images, or the reason why it passes without one. */
import type { ImageScan, Threats } from "#shared/domain/finding.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { BREAK_GLASS_TAG, type Tags } from "#shared/domain/tags.ts";
import type { Instant } from "#shared/domain/time.ts";
import { type Applied, type Outcome, type Rule, type Verdict, worse } from "#shared/domain/verdict.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { judge } from "./judge.ts";
import type { GateSettings } from "./settings.ts";
import { isWayBack } from "./way-back.ts";

/** What is known of one container's image. */
export interface ContainerImage {
  readonly container: string;
  /** As the task definition writes it. */
  readonly reference: string;
  /** `ecr` when it was found, with the scan of what the task would run; else why nothing is known of it. */
  readonly kind: "ecr" | "foreign" | "other-registry" | "unreadable" | "no-child" | "injected";
  readonly registryId: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
  /** The reference is a tag that could be moved. */
  readonly isMovable: boolean;
  /** What the reference means now, an index or an image. */
  readonly digest: string | undefined;
  /** What the task's platform runs of it. */
  readonly image: string | undefined;
  readonly scan: ImageScan | undefined;
}

export interface DeploymentFacts {
  readonly now: Instant;
  readonly service: ServiceRef;
  readonly images: readonly ContainerImage[];
  /** Digests of the revisions that it replaces. */
  readonly replaced: ReadonlySet<string>;
  /** Tags of the task definition revision. */
  readonly tags: Tags;
  readonly waivers: readonly Waiver[];
  readonly threats: Threats;
  readonly waitingSince: Instant | undefined;
}

export interface JudgedContainer {
  readonly container: string;
  readonly reference: string;
  readonly repository: string;
  readonly digest: string | undefined;
  readonly verdict: Verdict;
}

export interface DeploymentVerdict {
  readonly outcome: Outcome;
  readonly isPending: boolean;
  /** Why it passes whatever its images are. */
  readonly passes: "unchanged" | "goes-back" | "break-glass" | undefined;
  readonly justification: string | undefined;
  readonly containers: readonly JudgedContainer[];
}

/** Shorter than this justifies nothing. */
const JUSTIFICATION_CHARACTERS = 10;

const KIND_RULES = {
  foreign: ["foreign-image", "foreignImage"],
  "other-registry": ["other-registry", "otherRegistry"],
  unreadable: ["unreadable-reference", "foreignImage"],
  "no-child": ["no-child-for-platform", "imageArchived"],
  injected: ["injected-image", "injectedImage"],
} as const satisfies Readonly<Record<Exclude<ContainerImage["kind"], "ecr">, readonly [Rule, keyof GateSettings]>>;

const ruled = (rule: Rule, outcome: Outcome): Verdict => {
  const applied: Applied = { rule, outcome, count: 1, findings: [] };
  const isBad = outcome !== "allow";
  return {
    outcome,
    isPending: false,
    decided: isBad ? [applied] : [],
    tolerated: isBad ? [] : [applied],
    ignored: [],
    waivers: [],
    dangers: [],
    counted: {},
    hasExploitableCritical: false,
    updates: [],
    withoutUpdate: [],
    validUntil: undefined,
  };
};

/** The verdict with one more rule in it. */
function withRule(verdict: Verdict, rule: Rule, outcome: Outcome): Verdict {
  const all: readonly Applied[] = [...verdict.decided, ...verdict.tolerated, { rule, outcome, count: 1, findings: [] }];
  const worst = worse(verdict.outcome, outcome);
  return {
    ...verdict,
    outcome: worst,
    decided: all.filter((each) => worst !== "allow" && each.outcome === worst),
    tolerated: all.filter((each) => worst === "allow" || each.outcome !== worst),
  };
}

function judgeImage(image: ContainerImage, facts: DeploymentFacts, settings: GateSettings): Verdict {
  if (image.kind !== "ecr" || image.scan === undefined) {
    const [rule, setting] = KIND_RULES[image.kind === "ecr" ? "other-registry" : image.kind];
    return ruled(rule, settings[setting]);
  }
  const { now, service, waivers, threats, waitingSince } = facts;
  const judged = { repository: image.repository, service };
  const verdict = judge({ now, scan: image.scan, image: judged, waivers, threats, waitingSince }, settings);
  return image.isMovable ? withRule(verdict, "movable-tag", settings.movableTag) : verdict;
}

/** Nothing new comes with it: every image of it runs already. */
const isUnchanged = ({ images, replaced }: DeploymentFacts): boolean =>
  images.length > 0 &&
  images.every(({ digest, image }) => [digest, image].some((one) => one !== undefined && replaced.has(one)));

const justificationOf = ({ tags }: DeploymentFacts, { breakGlass }: GateSettings): string | undefined => {
  const said = tags[BREAK_GLASS_TAG]?.trim() ?? "";
  return breakGlass && said.length >= JUSTIFICATION_CHARACTERS ? said : undefined;
};

const passing = (facts: DeploymentFacts, justification: string | undefined): DeploymentVerdict["passes"] => {
  if (isUnchanged(facts)) return "unchanged";
  const containers = facts.images.map(({ container, reference }) => ({ name: container, image: reference }));
  if (isWayBack(facts.service, { containers, tags: facts.tags })) return "goes-back";
  return justification === undefined ? undefined : "break-glass";
};

/** The verdict of everything that the deployment would run. */
export function judgeDeployment(facts: DeploymentFacts, settings: GateSettings): DeploymentVerdict {
  const containers = facts.images.map((image) => ({
    container: image.container,
    reference: image.reference,
    repository: image.repository,
    digest: image.image ?? image.digest,
    verdict: judgeImage(image, facts, settings),
  }));
  const justification = justificationOf(facts, settings);
  const passes = passing(facts, justification);
  const worst = containers.reduce<Outcome>((outcome, { verdict }) => worse(outcome, verdict.outcome), "allow");
  const isBlocked = containers.some(({ verdict }) => verdict.outcome === "block" && !verdict.isPending);
  return {
    outcome: passes === undefined ? worst : "allow",
    // What blocks already need not wait for the scan of another image.
    isPending: passes === undefined && !isBlocked && containers.some(({ verdict }) => verdict.isPending),
    passes,
    justification,
    containers,
  };
}
