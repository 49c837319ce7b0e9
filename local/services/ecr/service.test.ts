import { describe, expect, test } from "vitest";
import { createCloud } from "../../cloud.ts";
import type { BusEvent, Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { EcrDoor, EcsDoor, EventsDoor, PushedImage } from "../../neighbours.ts";
import { createInspector2Service } from "../inspector2/service.ts";
import { digestOf } from "./manifests.ts";
import { createEcrService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
const startAtMs = Date.parse("2026-01-02T03:04:05Z");
const HOST = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

const finding = (name: string, severity: string): JsonObject => ({ name, severity, uri: `https://x/${name}` });
const basic = (...findings: readonly JsonObject[]): JsonObject => ({
  imageScanFindings: { findings, findingSeverityCounts: { HIGH: findings.length } },
  imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
});
const enhanced = (...severities: readonly string[]): JsonObject => ({
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

const world = (settings: JsonObject = {}, images: readonly string[] = []) => {
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

describe("images and tags", () => {
  test("a push tells its tag, and the reference names its digest", () => {
    const { door, push, told } = world();
    const digest = push();
    expect(told("ECR Image Action")).toMatchObject([
      {
        source: "aws.ecr",
        resources: [],
        detail: {
          result: "SUCCESS",
          "repository-name": "web",
          "image-digest": digest,
          "action-type": "PUSH",
          "image-tag": "v1",
        },
      },
    ]);
    expect(door.resolve(`${HOST}/web:v1`)).toBe(digest);
    expect(door.resolve(`${HOST}/web@${digest}`)).toBe(digest);
    expect(door.resolve(`${HOST}/web`)).toBeUndefined();
    expect(door.resolve(`${HOST}/web@sha256:00`)).toBeUndefined();
    expect(door.resolve(`${HOST}/none:v1`)).toBeUndefined();
    expect(door.resolve("public.ecr.aws/x/y:1")).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("a second push of a tag is new content, and leaves the old digest without the tag", async () => {
    const { ask, push } = world();
    const old = push();
    const fresh = push();
    expect(fresh).not.toBe(old);
    const { imageDetails } = await ask("DescribeImages");
    expect(imageDetails).toMatchObject([{ imageDigest: old }, { imageDigest: fresh, imageTags: ["v1"] }]);
    expect((imageDetails as JsonObject[])[0]).not.toHaveProperty("imageTags");
    expect(await ask("ListImages", { filter: { tagStatus: "UNTAGGED" } })).toEqual({
      imageIds: [{ imageDigest: old }],
    });
  });

  test("an immutable repository refuses a tag that exists, but for its exclusions", async () => {
    const { ask, push } = world({ ImageTagMutability: "IMMUTABLE" });
    push();
    expect(() => push()).toThrow(expect.objectContaining({ code: "ImageTagAlreadyExistsException" }));
    const exclusion = { filterType: "WILDCARD", filter: "v*" };
    await ask("PutImageTagMutability", {
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilters: [exclusion],
    });
    push();
    push({ imageTag: "release" });
    expect(() => push({ imageTag: "release" })).toThrow(/immutable/);
    expect(await ask("DescribeRepositories", { repositoryNames: ["web"] })).toMatchObject({
      repositories: [
        { imageTagMutability: "IMMUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters: [exclusion] },
      ],
    });
  });

  test("platforms make an index over untagged children with attestations, and its text has its digest", async () => {
    const { ask, push, told } = world();
    const digest = push({ platforms: ["linux/amd64", "linux/arm64/v8"] });
    const { images } = await ask("BatchGetImage", { imageIds: [{ imageTag: "v1" }] });
    const [index] = images as JsonObject[];
    expect(index).toMatchObject({ imageId: { imageDigest: digest, imageTag: "v1" } });
    expect(index?.imageManifestMediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(digestOf(String(index?.imageManifest))).toBe(digest);
    const { manifests } = JSON.parse(String(index?.imageManifest)) as {
      manifests: { digest: string; platform: object }[];
    };
    expect(manifests.map(({ platform }) => platform)).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux", variant: "v8" },
      { architecture: "unknown", os: "unknown" },
      { architecture: "unknown", os: "unknown" },
    ]);
    const pushes = told("ECR Image Action").map(({ detail }) => [detail["image-digest"], detail["image-tag"]]);
    expect(pushes.at(-1)).toEqual([digest, "v1"]);
    expect(pushes.slice(0, -1).every(([, tag]) => tag === undefined)).toBe(true);
    const children = await ask("BatchGetImage", {
      imageIds: manifests.map((child) => ({ imageDigest: child.digest })),
    });
    expect(children).toMatchObject({ failures: [] });
  });

  test("what is not there is a failure of its own", async () => {
    const { ask, push } = world();
    push();
    expect(await ask("BatchGetImage", { imageIds: [{ imageTag: "v1" }, { imageTag: "v9" }] })).toMatchObject({
      images: [{}],
      failures: [{ imageId: { imageTag: "v9" }, failureCode: "ImageNotFound" }],
    });
    await expect(ask("DescribeImages", { imageIds: [{ imageTag: "v9" }] })).rejects.toMatchObject({
      code: "ImageNotFoundException",
    });
    await expect(ask("ListImages", { repositoryName: "none" })).rejects.toMatchObject({
      code: "RepositoryNotFoundException",
    });
  });

  test("PutImage points another tag at a manifest that is there", async () => {
    const { ask, door, push } = world();
    const digest = push();
    const { images } = await ask("BatchGetImage", { imageIds: [{ imageTag: "v1" }] });
    const imageManifest = (images as JsonObject[])[0]?.imageManifest;
    await ask("PutImage", { imageManifest, imageTag: "stable" });
    expect(door.resolve(`${HOST}/web:stable`)).toBe(digest);
    await expect(ask("PutImage", { imageManifest, imageTag: "stable" })).rejects.toMatchObject({
      code: "ImageAlreadyExistsException",
    });
    await expect(ask("PutImage", { imageManifest: "{}", imageTag: "x" })).rejects.toMatchObject({
      code: "LayersNotFoundException",
    });
  });

  test("an image that an index refers to cannot be deleted before it", async () => {
    const { ask, push, told } = world();
    const digest = push({ platforms: ["linux/amd64"] });
    const { imageIds } = await ask("ListImages");
    const child = (imageIds as JsonObject[]).find(({ imageDigest }) => imageDigest !== digest);
    expect(await ask("BatchDeleteImage", { imageIds: [child ?? {}] })).toMatchObject({
      failures: [{ failureCode: "ImageReferencedByManifestList" }],
    });
    expect(await ask("BatchDeleteImage", { imageIds: [{ imageTag: "v1" }] })).toMatchObject({ failures: [] });
    expect(await ask("BatchDeleteImage", { imageIds: [child ?? {}] })).toMatchObject({ failures: [] });
    expect(told("ECR Image Action").filter(({ detail }) => detail["action-type"] === "DELETE")).toHaveLength(2);
  });
});

describe("basic scanning", () => {
  test("a scan on push is first unknown, then in progress, then told with its event", async () => {
    const { push, pass, findings, told } = world();
    const digest = push({ scan: basic(finding("CVE-1", "HIGH")) });
    await expect(findings(digest)).rejects.toMatchObject({ code: "ScanNotFoundException" });
    await pass(2);
    expect(await findings(digest)).toMatchObject({ imageScanStatus: { status: "IN_PROGRESS" } });
    expect(await findings(digest)).not.toHaveProperty("imageScanFindings");
    await pass(30);
    const [event] = told("ECR Image Scan");
    expect(event).toMatchObject({
      source: "aws.ecr",
      resources: ["arn:aws:ecr:us-east-1:111122223333:repository/web"],
      detail: {
        "scan-status": "COMPLETE",
        "repository-name": "web",
        "finding-severity-counts": { HIGH: 1 },
        "image-digest": digest,
        "image-tags": ["v1"],
      },
    });
    const answer = await findings(digest);
    expect(answer).toMatchObject({
      registryId: "111122223333",
      repositoryName: "web",
      imageId: { imageDigest: digest, imageTag: "v1" },
      imageScanStatus: { status: "COMPLETE" },
      imageScanFindings: { findings: [finding("CVE-1", "HIGH")], findingSeverityCounts: { HIGH: 1 } },
    });
    expect((answer.imageScanFindings as JsonObject).imageScanCompletedAt).toBeGreaterThan(startAtMs / 1_000);
  });

  test("findings come in pages, counts for the whole image", async () => {
    const { push, pass, findings } = world();
    const all = ["a", "b", "c"].map((name) => finding(name, "HIGH"));
    const digest = push({ scan: basic(...all) });
    await pass(60);
    const first = await findings(digest, { maxResults: 2 });
    expect(first).toMatchObject({
      imageScanFindings: { findings: all.slice(0, 2), findingSeverityCounts: { HIGH: 3 } },
    });
    const second = await findings(digest, { maxResults: 2, nextToken: first.nextToken });
    expect(second).toMatchObject({ imageScanFindings: { findings: all.slice(2), findingSeverityCounts: { HIGH: 3 } } });
    expect(second).not.toHaveProperty("nextToken");
    await expect(findings(digest, { maxResults: 1_001 })).rejects.toMatchObject({ code: "InvalidParameterException" });
  });

  test("a failed scan has no findings object, and its event neither counts nor reason", async () => {
    const { push, pass, findings, told } = world();
    const imageScanStatus = { status: "FAILED", description: "UnsupportedImageError" };
    const digest = push({ scan: { imageScanStatus, imageScanFindings: null } });
    await pass(60);
    expect(await findings(digest)).toMatchObject({ imageScanStatus });
    expect(await findings(digest)).not.toHaveProperty("imageScanFindings");
    expect(told("ECR Image Scan")[0]?.detail).toEqual({
      "scan-status": "FAILED",
      "repository-name": "web",
      "image-digest": digest,
      "image-tags": ["v1"],
    });
  });

  test("the children of an index are scanned, the index is not", async () => {
    const { ask, push, pass, findings, told } = world();
    const digest = push({ platforms: ["linux/amd64", "linux/arm64"] });
    await pass(60);
    await expect(findings(digest)).rejects.toMatchObject({ code: "ScanNotFoundException" });
    expect(told("ECR Image Scan").map(({ detail }) => detail["image-tags"])).toEqual([[], []]);
    await expect(ask("StartImageScan", { imageId: { imageDigest: digest } })).rejects.toMatchObject({
      code: "UnsupportedImageTypeException",
    });
  });

  test("an image that is never scanned stays unknown, and a scan that is asked for never ends", async () => {
    const { ask, push, pass, findings, told } = world();
    const digest = push({ scan: null });
    await pass(3_600);
    await expect(findings(digest)).rejects.toMatchObject({ code: "ScanNotFoundException" });
    await ask("StartImageScan", { imageId: { imageDigest: digest } });
    await pass(86_400 * 3);
    expect(await findings(digest)).toMatchObject({ imageScanStatus: { status: "IN_PROGRESS" } });
    expect(told("ECR Image Scan")).toEqual([]);
  });

  test("without scan on push a scan waits to be asked for, once a day", async () => {
    const { ask, push, pass, findings } = world({ ImageScanningConfiguration: { ScanOnPush: false } });
    const imageDigest = push();
    await pass(600);
    await expect(findings(imageDigest)).rejects.toMatchObject({ code: "ScanNotFoundException" });
    expect(await ask("StartImageScan", { imageId: { imageDigest } })).toMatchObject({
      imageScanStatus: { status: "IN_PROGRESS" },
    });
    await pass(600);
    expect(await findings(imageDigest)).toMatchObject({ imageScanStatus: { status: "COMPLETE" } });
    await expect(ask("StartImageScan", { imageId: { imageDigest } })).rejects.toMatchObject({
      code: "LimitExceededException",
    });
    await pass(86_400);
    await ask("StartImageScan", { imageId: { imageDigest } });
  });
});

describe("enhanced scanning", () => {
  test("the first scan takes minutes, then tells its counts and every finding", async () => {
    const { push, pass, findings, told } = world();
    const digest = push({ scan: enhanced("CRITICAL", "UNTRIAGED") });
    await pass(30);
    expect(await findings(digest)).toMatchObject({ imageScanStatus: { status: "PENDING" } });
    await pass(180);
    const arn = "arn:aws:ecr:us-east-1:111122223333:repository/web";
    expect(told("Inspector2 Scan")).toMatchObject([
      {
        source: "aws.inspector2",
        resources: [arn],
        detail: {
          "scan-status": "INITIAL_SCAN_COMPLETE",
          "repository-name": arn,
          "finding-severity-counts": { CRITICAL: 1, HIGH: 0, MEDIUM: 0, TOTAL: 2 },
          "image-digest": digest,
          "image-tags": ["v1"],
        },
      },
    ]);
    const found = told("Inspector2 Finding");
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      resources: [`${arn}/${digest}`],
      detail: {
        severity: "CRITICAL",
        status: "ACTIVE",
        epss: { score: 0.01 },
        inspectorScore: 7.5,
        updatedAt: expect.stringMatching(/^Fri Jan 02 03:0\d:\d\d\.\d{3} UTC 2026$/),
        resources: [
          { details: { awsEcrContainerImage: { imageHash: digest, imageTags: ["v1"], repositoryName: "web" } } },
        ],
      },
    });
    expect(told("ECR Image Scan")).toEqual([]);
  });

  test("ECR's answer names the image and leaves EPSS to Inspector", async () => {
    const { push, pass, findings, inspect } = world();
    const digest = push({ scan: enhanced("HIGH") });
    await pass(200);
    const answer = await findings(digest);
    expect(answer).toMatchObject({
      imageScanStatus: { status: "ACTIVE" },
      imageScanFindings: { findingSeverityCounts: { HIGH: 1 }, enhancedFindings: [{ severity: "HIGH", score: 7.5 }] },
    });
    expect(JSON.stringify(answer)).not.toContain("epss");
    expect(await inspect("ListFindings")).toMatchObject({ findings: [{ epss: { score: 0.01 }, inspectorScore: 7.5 }] });
  });

  test("StartImageScan is refused", async () => {
    const { ask, push } = world();
    const imageDigest = push({ scan: enhanced() });
    await expect(ask("StartImageScan", { imageId: { imageDigest } })).rejects.toThrow("This feature is disabled");
    expect(await ask("GetRegistryScanningConfiguration")).toMatchObject({
      scanningConfiguration: { scanType: "ENHANCED" },
    });
  });

  test("Inspector filters findings and coverage, and refuses filters it does not know", async () => {
    const { inspect, push, pass } = world();
    const digest = push({ scan: enhanced("CRITICAL", "LOW") });
    push({
      imageTag: "v2",
      scan: { imageScanStatus: { status: "UNSUPPORTED_IMAGE" }, imageScanFindings: { enhancedFindings: [] } },
    });
    await pass(200);
    const equals = (value: string) => [{ comparison: "EQUALS", value }];
    expect(await inspect("ListFindings", { severity: equals("LOW"), ecrImageHash: equals(digest) })).toMatchObject({
      findings: [{ title: "CVE-1 - lib" }],
    });
    expect(await inspect("ListFindings", { ecrImageTags: equals("v3") })).toEqual({ findings: [] });
    expect(await inspect("ListCoverage", { ecrImageTags: equals("v2") })).toMatchObject({
      coveredResources: [{ scanStatus: { statusCode: "INACTIVE", reason: "UNSUPPORTED_OS" } }],
    });
    expect(await inspect("ListCoverage", { scanStatusCode: equals("ACTIVE") })).toMatchObject({
      coveredResources: [{ scanStatus: { reason: "SUCCESSFUL" } }],
    });
    await expect(inspect("ListFindings", { lambdaFunctionName: equals("x") })).rejects.toThrow(/not modelled/);
  });
});

describe("lifecycle", () => {
  const policy = (...rules: readonly JsonObject[]): JsonObject => ({
    LifecyclePolicy: { LifecyclePolicyText: JSON.stringify({ rules }) },
  });
  const untaggedAfterDay = {
    rulePriority: 1,
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 },
    action: { type: "expire" },
  };

  test("untagged images go after their days, tagged ones and children of an index stay", async () => {
    const { ask, push, pass, told } = world(policy(untaggedAfterDay));
    const old = push();
    push({ platforms: ["linux/amd64"] });
    await pass(86_400 * 3);
    const deleted = told("ECR Image Action").filter(({ detail }) => detail["action-type"] === "DELETE");
    expect(deleted.map(({ detail }) => detail["image-digest"])).toEqual([old]);
    expect((await ask("DescribeImages")).imageDetails).toHaveLength(3);
    expect(await ask("GetLifecyclePolicy")).toMatchObject({ lifecyclePolicyText: expect.stringContaining("untagged") });
  });

  test("a count keeps the newest", async () => {
    const keepTwo = {
      rulePriority: 1,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 2 },
      action: { type: "expire" },
    };
    const { ask, push, pass } = world(policy(keepTwo));
    for (const imageTag of ["a", "b", "c"]) {
      push({ imageTag });
      await pass(60);
    }
    await pass(86_400);
    expect(await ask("ListImages")).toMatchObject({ imageIds: [{ imageTag: "b" }, { imageTag: "c" }] });
  });

  test("a policy that is no policy is refused, and a repository without one says so", async () => {
    const { ask, declare } = world();
    expect(() => declare({ RepositoryName: "x", LifecyclePolicy: { LifecyclePolicyText: "{" } })).toThrow(/not JSON/);
    const lifecyclePolicyText = JSON.stringify({
      rules: [{ ...untaggedAfterDay, selection: { tagStatus: "untagged" } }],
    });
    await expect(ask("PutLifecyclePolicy", { lifecyclePolicyText })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
    await expect(ask("GetLifecyclePolicy")).rejects.toMatchObject({ code: "LifecyclePolicyNotFoundException" });
  });
});

test("the world's first push puts a clean image under each tag that a task definition names, always the same", async () => {
  const images = [`${HOST}/web:prod`, `${HOST}/web:prod`, `${HOST}/none:prod`, `${HOST}/web@sha256:00`, "nginx:1"];
  const first = world({}, images);
  const digest = first.door.resolve(`${HOST}/web:prod`);
  expect(digest).toBeDefined();
  expect(world({}, images).door.resolve(`${HOST}/web:prod`)).toBe(digest);
  await first.pass(60);
  expect(await first.findings(digest ?? "")).toMatchObject({
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: { findings: [], findingSeverityCounts: {} },
  });
});

test("a role sees only the repositories it may", async () => {
  const { local } = world();
  const role: Principal = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/r", sessionName: "s" };
  const call = local.request(role, { service: "ecr", operation: "ListImages", input: { repositoryName: "web" } });
  await expect(call).rejects.toMatchObject({ code: "AccessDeniedException" });
});
