/** What the state of a scan calls for, before any finding is looked at. */
import type { ImageScan, ScanState } from "#shared/domain/finding.ts";
import { addSeconds, epochMs, type Instant } from "#shared/domain/time.ts";
import type { Applied, Rule } from "#shared/domain/verdict.ts";
import type { GateSettings } from "./settings.ts";

type OutcomeSetting =
  | "scanInProgressTooLong"
  | "noScan"
  | "scanFailed"
  | "scanUnsupported"
  | "eligibilityExpired"
  | "findingsUnavailable"
  | "imageArchived"
  | "limitExceeded";

const RULES: Readonly<Record<Exclude<ScanState, "complete">, readonly [Rule, OutcomeSetting]>> = {
  "in-progress": ["scan-in-progress-too-long", "scanInProgressTooLong"],
  "no-scan": ["no-scan", "noScan"],
  failed: ["scan-failed", "scanFailed"],
  unsupported: ["scan-unsupported", "scanUnsupported"],
  "eligibility-expired": ["eligibility-expired", "eligibilityExpired"],
  "findings-unavailable": ["findings-unavailable", "findingsUnavailable"],
  "image-archived": ["image-archived", "imageArchived"],
  "limit-exceeded": ["limit-exceeded", "limitExceeded"],
  "image-gone": ["image-gone", "imageArchived"],
  "unknown-status": ["unknown-scan-status", "findingsUnavailable"],
};

const NOT_YET: ReadonlySet<ScanState> = new Set(["in-progress", "no-scan"]);

export interface StateRule {
  readonly applied: readonly Applied[];
  /** The scan may still come, and the time to wait for it is not over. */
  readonly isPending: boolean;
  readonly changesAt: string | undefined;
}

/** A scan that is not there yet is waited for; every other state but a finished scan with findings has its outcome. */
export function stateRule(
  { state, findings }: ImageScan,
  waitingSince: Instant | undefined,
  now: Instant,
  settings: GateSettings,
): StateRule {
  if (state === "complete" && findings !== undefined) return { applied: [], isPending: false, changesAt: undefined };
  const [rule, setting] = RULES[state === "complete" ? "findings-unavailable" : state];
  const until = addSeconds(waitingSince ?? now, settings.waitForScanMinutes * 60);
  const isPending = NOT_YET.has(state) && epochMs(now) < epochMs(until);
  const outcome = settings[setting];
  return {
    // A scan that is not there yet allows nothing, whatever is said of it in the end.
    applied: [{ rule, outcome: isPending && outcome === "allow" ? "ask" : outcome, count: 1, findings: [] }],
    isPending,
    changesAt: isPending ? until : undefined,
  };
}
