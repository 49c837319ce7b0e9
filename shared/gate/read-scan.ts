/** Reads the pages of DescribeImageScanFindings, basic or enhanced, as the SDK or the AWS CLI gives them. */
import type { Finding, FixStatus, ImageScan, ScanState, Severity, VulnerablePackage } from "#shared/domain/finding.ts";

type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = {};
const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const RANKED: Readonly<Record<string, Severity>> = {
  CRITICAL: "CRITICAL",
  HIGH: "HIGH",
  MEDIUM: "MEDIUM",
  LOW: "LOW",
  INFORMATIONAL: "INFORMATIONAL",
};

const severityOf = (value: unknown): Severity => RANKED[typeof value === "string" ? value : ""] ?? "UNKNOWN";

const IN_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** An instant as the SDK (a date), the CLI (text or seconds) or an event writes it. */
export function instantOf(value: unknown): string | undefined {
  const atMs =
    value instanceof Date
      ? value.getTime()
      : typeof value === "number"
        ? value * 1000
        : typeof value === "string"
          ? Date.parse(value)
          : Number.NaN;
  if (!(Math.abs(atMs) <= 8.64e15)) return undefined;
  return typeof value === "string" && IN_UTC.test(value) ? value : new Date(atMs).toISOString();
}

/** What a finding without a name is called: it counts all the same. */
const UNNAMED = "unnamed finding";

const attribute = (attributes: readonly unknown[], key: string): string | undefined => {
  for (const each of attributes) {
    const { key: name, value } = fields(each);
    if (name === key) return text(value);
  }
  return undefined;
};

function basicFinding(value: unknown): Finding {
  const { name, severity, attributes } = fields(value);
  const told = list(attributes);
  const packageName = attribute(told, "package_name");
  return {
    id: text(name) ?? UNNAMED,
    severity: severityOf(severity),
    packages:
      packageName === undefined
        ? []
        : [{ name: packageName, version: attribute(told, "package_version"), fixedIn: undefined }],
    fix: "untold",
    hasExploit: false,
    isActive: true,
    publishedAt: undefined,
  };
}

/** Inspector's word where it has no version. */
const NO_VERSION = "NotAvailable";

const packageOf = (value: unknown): VulnerablePackage => {
  const { name, version, fixedInVersion } = fields(value);
  const fixedIn = text(fixedInVersion);
  return { name: text(name) ?? "", version: text(version), fixedIn: fixedIn === NO_VERSION ? undefined : fixedIn };
};

const FIXES: Readonly<Record<string, FixStatus>> = { YES: "yes", PARTIAL: "partial", NO: "no" };

const fixOf = (told: unknown, packages: readonly VulnerablePackage[]): FixStatus =>
  FIXES[typeof told === "string" ? told : ""] ??
  (packages.some(({ fixedIn }) => fixedIn !== undefined) ? "yes" : "untold");

/** An enhanced finding, of ECR's answer or of an `Inspector2 Finding` event. */
function enhancedFinding(value: unknown): Finding {
  const { severity, status, fixAvailable, exploitAvailable, packageVulnerabilityDetails, title } = fields(value);
  const details = fields(packageVulnerabilityDetails);
  const packages = list(details.vulnerablePackages).map(packageOf);
  return {
    id: text(details.vulnerabilityId) ?? text(title) ?? UNNAMED,
    severity: severityOf(severity),
    packages,
    fix: fixOf(fixAvailable, packages),
    hasExploit: exploitAvailable === "YES",
    isActive: status !== "SUPPRESSED" && status !== "CLOSED",
    publishedAt: details.vendorCreatedAt === undefined ? undefined : instantOf(details.vendorCreatedAt),
  };
}

const STATES: Readonly<Record<string, ScanState>> = {
  COMPLETE: "complete",
  ACTIVE: "complete",
  IN_PROGRESS: "in-progress",
  PENDING: "in-progress",
  FAILED: "failed",
  UNSUPPORTED_IMAGE: "unsupported",
  SCAN_ELIGIBILITY_EXPIRED: "eligibility-expired",
  FINDINGS_UNAVAILABLE: "findings-unavailable",
  LIMIT_EXCEEDED: "limit-exceeded",
  IMAGE_ARCHIVED: "image-archived",
};

const stateOf = (status: string, description: string): ScanState => {
  const state = STATES[status] ?? "unknown-status";
  return state === "failed" && description.startsWith("UnsupportedImageError") ? "unsupported" : state;
};

const countsOf = (value: unknown): ImageScan["counts"] => {
  const counts: Partial<Record<Severity, number>> = {};
  for (const [word, count] of Object.entries(fields(value))) {
    if (typeof count !== "number" || word === "TOTAL") continue;
    const severity = severityOf(word);
    counts[severity] = (counts[severity] ?? 0) + count;
  }
  return counts;
};

/** The scan that these pages tell of together; `isWhole` says that none was left out. */
export function readScan(pages: readonly unknown[], isWhole = true): ImageScan {
  const [first] = pages;
  const { status, description } = fields(fields(first).imageScanStatus);
  const said = text(description) ?? "";
  const word = text(status) ?? "";
  const summary = fields(fields(first).imageScanFindings);
  const hasFindings = pages.length > 0 && pages.every((page) => fields(page).imageScanFindings instanceof Object);
  const findings: Finding[] = [];
  for (const page of pages) {
    const { findings: basic, enhancedFindings } = fields(fields(page).imageScanFindings);
    for (const each of list(basic)) findings.push(basicFinding(each));
    for (const each of list(enhancedFindings)) findings.push(enhancedFinding(each));
  }
  return {
    state: stateOf(word, said),
    description: said === "" ? word : said,
    findings: hasFindings ? findings : undefined,
    counts: countsOf(summary.findingSeverityCounts),
    completedAt: summary.imageScanCompletedAt === undefined ? undefined : instantOf(summary.imageScanCompletedAt),
    isContinuous: word === "ACTIVE",
    isWhole,
  };
}

/** The scan of an image that has none, or that is not there. */
export const unscanned = (state: "no-scan" | "image-gone", description: string): ImageScan => ({
  state,
  description,
  findings: undefined,
  counts: {},
  completedAt: undefined,
  isContinuous: false,
  isWhole: true,
});
