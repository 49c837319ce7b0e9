/** Scans, findings and settings of the gate: a finished scan without findings, under the shipped defaults. */
import { parseConfig } from "#shared/config/parse.ts";
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Finding, ImageScan, Severity } from "#shared/domain/finding.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import type { JudgeFacts } from "#shared/gate/judge.ts";
import type { ContainerImage } from "#shared/gate/judge-deployment.ts";
import type { GateSettings } from "#shared/gate/settings.ts";

export const NOW = "2026-11-23T12:00:00.000Z";

export const gateSettings = (over: Partial<GateSettings> = {}): GateSettings => ({
  ...resolveSettings(parseConfig({}, "the defaults")).settings.gate,
  ...over,
});

let named = 0;

/** A finding that has a fix; each its own vulnerability unless told otherwise. */
export const finding = (over: Partial<Finding> = {}): Finding => {
  named += 1;
  return {
    id: `CVE-2026-${String(named).padStart(5, "0")}`,
    severity: "HIGH",
    packages: [{ name: "openssl", version: "3.0.1", fixedIn: "3.0.2" }],
    fix: "yes",
    hasExploit: false,
    isActive: true,
    publishedAt: "2026-11-01T00:00:00.000Z",
    ...over,
  };
};

/** How many of each severity a list holds, as the summary of an answer tells it. */
export const countsOf = (findings: readonly Finding[]): ImageScan["counts"] => {
  const counts: Partial<Record<Severity, number>> = {};
  for (const { severity } of findings) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};

/** A basic scan finished this morning. */
export const scan = (findings: readonly Finding[] = [], over: Partial<ImageScan> = {}): ImageScan => ({
  state: "complete",
  description: "The scan was completed successfully.",
  findings,
  counts: countsOf(findings),
  completedAt: "2026-11-23T06:00:00.000Z",
  isContinuous: false,
  isWhole: true,
  ...over,
});

export const waiver = (over: Partial<Waiver> = {}): Waiver => ({
  finding: "CVE-2026-1",
  scope: {},
  reason: "not reachable",
  owner: "orders-team",
  expiresAt: "2026-12-31T23:59:59.999Z",
  origin: "configuration",
  ...over,
});

export const judgeFacts = (over: Partial<JudgeFacts> = {}): JudgeFacts => ({
  now: NOW,
  scan: scan(),
  image: { repository: "order-service", service: { cluster: "production", name: "order-service" } },
  waivers: [],
  threats: {},
  waitingSince: undefined,
  ...over,
});

/** A container's image in a repository of ours, found and scanned clean. */
export const image = (over: Partial<ContainerImage> = {}): ContainerImage => ({
  container: "app",
  reference: "111122223333.dkr.ecr.us-east-1.amazonaws.com/order-service:v1",
  kind: "ecr",
  registryId: "111122223333",
  repository: "order-service",
  tag: "v1",
  isMovable: false,
  digest: `sha256:${"d".repeat(64)}`,
  image: `sha256:${"d".repeat(64)}`,
  scan: scan(),
  ...over,
});
