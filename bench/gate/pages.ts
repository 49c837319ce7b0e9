/** Answers of DescribeImageScanFindings with thousands of findings, as text: shapes of our own, or recorded ones repeated. */

type Fields = Readonly<Record<string, unknown>>;

/** Findings of one kind, and under which name an answer lists them. */
export interface Shape {
  readonly name: string;
  readonly list: "findings" | "enhancedFindings";
  readonly finding: (number: number) => Fields;
}

/** The most that a page holds. Source: ECR API reference, DescribeImageScanFindings. */
const FINDINGS_PER_PAGE = 1000;

const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"] as const;
const SENTENCE = "A flaw in the handling of crafted input lets a remote attacker end the process. ";

const idOf = (number: number): string => `CVE-2026-${number}`;
const severityOf = (number: number) => SEVERITIES[number % SEVERITIES.length];
const packageOf = (number: number) => ({
  name: `package-${number % 600}`,
  version: `1.${number % 50}`,
  fixedInVersion: `0:2.${number % 70}-1`,
});

const basic = (number: number): Fields => ({
  name: idOf(number),
  severity: severityOf(number),
  attributes: [
    { key: "package_version", value: `1.${number % 50}` },
    { key: "package_name", value: `package-${number % 600}` },
  ],
});

const enhanced = (number: number): Fields => ({
  severity: severityOf(number),
  status: "ACTIVE",
  fixAvailable: "YES",
  exploitAvailable: number % 100 === 0 ? "YES" : "NO",
  packageVulnerabilityDetails: {
    vulnerabilityId: idOf(number),
    vendorCreatedAt: `20${10 + (number % 17)}-${10 + (number % 3)}-${10 + (number % 19)}T00:00:00Z`,
    vulnerablePackages: [packageOf(number)],
  },
});

/** From nothing but a name and a severity to what both kinds of scanning answer. */
export const shapes: readonly Shape[] = [
  {
    name: "basic, name and severity alone",
    list: "findings",
    finding: (number) => ({ name: idOf(number), severity: severityOf(number) }),
  },
  { name: "basic, with its package", list: "findings", finding: basic },
  {
    name: "basic, described",
    list: "findings",
    finding: (number) => ({ ...basic(number), uri: `https://example.com/${number}`, description: SENTENCE.repeat(4) }),
  },
  { name: "enhanced, what the policy reads alone", list: "enhancedFindings", finding: enhanced },
  {
    name: "enhanced, every fix a version of its own",
    list: "enhancedFindings",
    finding: (number) => {
      const { packageVulnerabilityDetails, ...rest } = enhanced(number);
      const vulnerablePackages = [{ ...packageOf(number), fixedInVersion: `2:${number}.${number}-r${number}` }];
      return {
        ...rest,
        packageVulnerabilityDetails: { ...(packageVulnerabilityDetails as Fields), vulnerablePackages },
      };
    },
  },
];

/** The pages of an image with so many findings of the shape. */
export const pagesOf = ({ list, finding }: Shape, count: number): readonly string[] =>
  Array.from({ length: Math.ceil(count / FINDINGS_PER_PAGE) }, (_, page) => {
    const from = page * FINDINGS_PER_PAGE;
    const length = Math.min(FINDINGS_PER_PAGE, count - from);
    return JSON.stringify({
      imageScanStatus: { status: list === "findings" ? "COMPLETE" : "ACTIVE", description: "done" },
      imageScanFindings: {
        [list]: Array.from({ length }, (__, at) => finding(from + at)),
        findingSeverityCounts: { CRITICAL: Math.floor(count / SEVERITIES.length) },
      },
    });
  });

const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

/** The findings of a recorded answer over and over, each a vulnerability of its own; undefined when it has none. */
export function recorded(name: string, answer: unknown): Shape | undefined {
  const told = fields(fields(answer).imageScanFindings);
  const list = Array.isArray(told.enhancedFindings) ? "enhancedFindings" : "findings";
  const findings = told[list];
  if (!Array.isArray(findings) || findings.length === 0) return undefined;
  return {
    name,
    list,
    finding(number) {
      const finding = fields(findings[number % findings.length]);
      if (list === "findings") return { ...finding, name: idOf(number) };
      const details = fields(finding.packageVulnerabilityDetails);
      return { ...finding, packageVulnerabilityDetails: { ...details, vulnerabilityId: idOf(number) } };
    },
  };
}
