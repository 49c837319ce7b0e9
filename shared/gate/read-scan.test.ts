import { describe, expect, test } from "vitest";
import { instantOf, readScan } from "./read-scan.ts";

const answer = (over: object = {}, findings: object = {}) => ({
  imageScanStatus: { status: "COMPLETE", description: "done" },
  imageScanFindings: {
    findings: [],
    findingSeverityCounts: {},
    imageScanCompletedAt: 1_763_900_000,
    ...findings,
  },
  ...over,
});

const basic = {
  name: "CVE-2021-1",
  severity: "HIGH",
  attributes: [
    { key: "package_version", value: "1.31.1-r16" },
    { key: "package_name", value: "busybox" },
  ],
};

const enhanced = (over: object = {}, details: object = {}) => ({
  severity: "HIGH",
  status: "ACTIVE",
  fixAvailable: "YES",
  exploitAvailable: "NO",
  packageVulnerabilityDetails: {
    vulnerabilityId: "CVE-2024-1",
    vendorCreatedAt: "2024-09-03T00:00:00Z",
    vulnerablePackages: [{ name: "openssl", version: "3.0.13", fixedInVersion: "0:3.0.14" }],
    ...details,
  },
  ...over,
});

const read = (...list: readonly object[]) => readScan([answer({}, { findings: undefined, enhancedFindings: list })]);

test("a basic finding tells its package and nothing of a fix", () => {
  expect(readScan([answer({}, { findings: [basic] })]).findings).toEqual([
    {
      id: "CVE-2021-1",
      severity: "HIGH",
      packages: [{ name: "busybox", version: "1.31.1-r16", fixedIn: undefined }],
      fix: "untold",
      hasExploit: false,
      isActive: true,
      publishedAt: undefined,
    },
  ]);
});

test("an enhanced finding tells fix, exploit and publication", () => {
  expect(read(enhanced()).findings).toEqual([
    {
      id: "CVE-2024-1",
      severity: "HIGH",
      packages: [{ name: "openssl", version: "3.0.13", fixedIn: "0:3.0.14" }],
      fix: "yes",
      hasExploit: false,
      isActive: true,
      publishedAt: "2024-09-03T00:00:00Z",
    },
  ]);
});

// biome-ignore format: a table reads as a table
test.each([
  ["YES", [{ name: "a" }], "yes"],
  ["PARTIAL", [{ name: "a" }], "partial"],
  ["NO", [{ name: "a", fixedInVersion: "2" }], "no"],
  [undefined, [{ name: "a", fixedInVersion: "2" }], "yes"],
  [undefined, [{ name: "a", fixedInVersion: "NotAvailable" }], "untold"],
  ["MAYBE", [{ name: "a" }], "untold"],
])("fixAvailable %s with %o reads as %s", (fixAvailable, vulnerablePackages, fix) => {
  expect(read(enhanced({ fixAvailable }, { vulnerablePackages })).findings?.[0]?.fix).toBe(fix);
});

test("a version that is not available is none", () => {
  const vulnerablePackages = [{ name: "curl", version: "7", fixedInVersion: "NotAvailable" }];
  expect(read(enhanced({}, { vulnerablePackages })).findings?.[0]?.packages[0]?.fixedIn).toBeUndefined();
});

test.each(["UNDEFINED", "UNTRIAGED", "SEVERE", "", undefined, 7])("severity %s ranks nothing", (severity) => {
  expect(readScan([answer({}, { findings: [{ ...basic, severity }] })]).findings?.[0]?.severity).toBe("UNKNOWN");
});

test.each([
  ["ACTIVE", true],
  ["SUPPRESSED", false],
  ["CLOSED", false],
  [undefined, true],
])("an Inspector finding that is %s counts: %s", (status, isActive) => {
  expect(read(enhanced({ status })).findings?.[0]?.isActive).toBe(isActive);
});

test("an exploit is one only when told YES", () => {
  expect(read(enhanced({ exploitAvailable: "YES" }), enhanced({ exploitAvailable: "true" })).findings).toMatchObject([
    { hasExploit: true },
    { hasExploit: false },
  ]);
});

// biome-ignore format: a table reads as a table
test.each([
  ["COMPLETE", "", "complete"],
  ["ACTIVE", "", "complete"],
  ["IN_PROGRESS", "", "in-progress"],
  ["PENDING", "", "in-progress"],
  ["FAILED", "", "failed"],
  ["FAILED", "UnsupportedImageError: The operating system is not supported.", "unsupported"],
  ["UNSUPPORTED_IMAGE", "", "unsupported"],
  ["SCAN_ELIGIBILITY_EXPIRED", "", "eligibility-expired"],
  ["FINDINGS_UNAVAILABLE", "", "findings-unavailable"],
  ["LIMIT_EXCEEDED", "", "limit-exceeded"],
  ["IMAGE_ARCHIVED", "", "image-archived"],
  ["PONDERING", "", "unknown-status"],
  [undefined, "", "unknown-status"],
])("status %s %s is %s", (status, description, state) => {
  expect(readScan([answer({ imageScanStatus: { status, description } })]).state).toBe(state);
});

describe("findings that are not there", () => {
  test.each([null, undefined, "none"])("imageScanFindings: %s is not the same as none found", (imageScanFindings) => {
    expect(readScan([answer({ imageScanFindings })]).findings).toBeUndefined();
  });

  test("nor is one page of several without them, nor no page", () => {
    expect(readScan([answer(), { imageScanFindings: null }]).findings).toBeUndefined();
    expect(readScan([]).findings).toBeUndefined();
  });
});

test("pages are read together, counts from the first", () => {
  const first = answer({}, { findings: [basic], findingSeverityCounts: { HIGH: 2 } });
  const scan = readScan([first, answer({}, { findings: [basic] })], false);
  expect(scan).toMatchObject({ counts: { HIGH: 2 }, isWhole: false });
  expect(scan.findings).toHaveLength(2);
});

test("unranked words are summed, a total is no severity, and what is no number is no count", () => {
  const findingSeverityCounts = { UNDEFINED: 1, UNTRIAGED: 2, TOTAL: 9, HIGH: "many", LOW: 3 };
  expect(readScan([answer({}, { findingSeverityCounts })]).counts).toEqual({ UNKNOWN: 3, LOW: 3 });
});

test("only Inspector's ACTIVE keeps a scan up to date", () => {
  expect(readScan([answer({ imageScanStatus: { status: "ACTIVE" } })]).isContinuous).toBe(true);
  expect(readScan([answer()]).isContinuous).toBe(false);
});

test("an enhanced finding without a vulnerability has its title's name, or none", () => {
  const named = (over: object) => read({ severity: "HIGH", ...over }).findings?.map(({ id }) => id);
  expect(named({ title: "IN1-DOCKER-7 - openssl" })).toEqual(["IN1-DOCKER-7 - openssl"]);
  expect(named({})).toEqual(["unnamed finding"]);
});

test("a status without words tells its own", () => {
  expect(readScan([answer({ imageScanStatus: { status: "FAILED" } })]).description).toBe("FAILED");
});

// biome-ignore format: a table reads as a table
test.each([
  [1_763_900_000.5, "2025-11-23T12:13:20.500Z"],
  ["2020-07-27T07:32:44+00:00", "2020-07-27T07:32:44.000Z"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  ["Wed Sep 04 16:55:38.411 UTC 2024", "2024-09-04T16:55:38.411Z"],
  ["soon", undefined],
  [1e300, undefined],
  [null, undefined],
])("%s is the instant %s", (value, expected) => {
  expect(instantOf(value)).toBe(expected);
});

test.each([
  ["a number", 7],
  ["text", "CVE-2024-1"],
  ["null", null],
  ["a list", []],
  ["an empty object", {}],
  ["attributes that are text", { attributes: "package_name" }],
  ["an attribute that is null", { attributes: [null, { key: "package_name", value: 7 }] }],
])("a malformed finding (%s) counts as one of unknown severity", (_, malformed) => {
  expect(readScan([answer({}, { findings: [malformed] })]).findings).toMatchObject([
    { id: "unnamed finding", severity: "UNKNOWN", packages: [] },
  ]);
});

test("malformed details of an enhanced finding lose nothing of what can be read", () => {
  const list = read(
    { severity: "HIGH", title: "CVE-2024-2 - curl", packageVulnerabilityDetails: 7 },
    enhanced({}, { vulnerablePackages: [null, { name: 7 }], vendorCreatedAt: {} }),
  ).findings;
  expect(list).toMatchObject([
    { id: "CVE-2024-2 - curl", severity: "HIGH", packages: [] },
    { id: "CVE-2024-1", publishedAt: undefined, packages: [{ name: "" }, { name: "" }] },
  ]);
});

test("pages that are no pages are an unknown status without findings", () => {
  expect(readScan([7, null])).toMatchObject({ state: "unknown-status", findings: undefined, completedAt: undefined });
});
