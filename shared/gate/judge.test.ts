import { describe, expect, test } from "vitest";
import { finding, gateSettings, judgeFacts, NOW, scan, waiver } from "../../test/builders/gate.ts";
import type { ScanState } from "../domain/finding.ts";
import { judge } from "./judge.ts";
import { unscanned } from "./read-scan.ts";
import type { GateSettings } from "./settings.ts";

const high = (over = {}) => finding({ severity: "HIGH", ...over });
const verdictOf = (findings: Parameters<typeof scan>[0], settings: Partial<GateSettings> = {}, over = {}) =>
  judge(judgeFacts({ scan: scan(findings), ...over }), gateSettings(settings));
const rules = ({ decided }: ReturnType<typeof judge>) => decided.map(({ rule }) => rule);

test("a finished scan without findings is clean", () => {
  expect(verdictOf([])).toMatchObject({ outcome: "allow", isPending: false, decided: [], updates: [] });
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
    expect(verdict.tolerated).toMatchObject([{ rule: "page-missing", outcome: "ask", count: 2 }]);
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

  test("more on the pages than in the summary count as they are listed", () => {
    expect(judge(judgeFacts({ scan: scan([high()], { counts: {} }) }), gateSettings()).outcome).toBe("block");
  });
});

describe("the state of a scan", () => {
  const states: readonly [ScanState, string, keyof GateSettings][] = [
    ["in-progress", "scan-in-progress-too-long", "scanInProgressTooLong"],
    ["no-scan", "no-scan", "noScan"],
    ["failed", "scan-failed", "scanFailed"],
    ["unsupported", "scan-unsupported", "scanUnsupported"],
    ["eligibility-expired", "eligibility-expired", "eligibilityExpired"],
    ["findings-unavailable", "findings-unavailable", "findingsUnavailable"],
    ["image-archived", "image-archived", "imageArchived"],
    ["image-gone", "image-gone", "imageArchived"],
    ["limit-exceeded", "limit-exceeded", "limitExceeded"],
    ["unknown-status", "unknown-scan-status", "findingsUnavailable"],
    ["complete", "findings-unavailable", "findingsUnavailable"],
  ];
  const waitingSince = "2026-11-23T11:30:00.000Z";

  test.each(
    states.flatMap(([state, rule, setting]) =>
      (["allow", "ask", "block"] as const).map((outcome) => [state, rule, setting, outcome] as const),
    ),
  )("%s is decided by %s as %s says: %s", (state, rule, setting, outcome) => {
    const told = scan(undefined, { state, findings: undefined });
    const verdict = judge(judgeFacts({ scan: told, waitingSince }), gateSettings({ [setting]: outcome }));
    expect(verdict).toMatchObject({ outcome, isPending: false });
    expect((outcome === "allow" ? verdict.tolerated : verdict.decided).map((each) => each.rule)).toEqual([rule]);
  });

  test.each(["in-progress", "no-scan"] as const)("%s is waited for, and nothing runs meanwhile", (state) => {
    const told = scan(undefined, { state, findings: undefined });
    const settings = gateSettings({ scanInProgressTooLong: "allow", noScan: "allow" });
    const since = "2026-11-23T11:30:00.001Z";
    expect(judge(judgeFacts({ scan: told, waitingSince: since }), settings)).toMatchObject({
      outcome: "ask",
      isPending: true,
      validUntil: "2026-11-23T12:00:00.001Z",
    });
    expect(judge(judgeFacts({ scan: told }), settings).isPending).toBe(true);
    expect(judge(judgeFacts({ scan: told, waitingSince }), settings)).toMatchObject({
      outcome: "allow",
      isPending: false,
    });
  });

  test("what is waited for and blocks in the end blocks meanwhile as well, about no finding", () => {
    const told = scan(undefined, { state: "in-progress", findings: undefined });
    expect(judge(judgeFacts({ scan: told }), gateSettings({ scanInProgressTooLong: "block" }))).toMatchObject({
      outcome: "block",
      isPending: true,
      decided: [{ rule: "scan-in-progress-too-long", count: 1, findings: [] }],
    });
  });

  test("no findings in a scan that is kept no longer are not enough to pass", () => {
    const told = scan([], { state: "eligibility-expired" });
    expect(rules(judge(judgeFacts({ scan: told }), gateSettings()))).toEqual(["eligibility-expired"]);
  });

  test("findings of a scan that is kept no longer still block", () => {
    const told = scan([high()], { state: "eligibility-expired" });
    expect(rules(judge(judgeFacts({ scan: told }), gateSettings({ eligibilityExpired: "allow" })))).toEqual([
      "too-many-high",
    ]);
  });

  test("an image that was never scanned has no findings, which is not the same as none", () => {
    expect(judge(judgeFacts({ scan: unscanned("image-gone", "gone") }), gateSettings()).outcome).toBe("block");
  });
});

describe("the age of a scan", () => {
  const old = { completedAt: "2026-10-24T11:59:59.000Z" };

  test("one second too old is asked about", () => {
    expect(rules(judge(judgeFacts({ scan: scan([], old) }), gateSettings()))).toEqual(["stale-scan"]);
  });

  test("a verdict on a scan that is stale already does not change by growing older", () => {
    expect(judge(judgeFacts({ scan: scan([], old) }), gateSettings()).validUntil).toBeUndefined();
  });

  test("exactly as old as allowed passes, and the verdict says until when", () => {
    const verdict = judge(judgeFacts({ scan: scan([], { completedAt: "2026-10-24T12:00:00.000Z" }) }), gateSettings());
    expect(verdict).toMatchObject({ outcome: "allow", validUntil: NOW });
  });

  test("a scan that Inspector keeps up to date is never stale", () => {
    expect(judge(judgeFacts({ scan: scan([], { ...old, isContinuous: true }) }), gateSettings()).outcome).toBe("allow");
  });

  test("a scan that does not say when it ended has no age", () => {
    const verdict = judge(judgeFacts({ scan: scan([], { completedAt: undefined }) }), gateSettings());
    expect(verdict).toMatchObject({ outcome: "allow", validUntil: undefined });
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
