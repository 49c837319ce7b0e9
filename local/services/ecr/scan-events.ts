import type { Cloud, Json, JsonObject } from "../../contract.ts";
import { enhancedFindings, objectOf, scanStatus, severityCounts } from "./scans.ts";
import { type Image, type Repository, tagsOf } from "./state.ts";

/** `ECR Image Scan`: basic scanning; a failed scan carries no reason and no counts. */
const emitBasic = (cloud: Cloud, repository: Repository, image: Image, status: string): void => {
  const isComplete = status === "COMPLETE";
  cloud.emit({
    source: "aws.ecr",
    detailType: "ECR Image Scan",
    resources: [repository.arn],
    detail: {
      "scan-status": isComplete ? "COMPLETE" : "FAILED",
      "repository-name": repository.name,
      ...(isComplete && { "finding-severity-counts": { ...severityCounts(image) } }),
      "image-digest": image.digest,
      "image-tags": tagsOf(repository, image.digest),
    },
  });
};

/** `Inspector2 Scan`: names the repository by its ARN, and counts what it does not list. */
const emitInitialScan = (cloud: Cloud, repository: Repository, image: Image): void => {
  const counts = severityCounts(image);
  cloud.emit({
    source: "aws.inspector2",
    detailType: "Inspector2 Scan",
    resources: [repository.arn],
    detail: {
      "scan-status": "INITIAL_SCAN_COMPLETE",
      "repository-name": repository.arn,
      "finding-severity-counts": {
        CRITICAL: counts.CRITICAL ?? 0,
        HIGH: counts.HIGH ?? 0,
        MEDIUM: counts.MEDIUM ?? 0,
        TOTAL: Object.values(counts).reduce((sum, count) => sum + count, 0),
      },
      "image-digest": image.digest,
      "image-tags": tagsOf(repository, image.digest),
      version: "1.0",
    },
  });
};

/** `Wed Sep 04 16:55:38.411 UTC 2024`: how Inspector writes instants in finding events. */
const inspectorTime = (value: Json | undefined): string => {
  const iso = new Date(Number(value) * 1_000);
  const [weekday = "", day = "", month = "", year = ""] = iso.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${iso.toISOString().slice(11, 23)} UTC ${year}`;
};

/** A finding of ECR's answer in Inspector's own words. */
export const inspectorFinding = ({ score, scoreDetails, ...finding }: JsonObject): JsonObject => {
  const cvss = objectOf(objectOf(scoreDetails).cvss);
  const { scoreSource, ...details } = cvss;
  return {
    ...finding,
    ...(score !== undefined && { inspectorScore: score }),
    ...(scoreSource !== undefined && {
      inspectorScoreDetails: { adjustedCvss: { ...details, cvssSource: scoreSource, scoreSource } },
    }),
  };
};

/** `Inspector2 Finding`: one event each. */
const emitFinding = (cloud: Cloud, repository: Repository, image: Image, finding: JsonObject): void => {
  const [resource] = (finding.resources ?? []) as readonly JsonObject[];
  const details = objectOf(objectOf(resource?.details).awsEcrContainerImage);
  const id = `${repository.arn}/${image.digest}`;
  cloud.emit({
    source: "aws.inspector2",
    detailType: "Inspector2 Finding",
    resources: [id],
    detail: {
      ...inspectorFinding(finding),
      firstObservedAt: inspectorTime(finding.firstObservedAt),
      lastObservedAt: inspectorTime(finding.lastObservedAt),
      updatedAt: inspectorTime(finding.updatedAt),
      resources: [
        {
          ...resource,
          id,
          partition: cloud.partition,
          region: cloud.region,
          details: { awsEcrContainerImage: { ...details, pushedAt: inspectorTime(details.pushedAt) } },
        },
      ],
    },
  });
};

/** Tells the bus what a scan found, as the kind of scanning does; an enhanced scan that failed says nothing. */
export const emitScanned = (cloud: Cloud, repository: Repository, image: Image): void => {
  const status = String(scanStatus(image, cloud.clock.now())?.status);
  if (!image.isEnhanced) emitBasic(cloud, repository, image, status);
  else if (status === "ACTIVE" || status === "COMPLETE") {
    emitInitialScan(cloud, repository, image);
    for (const finding of enhancedFindings(cloud, repository, image)) emitFinding(cloud, repository, image, finding);
  }
};
