/** The verdict of one scan under one policy. Pure: the time, the waivers and the threats are told. */
import { type ImageScan, SEVERITIES, type Severity, type Threats } from "#shared/domain/finding.ts";
import { addSeconds, epochMs, type Instant } from "#shared/domain/time.ts";
import { type Applied, type Outcome, type Rule, type Verdict, worse } from "#shared/domain/verdict.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import type { GateSettings } from "./settings.ts";
import { type Sorted, sortFindings } from "./sort-findings.ts";
import { stateRule } from "./state-rule.ts";
import { smallestUpdates } from "./updates.ts";
import type { JudgedImage } from "./waivers.ts";

export interface JudgeFacts {
  readonly now: Instant;
  readonly scan: ImageScan;
  readonly image: JudgedImage;
  readonly waivers: readonly Waiver[];
  readonly threats: Threats;
  /** Since when a door has been waiting for this scan, or the image was pushed; undefined when nobody waits. */
  readonly waitingSince: Instant | undefined;
}

const DAY_SECONDS = 86_400;

const LIMITS = [
  ["CRITICAL", "too-many-critical", "maxCritical"],
  ["HIGH", "too-many-high", "maxHigh"],
  ["MEDIUM", "too-many-medium", "maxMedium"],
  ["LOW", "too-many-low", "maxLow"],
] as const satisfies readonly (readonly [Severity, Rule, keyof GateSettings])[];

/** Findings that the summary counts and no page lists: nothing is known of them, so nothing excuses them. */
function unlistedOf({ counts }: ImageScan, listed: Sorted["listed"]): Readonly<Record<Severity, number>> {
  const unlisted = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, INFORMATIONAL: 0, UNKNOWN: 0 };
  for (const severity of [...SEVERITIES, "UNKNOWN"] as const)
    unlisted[severity] = Math.max(0, (counts[severity] ?? 0) - listed[severity]);
  return unlisted;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const applied = (rule: Rule, outcome: Outcome, count: number, findings: readonly string[] = []): readonly Applied[] =>
  count === 0 ? [] : [{ rule, outcome, count, findings }];

/** What the findings themselves call for. */
function findingRules(sorted: Sorted, scan: ImageScan, settings: GateSettings): readonly Applied[] {
  const unlisted = unlistedOf(scan, sorted.listed);
  const tooMany = LIMITS.flatMap(([severity, rule, limit]) => {
    const { count: listed, named } = sorted.counted[severity];
    const count = listed + unlisted[severity];
    return count > settings[limit] ? applied(rule, "block", count, named) : [];
  });
  const { dangers, unranked } = sorted;
  const missing = scan.isWhole ? sum(unlisted) : Math.max(1, sum(unlisted));
  return [
    ...tooMany,
    ...dangers.flatMap(({ rule, outcome, count, named }) => applied(rule, outcome, count, named)),
    ...applied("unknown-severity", settings.unknownSeverity, unranked.count + unlisted.UNKNOWN, unranked.named),
    ...applied("page-missing", settings.pageMissing, missing),
  ];
}

/** When a finished scan that nothing keeps up to date grows stale. */
const staleAt = ({ isContinuous, completedAt }: ImageScan, { maxScanAgeDays }: GateSettings): string | undefined =>
  isContinuous || completedAt === undefined ? undefined : addSeconds(completedAt, maxScanAgeDays * DAY_SECONDS);

const earliest = (instants: readonly (string | undefined)[]): string | undefined =>
  instants.filter((instant) => instant !== undefined).sort((a, b) => epochMs(a) - epochMs(b))[0];

/** The verdict; the worst of all rules that apply is the outcome. */
export function judge(facts: JudgeFacts, settings: GateSettings): Verdict {
  const { now, scan } = facts;
  const state = stateRule(scan, facts.waitingSince, now, settings);
  const sorted = sortFindings(facts, settings);
  const staleFrom = staleAt(scan, settings);
  const isStale = staleFrom !== undefined && epochMs(staleFrom) < epochMs(now);
  const all = [
    ...state.applied,
    ...findingRules(sorted, scan, settings),
    ...(isStale ? applied("stale-scan", settings.staleScan, 1) : []),
  ];
  const outcome = all.reduce<Outcome>((worst, each) => worse(worst, each.outcome), "allow");
  const unlisted = unlistedOf(scan, sorted.listed);
  const isBad = outcome !== "allow";
  const { updates, withoutUpdate } = isBad
    ? smallestUpdates(sorted, unlisted, settings)
    : { updates: [], withoutUpdate: [] };
  return {
    outcome,
    isPending: state.isPending,
    decided: all.filter((each) => each.outcome === outcome && isBad),
    tolerated: all.filter((each) => each.outcome !== outcome || !isBad),
    ignored: sorted.ignored,
    waivers: sorted.waivers,
    dangers: sorted.dangersTold,
    counted: Object.fromEntries(
      LIMITS.map(([severity]) => [severity, sorted.counted[severity].count + unlisted[severity]] as const).filter(
        ([, count]) => count > 0,
      ),
    ),
    hasExploitableCritical: sorted.hasExploitableCritical,
    updates,
    withoutUpdate,
    validUntil: earliest([sorted.changesAt, isStale ? undefined : staleFrom, state.changesAt]),
  };
}
