/** What the gate says of an image, and why. */
import type { Severity } from "./finding.ts";

/** From the mildest up. */
export const OUTCOMES = ["allow", "ask", "block"] as const;

/** Whether an image may run; `ask` leaves it to a person. */
export type Outcome = (typeof OUTCOMES)[number];

/** The worse of two outcomes. */
export const worse = (one: Outcome, other: Outcome): Outcome =>
  OUTCOMES.indexOf(one) > OUTCOMES.indexOf(other) ? one : other;

/** Everything that can decide a verdict. */
export type Rule =
  | "too-many-critical"
  | "too-many-high"
  | "too-many-medium"
  | "too-many-low"
  | "known-exploited"
  | "exploit-available"
  | "likely-exploited"
  | "unknown-severity"
  | "page-missing"
  | "stale-scan"
  | "scan-in-progress-too-long"
  | "no-scan"
  | "scan-failed"
  | "scan-unsupported"
  | "eligibility-expired"
  | "findings-unavailable"
  | "unknown-scan-status"
  | "image-archived"
  | "image-gone"
  | "limit-exceeded"
  | "movable-tag"
  | "foreign-image"
  | "other-registry"
  | "injected-image"
  | "unreadable-reference"
  | "no-child-for-platform";

/** What each rule means, in a sentence. */
export const ruleMeanings: Readonly<Record<Rule, string>> = {
  "too-many-critical": "More CRITICAL findings count than the policy allows.",
  "too-many-high": "More HIGH findings count than the policy allows.",
  "too-many-medium": "More MEDIUM findings count than the policy allows.",
  "too-many-low": "More LOW findings count than the policy allows.",
  "known-exploited": "A finding is in the list of vulnerabilities that are being exploited.",
  "exploit-available": "The scanner knows an exploit for a finding.",
  "likely-exploited": "A finding's probability of exploitation (EPSS) reaches the configured one.",
  "unknown-severity": "The scanner has not ranked a finding.",
  "page-missing": "The summary counts more findings than could be read.",
  "stale-scan": "The scan is older than the policy allows, and nothing keeps it up to date.",
  "scan-in-progress-too-long": "The scan did not end within the time that the gate waits for it.",
  "no-scan": "The image was not scanned within the time that the gate waits for it.",
  "scan-failed": "The scan failed.",
  "scan-unsupported": "The scanner does not support what is in the image.",
  "eligibility-expired": "The image is no longer scanned, so its findings are old.",
  "findings-unavailable": "The scan ended and its findings cannot be had; that is not the same as none.",
  "unknown-scan-status": "The registry answers a scan status that is not known here.",
  "image-archived": "The image is archived and cannot be pulled.",
  "image-gone": "The registry does not have the image.",
  "limit-exceeded": "A limit of the scanner kept it from scanning the image.",
  "movable-tag": "The image is named by a tag that may be moved after the verdict.",
  "foreign-image": "The image is in no ECR registry, so nothing is known of it.",
  "other-registry": "The image is in a registry of another account or Region, whose scans cannot be read.",
  "injected-image": "AWS puts the container beside those of the task definition.",
  "unreadable-reference": "The image reference cannot be read.",
  "no-child-for-platform": "The image index has no image for the task's platform.",
};

/** The rules that look at one finding alone. */
export type DangerRule = Extract<Rule, "known-exploited" | "exploit-available" | "likely-exploited">;

/** A rule that applied, and what it called for. */
export interface Applied {
  readonly rule: Rule;
  readonly outcome: Outcome;
  /** How many findings it is about. */
  readonly count: number;
  /** Some of them, worst first. */
  readonly findings: readonly string[];
}

/** Why a finding did not count. */
export type IgnoredBecause = "waived" | "suppressed" | "out-of-scope" | "no-fix" | "in-grace";

export interface Ignored {
  readonly because: IgnoredBecause;
  readonly count: number;
  /** Some of them. */
  readonly findings: readonly string[];
}

/** A waiver that kept a finding from counting. */
export interface WaiverUsed {
  readonly finding: string;
  readonly owner: string;
  readonly reason: string;
  readonly expiresAt: string;
}

/** Why a finding is more dangerous than its severity tells, and who says so. */
export interface DangerTold {
  readonly finding: string;
  readonly rule: DangerRule;
  readonly saidBy: "scan" | "list" | "inspector";
  /** When Inspector said it. */
  readonly saidAt?: string;
  /** The probability that it is about. */
  readonly epss?: number;
}

/** One package to update; `to` is undefined when the scanner names no fixed version. */
export interface Update {
  readonly package: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly fixes: number;
}

export interface Verdict {
  readonly outcome: Outcome;
  /** The scan goes on: ask again; until then nothing may run on this verdict. */
  readonly isPending: boolean;
  readonly decided: readonly Applied[];
  /** Rules that applied and let it pass, for the record. */
  readonly tolerated: readonly Applied[];
  readonly ignored: readonly Ignored[];
  readonly waivers: readonly WaiverUsed[];
  /** Some of the findings that are dangerous on their own, for the rules that call for something then. */
  readonly dangers: readonly DangerTold[];
  /** Findings that counted, by severity, those among them that no page listed included. */
  readonly counted: Readonly<Partial<Record<Severity, number>>>;
  /** A critical finding that nothing excuses has a known exploit. */
  readonly hasExploitableCritical: boolean;
  /** The smallest set of updates found that makes it pass, as far as updates can. */
  readonly updates: readonly Update[];
  /** Findings that no update takes away and that stand in the way. */
  readonly withoutUpdate: readonly string[];
  /** When time alone changes it: a waiver ends, a grace period is over, the scan grows old. */
  readonly validUntil: string | undefined;
}
