/** Findings put together by the packages whose update takes them away. */
import type { Finding, Severity } from "#shared/domain/finding.ts";

export const LIMITS = { CRITICAL: "maxCritical", HIGH: "maxHigh", MEDIUM: "maxMedium", LOW: "maxLow" } as const;
export type Limited = keyof typeof LIMITS;
/** Findings of each severity of which only so many may stand. */
export type Counts = Record<Limited, number>;
export const LIMITED = Object.keys(LIMITS) as readonly Limited[];

export const isLimited = (severity: Severity): severity is Limited => severity in LIMITS;
export const none = (): Counts => ({ CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0 });

/** Findings that the same updates take away. */
export interface Group {
  readonly packages: readonly string[];
  readonly findings: Finding[];
  readonly counts: Counts;
  /** One of them decides on its own. */
  isForced: boolean;
}

/** What these groups take away together. */
export const total = (groups: readonly Group[]): Counts => {
  const counts = none();
  for (const group of groups) for (const severity of LIMITED) counts[severity] += group.counts[severity];
  return counts;
};
