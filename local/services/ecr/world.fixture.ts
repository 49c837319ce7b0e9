import { createCloud } from "../../cloud.ts";
import type { BusEvent, Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { EcrDoor, EcsDoor, EventsDoor, PushedImage } from "../../neighbours.ts";
import { createInspector2Service } from "../inspector2/service.ts";
import { createEcrService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
/** Where time starts, in milliseconds. */
export const startAtMs = Date.parse("2026-01-02T03:04:05Z");
/** The registry's host. */
export const HOST = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

/** A finding of basic scanning. */
export const finding = (name: string, severity: string): JsonObject => ({ name, severity, uri: `https://x/${name}` });
/** A finished basic scan. */
export const basic = (...findings: readonly JsonObject[]): JsonObject => ({
  imageScanFindings: { findings, findingSeverityCounts: { HIGH: findings.length } },
  imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
});
/** A finished enhanced scan. */
export const enhanced = (...severities: readonly string[]): JsonObject => ({
  imageScanFindings: {
    enhancedFindings: severities.map((severity, index) => ({
      findingArn: `arn:finding/${index}`,
      title: `CVE-${index} - lib`,
      description: "d",
      severity,
      status: "ACTIVE",
      score: 7.5,
      scoreDetails: { cvss: { score: 7.5, scoreSource: "NVD", scoringVector: "v", version: "3.1", adjustments: [] } },
      epss: { score: 0.01 },
      fixAvailable: "YES",
      packageVulnerabilityDetails: { vulnerabilityId: `CVE-${index}` },
      type: "PACKAGE_VULNERABILITY",
    })),
  },
  imageScanStatus: { status: "ACTIVE" },
});

/** A registry with one repository, `web`, and hands to push, ask and let time pass. */
export const world = (settings: JsonObject = {}, images: readonly string[] = []) => {
  const events: BusEvent[] = [];
  const neighbours = (cloud: Cloud): Service => {
    const bus: EventsDoor = { deliver: (event) => void events.push(event) };
    const ecs: Pick<EcsDoor, "images"> = { images: () => images };
    cloud.expose("events", bus);
    cloud.expose("ecs", ecs);
    return { name: "neighbours", operations: {}, resources: {} };
  };
  const local = createCloud({ startAtMs, services: [neighbours, createEcrService, createInspector2Service] });
  const declare = (properties: JsonObject, type = "AWS::ECR::Repository") => {
    const create = local.services.get("ecr")?.resources[type];
    if (!create) throw new Error(`no resource ${type}`);
    const stack = { stackName: "S", stackId: "s", logicalId: "R", type, assemblyFolder: "", generatedName: "S-R-1" };
    return create({ ...stack, properties }, local.cloud);
  };
  declare({ RepositoryName: "web", ImageScanningConfiguration: { ScanOnPush: true }, ...settings });
  for (const service of local.services.values()) service.start?.(local.cloud);
  const door = local.cloud.neighbour<EcrDoor>("ecr");
  const ask = (operation: string, input: JsonObject = {}, service = "ecr") =>
    local.request(OWNER, { service, operation, input: { repositoryName: "web", ...input } });
  const inspect = (operation: string, filterCriteria?: JsonObject) =>
    local.request(OWNER, { service: "inspector2", operation, input: { ...(filterCriteria && { filterCriteria }) } });
  const push = (image: Partial<PushedImage> = {}) =>
    door.push({ repositoryName: "web", imageTag: "v1", scan: basic(), ...image }).digest;
  const pass = (seconds: number) => local.clock.advance(local.clock.now() + seconds * 1_000);
  const findings = (imageDigest: string, more: JsonObject = {}) =>
    ask("DescribeImageScanFindings", { imageId: { imageDigest }, ...more });
  const told = (detailType: string) => events.filter((event) => event["detail-type"] === detailType);
  return { local, door, declare, ask, inspect, push, pass, findings, told };
};
