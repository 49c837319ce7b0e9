/** Sorts the findings of a scan in one pass: which count, which are dangerous, which do not count and why. */
import { matchesGlob } from "#shared/config/glob.ts";
import type { Finding, Severity, Threat } from "#shared/domain/finding.ts";
import { epochMs } from "#shared/domain/time.ts";
import type { DangerRule, DangerTold, Ignored, IgnoredBecause, Outcome, WaiverUsed } from "#shared/domain/verdict.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { DANGERS, dangerTold, isExploitable } from "./dangers.ts";
import type { JudgeFacts } from "./judge.ts";
import type { GateSettings } from "./settings.ts";
import { waiverFinder } from "./waivers.ts";

/** How many findings there are of a kind, and the first of them by name. */
export interface Tally {
  readonly count: number;
  readonly named: readonly string[];
}

export interface Danger extends Tally {
  readonly rule: DangerRule;
  readonly outcome: Outcome;
}

/** A finding that nothing excuses. */
export interface Standing {
  readonly finding: Finding;
  /** It is among those whose number is bounded. */
  readonly isCounted: boolean;
  /** It decides on its own, whatever the numbers. */
  readonly mustGo: boolean;
}

export interface Sorted {
  /** The findings that count, by severity. */
  readonly counted: Readonly<Record<Exclude<Severity, "UNKNOWN">, Tally>>;
  readonly unranked: Tally;
  readonly dangers: readonly Danger[];
  /** Some of the dangerous findings, and who says that they are. */
  readonly dangersTold: readonly DangerTold[];
  readonly ignored: readonly Ignored[];
  readonly waivers: readonly WaiverUsed[];
  /** Everything on the pages, by severity. */
  readonly listed: Readonly<Record<Severity, number>>;
  readonly standing: readonly Standing[];
  /** A critical finding that is neither waived nor out of scope has a known exploit. */
  readonly hasExploitableCritical: boolean;
  /** When a waiver or a grace period ends next. */
  readonly changesAt: string | undefined;
}

const DAY_MS = 86_400_000;

interface OpenTally {
  count: number;
  readonly named: string[];
}

const tally = (): OpenTally => ({ count: 0, named: [] });

const add = (to: OpenTally, id: string): void => {
  to.count += 1;
  if (to.named.length < NAMED) to.named.push(id);
};

/** How many findings are named of each kind; all of them are in the scan itself. */
const NAMED = 10;

const GRACE: Readonly<Partial<Record<Severity, `graceDays${string}` & keyof GateSettings>>> = {
  CRITICAL: "graceDaysCritical",
  HIGH: "graceDaysHigh",
  MEDIUM: "graceDaysMedium",
  LOW: "graceDaysLow",
};

/** The end of a finding's grace; undefined when it has none, or when nobody says from which day it would count. */
function graceUntilMs(
  { severity, publishedAt }: Finding,
  threat: Threat | undefined,
  settings: GateSettings,
): number | undefined {
  const setting = GRACE[severity];
  const days = setting === undefined ? 0 : settings[setting];
  const from = threat?.fixedAt ?? publishedAt;
  return days === 0 || from === undefined ? undefined : epochMs(from) + days * DAY_MS;
}

const hasCountingFix = ({ fix }: Finding, { counts }: GateSettings): boolean => {
  if (counts === "all") return true;
  return fix === "yes" || fix === "partial" || (fix === "untold" && counts === "fixable-or-untold");
};

/** A test for packages that are out of scope; a finding is when all its packages are. */
function scopeTest({ outOfScopePackages }: GateSettings): (finding: Finding) => boolean {
  const globs = outOfScopePackages.split(" ").filter((glob) => glob !== "");
  const exact = new Set(globs.filter((glob) => !glob.includes("*")));
  const patterns = globs.filter((glob) => glob.includes("*"));
  const known = new Map<string, boolean>();
  const isOut = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const now = exact.has(name) || patterns.some((glob) => matchesGlob(glob, name));
    known.set(name, now);
    return now;
  };
  return ({ packages }) => packages.length > 0 && packages.every(({ name }) => isOut(name));
}

/** Every finding in exactly one place: ignored with its reason, or standing. */
export function sortFindings({ scan, image, waivers, threats, now }: JudgeFacts, settings: GateSettings): Sorted {
  const waiverFor = waiverFinder(waivers, image, now);
  const isOutOfScope = scopeTest(settings);
  const nowMs = epochMs(now);
  // Asking an empty object ten thousand times costs as much as all the rest.
  const hasThreats = Object.keys(threats).length > 0;
  const counted = { CRITICAL: tally(), HIGH: tally(), MEDIUM: tally(), LOW: tally(), INFORMATIONAL: tally() };
  const listed = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, INFORMATIONAL: 0, UNKNOWN: 0 };
  const unranked = tally();
  const standing: Standing[] = [];
  const dangers = DANGERS.flatMap(([rule, setting]) => {
    const outcome = settings[setting];
    return outcome === "count" ? [] : [{ rule, outcome, ...tally() }];
  });
  const dangersTold: DangerTold[] = [];
  const ignored = new Map<IgnoredBecause, OpenTally>();
  const used = new Map<string, Waiver>();
  let hasExploitableCritical = false;
  let changesAtMs = Number.POSITIVE_INFINITY;

  const ignore = (because: IgnoredBecause, id: string): void => {
    const known = ignored.get(because) ?? tally();
    ignored.set(because, known);
    add(known, id);
  };

  /** Why a ranked finding does not count; undefined when it does. */
  const excuseOf = (finding: Finding, threat: Threat | undefined): IgnoredBecause | undefined => {
    const graceMs = graceUntilMs(finding, threat, settings);
    const isInGrace = graceMs !== undefined && nowMs < graceMs;
    if (isInGrace) changesAtMs = Math.min(changesAtMs, graceMs);
    if (!hasCountingFix(finding, settings)) return "no-fix";
    return isInGrace ? "in-grace" : undefined;
  };

  const isDangerous = (finding: Finding, threat: Threat | undefined): boolean => {
    let isDanger = false;
    for (const danger of dangers) {
      const told = dangerTold(danger.rule, finding, threat, settings);
      if (told === undefined) continue;
      if (danger.count < NAMED) dangersTold.push({ finding: finding.id, rule: danger.rule, ...told });
      add(danger, finding.id);
      isDanger = true;
    }
    return isDanger;
  };

  for (const finding of scan.findings ?? []) {
    const { id, severity } = finding;
    listed[severity] += 1;
    if (!finding.isActive) {
      ignore("suppressed", id);
      continue;
    }
    const name = id.toUpperCase();
    const waiver = waiverFor(name, finding);
    if (waiver) {
      used.set(`${waiver.finding} ${waiver.expiresAt}`, waiver);
      changesAtMs = Math.min(changesAtMs, epochMs(waiver.expiresAt) + 1);
      ignore("waived", id);
      continue;
    }
    if (isOutOfScope(finding)) {
      ignore("out-of-scope", id);
      continue;
    }
    const threat = hasThreats ? threats[name] : undefined;
    const isDanger = isDangerous(finding, threat);
    if (severity === "CRITICAL" && isExploitable(finding, threat)) hasExploitableCritical = true;
    if (severity === "UNKNOWN") {
      add(unranked, id);
      standing.push({ finding, isCounted: false, mustGo: isDanger || settings.unknownSeverity !== "allow" });
      continue;
    }
    const excuse = excuseOf(finding, threat);
    if (excuse === undefined) add(counted[severity], id);
    else if (!isDanger) ignore(excuse, id);
    if (excuse === undefined || isDanger) standing.push({ finding, isCounted: excuse === undefined, mustGo: isDanger });
  }
  return {
    counted,
    unranked,
    dangers,
    dangersTold,
    listed,
    standing,
    hasExploitableCritical,
    ignored: [...ignored].map(([because, { count, named }]) => ({ because, count, findings: named })),
    waivers: [...used.values()].map(({ finding, owner, reason, expiresAt }) => ({ finding, owner, reason, expiresAt })),
    changesAt: Number.isFinite(changesAtMs) ? new Date(changesAtMs).toISOString() : undefined,
  };
}
