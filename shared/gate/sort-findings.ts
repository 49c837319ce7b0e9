/** Sorts the findings of a scan in one pass: which count, which are dangerous, which do not count and why. */
import { matchesGlob } from "#shared/config/glob.ts";
import type { Finding, Severity, Threat } from "#shared/domain/finding.ts";
import { epochMs } from "#shared/domain/time.ts";
import type { DangerTold, Ignored, IgnoredBecause, Outcome, Rule, WaiverUsed } from "#shared/domain/verdict.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { DANGERS, dangerTold, isExploitable } from "./dangers.ts";
import type { JudgeFacts } from "./judge.ts";
import type { GateSettings } from "./settings.ts";
import { waiverFinder } from "./waivers.ts";

type Listed = Readonly<Partial<Record<Severity, number>>>;

export interface Danger {
  readonly rule: Rule;
  readonly outcome: Outcome;
  readonly ids: readonly string[];
}

export interface Sorted {
  /** The findings that count, by severity. */
  readonly counted: Readonly<Record<Exclude<Severity, "UNKNOWN">, readonly Finding[]>>;
  readonly unranked: readonly string[];
  readonly dangers: readonly Danger[];
  /** Some of the dangerous findings, and who says that they are. */
  readonly dangersTold: readonly DangerTold[];
  readonly ignored: readonly Ignored[];
  readonly waivers: readonly WaiverUsed[];
  /** Everything on the pages, by severity. */
  readonly listed: Listed;
  /** Findings that decide on their own, whatever the numbers. */
  readonly mustGo: ReadonlySet<Finding>;
  /** A critical finding that is neither waived nor out of scope has a known exploit. */
  readonly hasExploitableCritical: boolean;
  /** When a waiver or a grace period ends next. */
  readonly changesAt: string | undefined;
}

const DAY_MS = 86_400_000;

/** How many findings are named of each kind. */
const NAMED = 10;

const GRACE = {
  CRITICAL: "graceDaysCritical",
  HIGH: "graceDaysHigh",
  MEDIUM: "graceDaysMedium",
  LOW: "graceDaysLow",
} as const;

/** The end of a finding's grace; undefined when it has none, or when nobody says from which day it would count. */
function graceUntilMs(
  { severity, publishedAt }: Finding,
  threat: Threat | undefined,
  settings: GateSettings,
): number | undefined {
  if (severity === "UNKNOWN" || severity === "INFORMATIONAL") return undefined;
  const days = settings[GRACE[severity]];
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
  if (globs.length === 0) return () => false;
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
  const hasThreats = Object.keys(threats).length > 0;
  const counted = { CRITICAL: [], HIGH: [], MEDIUM: [], LOW: [], INFORMATIONAL: [] } as Record<
    Exclude<Severity, "UNKNOWN">,
    Finding[]
  >;
  const listed: Partial<Record<Severity, number>> = {};
  const unranked: string[] = [];
  const mustGo = new Set<Finding>();
  const dangers = DANGERS.flatMap(([rule, setting]) => {
    const outcome = settings[setting];
    return outcome === "count" ? [] : [{ rule, outcome, ids: [] as string[] }];
  });
  const dangersTold: DangerTold[] = [];
  const ignored = new Map<IgnoredBecause, string[]>();
  const used = new Map<string, Waiver>();
  let hasExploitableCritical = false;
  let changesAtMs = Number.POSITIVE_INFINITY;

  const ignore = (because: IgnoredBecause, id: string): void => {
    const ids = ignored.get(because);
    if (ids) ids.push(id);
    else ignored.set(because, [id]);
  };

  for (const finding of scan.findings ?? []) {
    const { id, severity } = finding;
    listed[severity] = (listed[severity] ?? 0) + 1;
    if (!finding.isActive) {
      ignore("suppressed", id);
      continue;
    }
    const waiver = waiverFor(finding);
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
    const threat = hasThreats ? threats[id.toUpperCase()] : undefined;
    let isDanger = false;
    for (const { rule, ids } of dangers) {
      const told = dangerTold(rule, finding, threat, settings);
      if (told === undefined) continue;
      if (ids.length < NAMED) dangersTold.push({ finding: id, rule, ...told });
      ids.push(id);
      isDanger = true;
    }
    if (severity === "CRITICAL" && isExploitable(finding, threat)) hasExploitableCritical = true;
    if (isDanger) mustGo.add(finding);
    if (severity === "UNKNOWN") {
      unranked.push(id);
      if (settings.unknownSeverity !== "allow") mustGo.add(finding);
    } else {
      const graceMs = graceUntilMs(finding, threat, settings);
      const isInGrace = graceMs !== undefined && nowMs < graceMs;
      if (isInGrace) changesAtMs = Math.min(changesAtMs, graceMs);
      const why = hasCountingFix(finding, settings) ? (isInGrace ? "in-grace" : undefined) : "no-fix";
      if (why === undefined) counted[severity].push(finding);
      else if (!isDanger) ignore(why, id);
    }
  }
  return {
    counted,
    unranked,
    dangers,
    dangersTold,
    listed,
    mustGo,
    hasExploitableCritical,
    ignored: [...ignored].map(([because, ids]) => ({
      because,
      count: ids.length,
      findings: ids.slice(0, NAMED),
    })),
    waivers: [...used.values()].map(({ finding, owner, reason, expiresAt }) => ({ finding, owner, reason, expiresAt })),
    changesAt: Number.isFinite(changesAtMs) ? new Date(changesAtMs).toISOString() : undefined,
  };
}
