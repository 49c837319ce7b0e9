/** What a scan says of an image: basic and enhanced answers in the same words. */

/** From the worst down. */
export const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"] as const;

/** `UNKNOWN` stands for every word that ranks nothing: UNDEFINED, UNTRIAGED, a word newer than this code, none. */
export type Severity = (typeof SEVERITIES)[number] | "UNKNOWN";

export interface VulnerablePackage {
  readonly name: string;
  readonly version: string | undefined;
  /** First version with the fix; undefined when none is told. */
  readonly fixedIn: string | undefined;
}

/** Whether a fixed version exists. Basic scanning never tells, and an absent answer is no "no". */
export type FixStatus = "yes" | "partial" | "no" | "untold";

export interface Finding {
  /** The vulnerability, such as `CVE-2024-6119`. */
  readonly id: string;
  readonly severity: Severity;
  readonly packages: readonly VulnerablePackage[];
  readonly fix: FixStatus;
  /** True only where the scanner says so. */
  readonly hasExploit: boolean;
  /** False for what Inspector calls suppressed or closed. */
  readonly isActive: boolean;
  /** When the vulnerability was published, as its source says. */
  readonly publishedAt: string | undefined;
}

/** Where a scan stands, whatever ECR or Inspector call it. */
export type ScanState =
  | "complete"
  | "in-progress"
  | "no-scan"
  | "failed"
  | "unsupported"
  | "eligibility-expired"
  | "findings-unavailable"
  | "image-archived"
  | "limit-exceeded"
  | "image-gone"
  | "unknown-status";

/** The scan of one digest, all pages together. */
export interface ImageScan {
  readonly state: ScanState;
  /** ECR's own words about it. */
  readonly description: string;
  /** Undefined when the answer had no findings object, which is never the same as none found. */
  readonly findings: readonly Finding[] | undefined;
  /** The answer's own counts for the whole image, suppressed findings among them or not. */
  readonly counts: Readonly<Partial<Record<Severity, number>>>;
  readonly completedAt: string | undefined;
  /** Kept up to date by Inspector, so that its age says nothing. */
  readonly isContinuous: boolean;
  /** False when a page could not be read. */
  readonly isWhole: boolean;
}

/** What one Inspector finding said of its vulnerability, whatever image it was about. Source: Inspector API reference, Finding. */
export interface InspectorWord {
  readonly saidAt: string;
  /** Probability of exploitation in the next 30 days, 0 to 1. */
  readonly epss?: number;
  /** An exploit is known. */
  readonly hasExploit?: boolean;
}

/** What is known of a vulnerability beyond the scan: of a list that an operator gives, and what Inspector said last. */
export interface Threat {
  /** In a catalogue of vulnerabilities that are exploited, such as CISA's. */
  readonly isExploited?: boolean;
  /** Probability of exploitation in the next 30 days, 0 to 1. Source: FIRST, EPSS. */
  readonly epss?: number;
  /** When a fix came out. */
  readonly fixedAt?: string;
  readonly inspector?: InspectorWord;
}

/** Threats by vulnerability id, upper case. */
export type Threats = Readonly<Record<string, Threat>>;
