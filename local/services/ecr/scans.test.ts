import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { basic, enhanced, finding, startAtMs, world } from "./world.fixture.ts";

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
    push({ imageTag: "basic" });
    await expect(ask("StartImageScan", { imageId: { imageDigest } })).rejects.toThrow("This feature is disabled");
    push({ imageTag: "enhanced", scan: enhanced() });
    expect(await ask("GetRegistryScanningConfiguration")).toMatchObject({
      scanningConfiguration: { scanType: "ENHANCED" },
    });
  });

  test("Inspector filters findings and coverage, and refuses filters it does not know", async () => {
    const { inspect, push, pass, told } = world();
    const digest = push({ scan: enhanced("CRITICAL", "LOW") });
    push({
      imageTag: "v2",
      scan: { imageScanStatus: { status: "UNSUPPORTED_IMAGE" }, imageScanFindings: { enhancedFindings: [] } },
    });
    await pass(200);
    expect(told("Inspector2 Scan").map(({ detail }) => detail["image-digest"])).toEqual([digest]);
    const equals = (value: string) => [{ comparison: "EQUALS", value }];
    expect(await inspect("ListFindings", { severity: equals("LOW"), ecrImageHash: equals(digest) })).toMatchObject({
      findings: [{ title: "CVE-1 - lib" }],
    });
    expect((await inspect("ListFindings", { severity: [] })).findings).toHaveLength(2);
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
