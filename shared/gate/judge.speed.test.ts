import { expect, test } from "vitest";
import { gateSettings, judgeFacts, waiver } from "../../test/builders/gate.ts";
import { judge } from "./judge.ts";
import { readScan } from "./read-scan.ts";

const SEVERITIES = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"];
const WORDS =
  "A flaw was found in the handling of crafted input, which lets a remote attacker end the process. ".repeat(3);

const basic = (number: number): object => ({
  name: `CVE-2026-${number}`,
  description: WORDS,
  uri: `https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2026-${number}`,
  severity: SEVERITIES[number % SEVERITIES.length],
  attributes: [
    { key: "package_version", value: `1.${number % 50}` },
    { key: "package_name", value: `package-${number % 600}` },
    { key: "CVSS3_VECTOR", value: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:L" },
    { key: "CVSS3_SCORE", value: "6.5" },
  ],
});

/** Pages of an image with ten thousand findings, as text. */
const pages = Array.from({ length: 10 }, (_, page) =>
  JSON.stringify({
    imageScanStatus: { status: "COMPLETE", description: "done" },
    imageScanFindings: {
      findings: Array.from({ length: 1000 }, (__, at) => basic(page * 1000 + at)),
      findingSeverityCounts: { CRITICAL: 1667 },
    },
  }),
);

const waivers = Array.from({ length: 200 }, (_, at) => waiver({ finding: `CVE-2026-${at * 7}` }));

const millisecondsOf = (work: () => unknown): number => {
  const from = performance.now();
  work();
  return performance.now() - from;
};

/** The least of several runs is what the work costs; the rest is the machine's. */
const leastOf = (work: () => unknown): number => Math.min(...Array.from({ length: 12 }, () => millisecondsOf(work)));

test.each([
  ["no bound but zero", {}],
  [
    "bounds that leave a choice of updates, and grace",
    { maxCritical: 900, maxHigh: 700, maxMedium: 500, graceDaysHigh: 10 },
  ],
])("judging ten thousand findings costs at most three times the parsing of their pages: %s", (_, settings) => {
  const parsing = leastOf(() => pages.map((page) => JSON.parse(page) as unknown));
  const parsed = pages.map((page) => JSON.parse(page) as unknown);
  const judging = leastOf(() => judge(judgeFacts({ scan: readScan(parsed), waivers }), gateSettings(settings)));
  expect(judging / parsing).toBeLessThanOrEqual(3);
});
