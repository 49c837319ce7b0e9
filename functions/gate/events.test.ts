import * as v from "valibot";
import { describe, expect, test } from "vitest";
import {
  DeploymentChanged,
  deployedService,
  FindingChanged,
  foundImages,
  isRollback,
  ScanFinished,
  saidOfVulnerability,
  scannedImage,
} from "./events.ts";

const DIGEST = `sha256:${"5".repeat(64)}`;

const scanned = (repositoryName: string, account = "111122223333"): ReturnType<typeof scannedImage> =>
  scannedImage(
    v.parse(ScanFinished, {
      account,
      region: "us-east-1",
      detail: {
        "scan-status": "COMPLETE",
        "repository-name": repositoryName,
        "finding-severity-counts": { CRITICAL: 10, TOTAL: 158 },
        "image-digest": DIGEST,
        "image-tags": [],
      },
    }),
  );

// biome-ignore format: a table reads as a table
test.each([
  ["basic scanning, by its name", "team/api", "111122223333", "team/api"],
  ["enhanced scanning, by its ARN", "arn:aws:ecr:us-east-2:444455556666:repository/team/api", "444455556666", "team/api"],
  ["another partition", "arn:aws-us-gov:ecr:us-gov-west-1:444455556666:repository/api", "444455556666", "api"],
])("the repository of %s", (_, name, registryId, repository) => {
  expect(scanned(name)).toEqual({ registryId, repository, digest: DIGEST });
});

test.each([
  ["no digest", { "repository-name": "api" }],
  ["a digest that is none", { "repository-name": "api", "image-digest": "latest" }],
  ["no repository", { "image-digest": DIGEST }],
])("a scan with %s is refused", (_, detail) => {
  expect(v.is(ScanFinished, { account: "1", region: "r", detail })).toBe(false);
});

describe("findings", () => {
  const image = { imageHash: DIGEST, registry: "111122223333", repositoryName: "api", inUseCount: 1 };
  const found = (...resources: readonly object[]) =>
    foundImages(v.parse(FindingChanged, { time: "2026-11-23T12:00:00Z", detail: { resources } }));

  test("name the images they are about", () => {
    expect(found({ details: { awsEcrContainerImage: image } })).toEqual([
      { registryId: "111122223333", repository: "api", digest: DIGEST },
    ]);
  });

  test.each([
    ["of another kind of resource", { details: { awsEc2Instance: {} } }],
    ["without details", {}],
    ["whose image cannot be read", { details: { awsEcrContainerImage: { ...image, imageHash: 7 } } }],
  ])("%s name none", (_, resource) => {
    expect(found(resource)).toEqual([]);
  });
});

describe("what a finding says of its vulnerability", () => {
  const TOLD_AT = "2026-11-23T12:00:00Z";
  const said = (detail: object) =>
    saidOfVulnerability(
      v.parse(FindingChanged, {
        time: TOLD_AT,
        detail: { resources: [], packageVulnerabilityDetails: { vulnerabilityId: "cve-2026-1" }, ...detail },
      }),
    );

  // biome-ignore format: a table reads as a table
  test.each([
    ["a probability and no exploit", { epss: { score: 0.00045 }, exploitAvailable: "NO" }, { epss: 0.00045, hasExploit: false }],
    ["an exploit", { exploitAvailable: "YES" }, { hasExploit: true }],
    ["when an exploit was last seen", { exploitAvailable: "NO", exploitabilityDetails: { lastKnownExploitAt: "Wed Sep 04 16:55:38.411 UTC 2024" } }, { hasExploit: true }],
    ["certainty", { epss: { score: 1 } }, { epss: 1 }],
  ])("%s is kept, by the time of the event", (_, detail, word) => {
    expect(said(detail)).toEqual({ vulnerability: "CVE-2026-1", word: { saidAt: "2026-11-23T12:00:00.000Z", ...word } });
  });

  test.each([
    ["nothing", {}],
    ["a probability that is none", { epss: { score: 40 } }],
    ["a probability in words", { epss: { score: "high" } }],
    ["an exploit in a word that is not known", { exploitAvailable: "MAYBE", exploitabilityDetails: {} }],
    ["no vulnerability", { epss: { score: 0.4 }, packageVulnerabilityDetails: undefined }],
    [
      "a vulnerability that is no name",
      { epss: { score: 0.4 }, packageVulnerabilityDetails: { vulnerabilityId: "a b" } },
    ],
  ])("where it says %s, nothing is", (_, detail) => {
    expect(said(detail)).toBeUndefined();
  });
});

describe("deployments", () => {
  const changed = (over: { resources?: readonly string[]; reason?: string } = {}) =>
    v.parse(DeploymentChanged, {
      resources: over.resources ?? ["arn:aws:ecs:us-west-2:111122223333:service/default/api"],
      detail: {
        eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS",
        deploymentId: "ecs-svc/1",
        ...(over.reason && { reason: over.reason }),
      },
    });

  test("name their service in the resources alone; one of the old form names no cluster", () => {
    expect(deployedService(changed())).toMatchObject({ cluster: "default", name: "api" });
    expect(deployedService(changed({ resources: ["arn:aws:ecs:us-west-2:111122223333:service/api"] }))).toBeUndefined();
  });

  test.each([
    ["ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.", true],
    ["ECS deployment ecs-svc/1 in progress.", false],
    [undefined, false],
  ])("with the reason %s go back: %s", (reason, goesBack) => {
    expect(isRollback(changed(reason === undefined ? {} : { reason }))).toBe(goesBack);
  });
});
