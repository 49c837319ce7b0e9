import type { Cloud } from "../../contract.ts";
import { Input } from "../events/input.ts";
import { emitAction } from "./push.ts";
import { type Image, type Registry, type Repository, tagsOf } from "./state.ts";

const DAY_MS = 86_400_000;

interface LifecycleRule {
  readonly priority: number;
  readonly tagStatus: "untagged" | "tagged" | "any";
  readonly tagPrefixes: readonly string[];
  readonly mostImages: number | undefined;
  readonly mostAgeMs: number | undefined;
}

const ruleFrom = (rule: Input): LifecycleRule => {
  const selection = rule.object("selection");
  if (!selection) throw rule.refusal("selection is missing in a lifecycle rule");
  const action = rule.object("action");
  action?.word("type", ["expire"]);
  const byAge = selection.word("countType", ["sinceImagePushed", "imageCountMoreThan"]) === "sinceImagePushed";
  if (byAge) selection.word("countUnit", ["days"]);
  if (selection.list("tagPatternList").length > 0)
    throw rule.refusal("tagPatternList is not modelled; use tagPrefixList");
  const count = selection.wholeNumber("countNumber", 1, 1_000_000);
  const tagStatus = selection.word("tagStatus", ["untagged", "tagged", "any"]);
  const tagPrefixes = selection.texts("tagPrefixList");
  if ((tagStatus === "tagged") !== tagPrefixes.length > 0)
    throw rule.refusal("tagPrefixList must be given with tagStatus 'tagged', and only then");
  return {
    priority: rule.wholeNumber("rulePriority", 1, 999_999),
    tagStatus,
    tagPrefixes,
    mostImages: byAge ? undefined : count,
    mostAgeMs: byAge ? count * DAY_MS : undefined,
  };
};

/** Reads a lifecycle policy's text, rules in order of priority, or refuses it. Source: ECR, at most 50 rules. */
export const lifecycleRules = (text: string): readonly LifecycleRule[] => {
  const refusal = new Input({}, "InvalidParameterException");
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refusal.refusal("Invalid parameter at 'LifecyclePolicyText': it is not JSON");
  }
  const rules = new Input(Object(policy), "InvalidParameterException").objects("rules").map(ruleFrom);
  if (rules.length < 1 || rules.length > 50)
    throw refusal.refusal(`a lifecycle policy has 1 to 50 rules, not ${rules.length}`);
  return rules.sort((left, right) => left.priority - right.priority);
};

const isSelected = (repository: Repository, rule: LifecycleRule, image: Image): boolean => {
  const tags = tagsOf(repository, image.digest);
  if (rule.tagStatus === "any") return true;
  if (rule.tagStatus === "untagged") return tags.length === 0;
  return rule.tagPrefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
};

/** The images a policy would expire now; what an index refers to stays while the index does. */
const expired = (repository: Repository, rules: readonly LifecycleRule[], nowMs: number): readonly Image[] => {
  const referred = new Set([...repository.images.values()].flatMap(({ children }) => children));
  const free = [...repository.images.values()].filter(({ digest }) => !referred.has(digest));
  const taken = new Set<Image>();
  const gone: Image[] = [];
  for (const rule of rules) {
    const selected = free
      .filter((image) => !taken.has(image) && isSelected(repository, rule, image))
      .sort((left, right) => right.pushedAtMs - left.pushedAtMs);
    for (const [place, image] of selected.entries()) {
      taken.add(image);
      const isTooOld = rule.mostAgeMs !== undefined && nowMs - image.pushedAtMs > rule.mostAgeMs;
      const isTooMany = rule.mostImages !== undefined && place >= rule.mostImages;
      if (isTooOld || isTooMany) gone.push(image);
    }
  }
  return gone;
};

/** Removes an image with its tags, and tells. */
export const removeImage = (cloud: Cloud, repository: Repository, image: Image): void => {
  const tags = tagsOf(repository, image.digest);
  for (const tag of tags) repository.tags.delete(tag);
  repository.images.delete(image.digest);
  emitAction(cloud, repository, "DELETE", image.digest, tags[0]);
};

/** Lifecycle rules act within a day: each repository is looked at once every 24 hours. */
export const followLifecycles = (cloud: Cloud, registry: Registry): void => {
  cloud.clock.at(cloud.clock.now() + DAY_MS, "lifecycle policies", () => {
    followLifecycles(cloud, registry);
    for (const repository of registry.repositories.values()) {
      if (repository.lifecyclePolicy === undefined) continue;
      const rules = lifecycleRules(repository.lifecyclePolicy);
      for (const image of expired(repository, rules, cloud.clock.now())) removeImage(cloud, repository, image);
    }
  });
};
