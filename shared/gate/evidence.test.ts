import { expect, test } from "vitest";
import { finding, gateSettings, image, NOW, scan, waiver } from "../../test/builders/gate.ts";
import { verdictEvidence } from "./evidence.ts";
import { type ContainerImage, type DeploymentFacts, judgeDeployment } from "./judge-deployment.ts";
import type { GateSettings } from "./settings.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

const evidenceOf = (
  images: readonly ContainerImage[],
  settings: Partial<GateSettings> = {},
  over: Partial<DeploymentFacts> = {},
) => {
  const service = { arn: "arn", cluster: "production", name: "order-service" };
  const nothing = { replaced: new Set<string>(), tags: {}, waivers: [], threats: {}, waitingSince: undefined };
  const facts = { now: NOW, service, images, ...nothing, ...over };
  return verdictEvidence(judgeDeployment(facts, gateSettings({ maxScanAgeDays: 900, ...settings })));
};

test("images, rules, counts and updates are told in short lines", () => {
  const one = image({ digest: DIGEST, image: DIGEST, scan: scan([finding({ id: "CVE-2026-1" })]) });
  expect(evidenceOf([one])).toEqual({
    verdict: "block",
    passes: undefined,
    justification: undefined,
    images: ["app order-service@sha256:aaaaaaaaaaaa"],
    counted: ["app 1 HIGH"],
    rules: ["app block too-many-high 1: CVE-2026-1"],
    tolerated: undefined,
    ignored: undefined,
    waivers: undefined,
    dangers: undefined,
    updates: ["openssl 3.0.1 -> 3.0.2 (1)"],
    withoutUpdate: undefined,
  });
});

test("of many findings three are named, of three all", () => {
  const named = (count: number) =>
    scan(Array.from({ length: count }, (_, at) => finding({ id: `CVE-2026-${at + 1}`, severity: "MEDIUM" })));
  const ruled = (count: number) => evidenceOf([image({ scan: named(count) })], { maxMedium: 0 }).rules;
  expect(ruled(3)).toEqual(["app block too-many-medium 3: CVE-2026-1, CVE-2026-2, CVE-2026-3"]);
  expect(ruled(4)).toEqual(["app block too-many-medium 4: CVE-2026-1, CVE-2026-2, CVE-2026-3, ..."]);
});

test("a rule about no finding in particular names none, and an image of which nothing is known has no digest", () => {
  const foreign = image({ kind: "foreign", repository: "nginx", digest: undefined, image: undefined, scan: undefined });
  expect(evidenceOf([foreign])).toMatchObject({
    verdict: "ask",
    images: ["app nginx"],
    counted: [],
    rules: ["app ask foreign-image 1"],
    tolerated: undefined,
  });
  expect(evidenceOf([foreign], { foreignImage: "allow" })).toMatchObject({
    rules: undefined,
    tolerated: ["app allow foreign-image 1"],
  });
});

test("versions that nobody tells have words of their own", () => {
  const untold = finding({ fix: "untold", packages: [{ name: "busybox", version: undefined, fixedIn: undefined }] });
  expect(evidenceOf([image({ scan: scan([untold]) })]).updates).toEqual(["busybox ? -> a fixed version (1)"]);
});

test("what did not count, by whose word, and what no update takes away are told", () => {
  const found = scan([finding({ id: "CVE-2026-1" }), finding({ id: "CVE-2026-2", packages: [] })]);
  expect(evidenceOf([image({ scan: found })], {}, { waivers: [waiver()] })).toMatchObject({
    ignored: ["app waived 1"],
    waivers: ["CVE-2026-1 until 2026-12-31, orders-team: not reachable"],
    withoutUpdate: ["CVE-2026-2"],
  });
});

test("it says who calls a finding dangerous", () => {
  const inspector = { saidAt: "2026-11-20T04:00:00.000Z", epss: 0.93, hasExploit: true };
  const threats = { "CVE-2026-1": { isExploited: true, inspector }, "CVE-2026-2": { epss: 0.6 } };
  const found = scan([finding({ id: "CVE-2026-1" }), finding({ id: "CVE-2026-2", hasExploit: true, fix: "no" })]);
  expect(evidenceOf([image({ scan: found })], { exploitAvailable: "ask" }, { threats }).dangers).toEqual([
    "CVE-2026-1 is exploited, says the list given",
    "CVE-2026-1 has an exploit, says Inspector of 2026-11-20",
    "CVE-2026-1 EPSS 0.93, says Inspector of 2026-11-20",
    "CVE-2026-2 has an exploit, says the scan",
    "CVE-2026-2 EPSS 0.6, says the list given",
  ]);
});

test("a record keeps twelve lines of a kind, whatever the number of containers", () => {
  const many = Array.from({ length: 14 }, (_, at) => image({ container: `c${at}`, scan: scan([finding()]) }));
  const { images, counted, rules } = evidenceOf(many);
  expect([images, counted, rules].map((lines) => (Array.isArray(lines) ? lines.length : undefined))).toEqual([
    12, 12, 12,
  ]);
});
