import { describe, expect, test } from "vitest";
import { finding, gateSettings, judgeFacts, NOW, scan } from "../../test/builders/gate.ts";
import type { ScanState } from "../domain/finding.ts";
import { judge } from "./judge.ts";
import { unscanned } from "./read-scan.ts";
import type { GateSettings } from "./settings.ts";

const high = () => finding({ severity: "HIGH" });
const rules = ({ decided }: ReturnType<typeof judge>) => decided.map(({ rule }) => rule);

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
