/** The smallest set of package updates found that makes an image pass. */
import type { Finding, Severity } from "#shared/domain/finding.ts";
import type { Update } from "#shared/domain/verdict.ts";
import { fewerUpdates } from "./fewer-updates.ts";
import type { GateSettings } from "./settings.ts";
import type { Sorted } from "./sort-findings.ts";
import { type Counts, type Group, isLimited, LIMITED, LIMITS, type Limited, none, total } from "./update-groups.ts";
import { compareVersions } from "./version.ts";

export interface Updates {
  readonly updates: readonly Update[];
  /** Some of the findings that stand in the way and that no update takes away. */
  readonly withoutUpdate: readonly string[];
}

type Unlisted = Readonly<Record<Severity, number>>;

/** How many findings are named that no update takes away. */
const NAMED = 10;

/** Adds a name while there are few. */
const addName = (to: Set<string>, id: string): void => {
  if (to.size < NAMED) to.add(id);
};

/** A finding that stands in the way of the image. */
interface Obstacle {
  readonly finding: Finding;
  readonly mustGo: boolean;
  /** Its severity, when more such findings count than may. */
  readonly severity: Limited | undefined;
}

const isUpdatable = ({ fix, packages }: Finding): boolean =>
  packages.length > 0 && packages.every(({ fixedIn }) => fixedIn !== undefined || fix === "untold" || fix === "yes");

/** How many of each severity must go before the rest passes. */
function surplusOf({ counted }: Sorted, unlisted: Unlisted, settings: GateSettings): Counts {
  const surplus = none();
  for (const severity of LIMITED)
    surplus[severity] = Math.max(0, counted[severity].count + unlisted[severity] - settings[LIMITS[severity]]);
  return surplus;
}

const namesOf = ({ packages }: Finding): readonly string[] =>
  packages.length === 1 ? packages.map(({ name }) => name) : [...new Set(packages.map(({ name }) => name))].sort();

function grouped(obstacles: readonly Obstacle[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { finding, mustGo, severity } of obstacles) {
    const packages = namesOf(finding);
    const key = packages.join(" ");
    const group = groups.get(key) ?? { packages, findings: [], counts: none(), isForced: false };
    groups.set(key, group);
    group.findings.push(finding);
    group.isForced ||= mustGo;
    if (severity !== undefined) group.counts[severity] += 1;
  }
  return [...groups.values()];
}

/** What a group still takes off the surplus. */
const gain = ({ counts }: Group, surplus: Counts): number =>
  LIMITED.reduce((sum, severity) => sum + Math.min(counts[severity], surplus[severity]), 0);

const later = (one: string | undefined, other: string | undefined): string | undefined => {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return compareVersions(one, other) < 0 ? other : one;
};

/** One line per package: from what it is to the latest version that any of its findings asks for. */
function asUpdates(groups: readonly Group[]): readonly Update[] {
  const updates = new Map<string, { -readonly [Field in keyof Update]: Update[Field] }>();
  for (const { findings } of groups)
    for (const finding of findings)
      for (const { name, version, fixedIn } of finding.packages) {
        const update = updates.get(name) ?? { package: name, from: version, to: undefined, fixes: 0 };
        update.to = later(update.to, fixedIn);
        update.fixes += 1;
        updates.set(name, update);
      }
  return [...updates.values()].sort((a, b) => b.fixes - a.fixes || (a.package < b.package ? -1 : 1));
}

/** Takes the group that helps most for the packages it costs, until nothing more helps; then looks whether fewer would do. */
function chosenOf(groups: readonly Group[], needed: Counts): readonly Group[] {
  const available = total(groups);
  // Where everything of a severity must go there is no choice.
  const isForced = ({ isForced: must, counts }: Group): boolean =>
    must || LIMITED.some((severity) => counts[severity] > 0 && needed[severity] >= available[severity]);
  const forced = groups.filter(isForced);
  const left = groups.filter((group) => !isForced(group));
  const surplus = { ...needed };
  const take = (group: Group): void => {
    for (const severity of LIMITED) surplus[severity] = Math.max(0, surplus[severity] - group.counts[severity]);
  };
  for (const group of forced) take(group);
  // A gain never grows, so only the best of the last look has to be looked at again. Ascending by worth.
  const worthOf = (group: Group): number => gain(group, surplus) / group.packages.length;
  const queue = left.map((group) => ({ group, worth: worthOf(group) })).sort((a, b) => a.worth - b.worth);
  const chosen: Group[] = [];
  for (let best = queue.pop(); best !== undefined && best.worth > 0; best = queue.pop()) {
    const { group } = best;
    const worth = worthOf(group);
    if (worth >= (queue.at(-1)?.worth ?? 0)) {
      if (worth > 0) chosen.push(group);
      take(group);
    } else {
      const at = queue.findLastIndex((other) => other.worth <= worth) + 1;
      queue.splice(at, 0, { group, worth });
    }
  }
  const taken = total([...forced, ...chosen]);
  const goal = none();
  for (const severity of LIMITED) goal[severity] = Math.min(needed[severity], taken[severity]);
  const first = needful(chosen, taken, goal);
  const fewer = fewerUpdates(first, { left, forced, goal });
  return [...forced, ...(fewer === first ? first : needful(fewer, total([...forced, ...fewer]), goal))];
}

/** The chosen groups without those that the others make needless, first chosen first looked at. */
function needful(chosen: readonly Group[], together: Counts, goal: Counts): readonly Group[] {
  const taken = { ...together };
  return chosen.filter(({ counts }) => {
    if (LIMITED.some((severity) => taken[severity] - counts[severity] < goal[severity])) return true;
    for (const severity of LIMITED) taken[severity] -= counts[severity];
    return false;
  });
}

/** The updates that make it pass, as far as updates can, and what would still stand in the way. */
export function smallestUpdates(sorted: Sorted, unlisted: Unlisted, settings: GateSettings): Updates {
  const surplus = surplusOf(sorted, unlisted, settings);
  const updatable: Obstacle[] = [];
  const forced = new Set<string>();
  const stuck = {
    CRITICAL: new Set<string>(),
    HIGH: new Set<string>(),
    MEDIUM: new Set<string>(),
    LOW: new Set<string>(),
  };
  for (const { finding, isCounted, mustGo } of sorted.standing) {
    const { id, severity } = finding;
    const limited = isCounted && isLimited(severity) && surplus[severity] > 0 ? severity : undefined;
    const names = mustGo ? forced : limited && stuck[limited];
    if (names === undefined) continue;
    if (isUpdatable(finding)) updatable.push({ finding, mustGo, severity: limited });
    else addName(names, id);
  }
  const chosen = chosenOf(grouped(updatable), surplus);
  const gone = total(chosen);
  const short = LIMITED.filter((severity) => gone[severity] < surplus[severity]);
  const withoutUpdate = new Set([...forced, ...short.flatMap((severity) => [...stuck[severity]])]);
  return { updates: asUpdates(chosen), withoutUpdate: [...withoutUpdate].slice(0, NAMED) };
}
