import { describe, expect, test } from "vitest";
import { finding, gateSettings, judgeFacts, NOW, scan, waiver } from "../../test/builders/gate.ts";
import { judge } from "./judge.ts";
import type { GateSettings } from "./settings.ts";

const high = (over = {}) => finding({ severity: "HIGH", ...over });
const verdictOf = (findings: Parameters<typeof scan>[0], settings: Partial<GateSettings> = {}, over = {}) =>
  judge(judgeFacts({ scan: scan(findings), ...over }), gateSettings(settings));
const rules = ({ decided }: ReturnType<typeof judge>) => decided.map(({ rule }) => rule);

test("a finished scan without findings is clean", () => {
  expect(verdictOf([])).toMatchObject({
    outcome: "allow",
    isPending: false,
    decided: [],
    updates: [],
    withoutUpdate: [],
  });
});

// biome-ignore format: a table reads as a table
test.each<[string, Parameters<typeof scan>[0], Partial<GateSettings>, string, string[]]>([
  ["one CRITICAL where none may be", [finding({ severity: "CRITICAL" })], {}, "block", ["too-many-critical"]],
  ["one HIGH where none may be", [high()], {}, "block", ["too-many-high"]],
  ["as many as may be", [high(), high()], { maxHigh: 2 }, "allow", []],
  ["one more than may be", [high(), high(), high()], { maxHigh: 2 }, "block", ["too-many-high"]],
  ["MEDIUM above its bound", [finding({ severity: "MEDIUM" })], { maxMedium: 0 }, "block", ["too-many-medium"]],
  ["LOW above its bound", [finding({ severity: "LOW" })], { maxLow: 0 }, "block", ["too-many-low"]],
  ["INFORMATIONAL never", [finding({ severity: "INFORMATIONAL" })], { maxLow: 0 }, "allow", []],
  ["two bounds broken at once", [high(), finding({ severity: "CRITICAL" })], {}, "block", ["too-many-critical", "too-many-high"]],
  ["a severity nobody ranked", [finding({ severity: "UNKNOWN" })], {}, "ask", ["unknown-severity"]],
  ["the same where that is said to pass", [finding({ severity: "UNKNOWN" })], { unknownSeverity: "allow" }, "allow", []],
  ["a finding without a fix", [high({ fix: "no" })], {}, "allow", []],
  ["without a fix where all count", [high({ fix: "no" })], { counts: "all" }, "block", ["too-many-high"]],
  ["a fix that is not told", [high({ fix: "untold" })], {}, "block", ["too-many-high"]],
  ["not told where only those with a fix count", [high({ fix: "untold" })], { counts: "fixable" }, "allow", []],
  ["a fix for some of its packages", [high({ fix: "partial" })], { counts: "fixable" }, "block", ["too-many-high"]],
  ["what Inspector suppresses", [high({ isActive: false })], {}, "allow", []],
  ["an exploit where that blocks", [high({ fix: "no", hasExploit: true })], { exploitAvailable: "block" }, "block", ["exploit-available"]],
  ["an exploit where it only counts", [high({ fix: "no", hasExploit: true })], {}, "allow", []],
])("%s", (_, findings, settings, outcome, expected) => {
  const verdict = verdictOf(findings, settings);
  expect([verdict.outcome, rules(verdict)]).toEqual([outcome, expected]);
});

describe("dangers", () => {
  const quiet = high({ id: "CVE-2026-1", fix: "no" });

  test("a finding that is being exploited blocks without a fix and in its grace", () => {
    const threats = { "CVE-2026-1": { isExploited: true } };
    const verdict = verdictOf([high({ id: "cve-2026-1", fix: "no" })], { graceDaysHigh: 365 }, { threats });
    expect([verdict.outcome, rules(verdict)]).toEqual(["block", ["known-exploited"]]);
  });

  test.each([
    [0.5, "ask"],
    [0.49, "allow"],
  ])("an EPSS of %d comes to %s where 0.5 is asked about", (epss, outcome) => {
    expect(verdictOf([quiet], {}, { threats: { "CVE-2026-1": { epss } } }).outcome).toBe(outcome);
  });

  test("what a danger only counts for is no rule, and has to go for no reason of its own", () => {
    const findings = [high({ fix: "no", hasExploit: true }), high({ id: "CVE-2026-2" })];
    const verdict = verdictOf(findings);
    expect(verdict).toMatchObject({ tolerated: [], dangers: [], updates: [{ fixes: 1 }], withoutUpdate: [] });
    expect(verdict.ignored).toMatchObject([{ because: "no-fix" }]);
    expect(verdictOf(findings, { exploitAvailable: "block" }).ignored).toEqual([]);
  });

  // biome-ignore format: a table reads as a table
  test.each([
    ["a critical finding with an exploit", finding({ severity: "CRITICAL", hasExploit: true }), true],
    ["a critical finding without", finding({ severity: "CRITICAL" }), false],
    ["a high finding with one", high({ hasExploit: true }), false],
  ])("%s is known as what may be taken back at once: %s", (_, one, isExploitable) => {
    expect(verdictOf([one]).hasExploitableCritical).toBe(isExploitable);
  });

  test("what counts and is dangerous is told by both rules", () => {
    const verdict = verdictOf([high({ hasExploit: true })], { exploitAvailable: "block" });
    expect(rules(verdict)).toEqual(["too-many-high", "exploit-available"]);
  });
});

describe("grace", () => {
  const settings = { graceDaysHigh: 10, graceDaysCritical: 10, graceDaysMedium: 10, graceDaysLow: 10 };

  // biome-ignore format: a table reads as a table
  test.each([
    ["the last second of ten days after publication", "2026-11-13T12:00:01.000Z", undefined, "allow"],
    ["ten days after publication", "2026-11-13T12:00:00.000Z", undefined, "block"],
    ["an old publication with a new fix", "2020-01-01T00:00:00.000Z", "2026-11-20T00:00:00.000Z", "allow"],
    ["a new publication with an old fix", "2026-11-20T00:00:00.000Z", "2026-11-01T00:00:00.000Z", "block"],
    ["no date at all", undefined, undefined, "block"],
  ])("%s", (_, publishedAt, fixedAt, outcome) => {
    const threats = fixedAt === undefined ? {} : { "CVE-2026-1": { fixedAt } };
    expect(verdictOf([high({ id: "CVE-2026-1", publishedAt })], settings, { threats }).outcome).toBe(outcome);
  });

  test("a verdict says until when grace makes it so", () => {
    const verdict = verdictOf([high({ publishedAt: "2026-11-20T00:00:00.000Z" })], settings);
    expect(verdict).toMatchObject({
      validUntil: "2026-11-30T00:00:00.000Z",
      ignored: [{ because: "in-grace", count: 1 }],
    });
  });

  test.each(["CRITICAL", "HIGH", "MEDIUM", "LOW"] as const)("is given to %s findings by their own days", (severity) => {
    const none = {
      maxMedium: 0,
      maxLow: 0,
      graceDaysCritical: 0,
      graceDaysHigh: 0,
      graceDaysMedium: 0,
      graceDaysLow: 0,
    };
    const name = `graceDays${severity.charAt(0)}${severity.slice(1).toLowerCase()}`;
    const one = finding({ severity, publishedAt: "2026-11-20T00:00:00.000Z" });
    expect(verdictOf([one], none).outcome).toBe("block");
    expect(verdictOf([one], { ...none, [name]: 10 }).outcome).toBe("allow");
  });

  test("that is over says nothing of when the verdict changes", () => {
    const verdict = verdictOf([high({ publishedAt: "2026-11-01T00:00:00.000Z" })], settings);
    expect(verdict.validUntil).toBe("2026-12-23T06:00:00.000Z");
  });

  test("is none where none is given, even before the day of publication", () => {
    expect(verdictOf([high({ publishedAt: "2026-12-01T00:00:00.000Z" })]).outcome).toBe("block");
  });

  test("a finding of unknown severity has none", () => {
    const verdict = verdictOf([finding({ severity: "UNKNOWN", publishedAt: NOW })], settings);
    expect(verdict.outcome).toBe("ask");
  });
});

describe("packages out of scope", () => {
  const named = (...names: string[]) => high({ packages: names.map((name) => ({ name, version: "1", fixedIn: "2" })) });

  test.each([
    [named("linux-libc-dev"), "allow"],
    [named("linux-headers-6.1.0-18-amd64", "kernel-headers"), "allow"],
    [named("linux-libc-dev", "openssl"), "block"],
    [named(), "block"],
  ])("%o comes to %s", (one, outcome) => {
    expect(verdictOf([one]).outcome).toBe(outcome);
  });

  test("are told as such", () => {
    expect(verdictOf([named("linux-libc-dev")]).ignored).toMatchObject([{ because: "out-of-scope", count: 1 }]);
  });

  test("a package without a name is not one of them", () => {
    expect(verdictOf([named("")]).outcome).toBe("block");
    expect(verdictOf([named("")], { outOfScopePackages: "" }).outcome).toBe("block");
    expect(verdictOf([named("")], { outOfScopePackages: "curl  zlib" }).outcome).toBe("block");
  });

  test("none are, where none are named", () => {
    expect(verdictOf([named("linux-libc-dev")], { outOfScopePackages: "" }).outcome).toBe("block");
  });
});

describe("waivers", () => {
  const one = high({ id: "CVE-2026-1" });
  // biome-ignore format: a table reads as a table
  test.each([
    ["of the finding", waiver(), "allow"],
    ["in other letters", waiver({ finding: "cve-2026-1" }), "allow"],
    ["of another finding", waiver({ finding: "CVE-2026-2" }), "block"],
    ["in their last instant", waiver({ expiresAt: NOW }), "allow"],
    ["that ended", waiver({ expiresAt: "2026-11-23T11:59:59.999Z" }), "block"],
    ["for this package", waiver({ scope: { package: "open*" } }), "allow"],
    ["for another package", waiver({ scope: { package: "curl" } }), "block"],
    ["for this repository", waiver({ scope: { repository: "order-*" } }), "allow"],
    ["for another repository", waiver({ scope: { repository: "worker" } }), "block"],
    ["for this service", waiver({ scope: { service: "production/order-service" } }), "allow"],
    ["for another service", waiver({ scope: { service: "production/worker" } }), "block"],
    ["for this environment", waiver({ scope: { environment: "production" } }), "allow"],
    ["for another environment", waiver({ scope: { environment: "staging" } }), "block"],
    ["for this environment and another service", waiver({ scope: { environment: "production", service: "production/worker" } }), "block"],
  ])("%s", (_, each, outcome) => {
    expect(verdictOf([one], {}, { waivers: [each] }).outcome).toBe(outcome);
  });

  test("are told each, once", () => {
    const findings = [one, one, high({ id: "CVE-2026-2" })];
    const { waivers } = verdictOf(findings, {}, { waivers: [waiver(), waiver({ finding: "CVE-2026-2" })] });
    expect(waivers.map((each) => each.finding)).toEqual(["CVE-2026-1", "CVE-2026-2"]);
  });

  test("for a service say nothing of an image that nobody runs", () => {
    const image = { repository: "order-service", service: undefined };
    const waivers = [waiver({ scope: { service: "*/*" } }), waiver({ scope: { environment: "*" } })];
    expect(verdictOf([one], {}, { waivers, image }).outcome).toBe("block");
  });

  test("for a package say nothing of a finding without packages", () => {
    const bare = high({ id: "CVE-2026-1", packages: [] });
    expect(verdictOf([bare], {}, { waivers: [waiver({ scope: { package: "*" } })] }).outcome).toBe("block");
  });

  test("for one package do not hide another package of the same finding", () => {
    const two = high({
      id: "CVE-2026-1",
      packages: [
        { name: "openssl", version: "1", fixedIn: "2" },
        { name: "curl", version: "1", fixedIn: "2" },
      ],
    });
    expect(verdictOf([two], {}, { waivers: [waiver({ scope: { package: "openssl" } })] }).outcome).toBe("block");
  });

  test("are told with their owner, the one that holds longest, and until when the verdict holds", () => {
    const waivers = [waiver(), waiver({ expiresAt: "2027-06-30T23:59:59.999Z", owner: "security" })];
    expect(verdictOf([one], { maxScanAgeDays: 900 }, { waivers })).toMatchObject({
      waivers: [{ finding: "CVE-2026-1", owner: "security", expiresAt: "2027-06-30T23:59:59.999Z" }],
      ignored: [{ because: "waived", count: 1, findings: ["CVE-2026-1"] }],
      validUntil: "2027-07-01T00:00:00.000Z",
    });
  });
});

describe("the summary and the pages", () => {
  test("what the summary counts and no page lists counts in full, and is asked about", () => {
    const verdict = judge(judgeFacts({ scan: scan([], { counts: { HIGH: 2 } }) }), gateSettings());
    expect(verdict).toMatchObject({ outcome: "block", counted: { HIGH: 2 }, updates: [] });
    expect(verdict.tolerated).toEqual([{ rule: "page-missing", outcome: "ask", count: 2, findings: [] }]);
  });

  test("an unranked finding that no page lists is asked about", () => {
    const verdict = judge(
      judgeFacts({ scan: scan([], { counts: { UNKNOWN: 1 } }) }),
      gateSettings({ pageMissing: "allow" }),
    );
    expect(rules(verdict)).toEqual(["unknown-severity"]);
  });

  test("a page that could not be read is asked about even when the numbers agree", () => {
    const verdict = judge(judgeFacts({ scan: scan([], { isWhole: false }) }), gateSettings());
    expect(rules(verdict)).toEqual(["page-missing"]);
  });

  test("unranked findings are counted, listed or not", () => {
    const unranked = scan([finding({ severity: "UNKNOWN" })], { counts: { UNKNOWN: 3 } });
    expect(judge(judgeFacts({ scan: unranked }), gateSettings()).decided[0]).toMatchObject({
      rule: "unknown-severity",
      count: 3,
    });
  });

  test("a summary without any findings object beside it counts as well", () => {
    const lost = scan(undefined, { findings: undefined, counts: { CRITICAL: 1 } });
    const verdict = judge(judgeFacts({ scan: lost }), gateSettings());
    expect([rules(verdict), verdict.ignored]).toEqual([["too-many-critical"], []]);
  });

  test("more on the pages than in the summary count as they are listed", () => {
    expect(judge(judgeFacts({ scan: scan([high()], { counts: {} }) }), gateSettings()).outcome).toBe("block");
  });
});

test("a rule names some of its findings and counts all", () => {
  const verdict = verdictOf(Array.from({ length: 40 }, () => high()));
  expect(verdict.decided[0]?.findings).toHaveLength(10);
  expect(verdict.decided[0]?.count).toBe(40);
});

test("a danger names some of its findings, who says so, and counts all", () => {
  const verdict = verdictOf(
    Array.from({ length: 12 }, () => high({ fix: "no", hasExploit: true })),
    {
      exploitAvailable: "ask",
    },
  );
  expect(verdict.decided).toMatchObject([{ rule: "exploit-available", outcome: "ask", count: 12 }]);
  expect(verdict.decided[0]?.findings).toHaveLength(10);
  expect(verdict.dangers).toHaveLength(10);
  expect(verdict.dangers[0]).toEqual({
    finding: verdict.decided[0]?.findings[0],
    rule: "exploit-available",
    saidBy: "scan",
  });
});

test("what did not count is told with its reason", () => {
  const findings = [high({ fix: "no" }), high({ fix: "no" }), high({ isActive: false })];
  expect(verdictOf(findings).ignored.map(({ because, count }) => [because, count])).toEqual([
    ["no-fix", 2],
    ["suppressed", 1],
  ]);
});
