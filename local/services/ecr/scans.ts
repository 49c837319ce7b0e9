import { AwsError, type Cloud, type JsonObject } from "../../contract.ts";
import { type Image, type Repository, type Scan, tagsOf } from "./state.ts";

/** Whether an answer of DescribeImageScanFindings is one of enhanced scanning. */
export const isEnhancedAnswer = ({ imageScanFindings, imageScanStatus }: JsonObject): boolean => {
  const findings = objectOf(imageScanFindings);
  const { status } = objectOf(imageScanStatus);
  return Array.isArray(findings.enhancedFindings) || (status === "ACTIVE" && !Array.isArray(findings.findings));
};

/** A JSON value as an object, empty when it is none. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** A JSON value as a list of objects, empty when it is none. */
const objectsOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map(objectOf) : []);

const finished = (image: Image, nowMs: number): number | undefined => {
  const finishedAtMs = image.scan?.finishedAtMs;
  return finishedAtMs !== undefined && finishedAtMs <= nowMs ? finishedAtMs : undefined;
};

/** The status a scan has by now, or undefined when there is none to be found. */
export const scanStatus = (image: Image, nowMs: number): JsonObject | undefined => {
  const scan: Scan | undefined = image.scan;
  if (!scan || nowMs < scan.startedAtMs) return undefined;
  if (finished(image, nowMs) === undefined)
    return image.isEnhanced
      ? { status: "PENDING", description: "The scan is pending." }
      : { status: "IN_PROGRESS", description: "The scan is in progress." };
  const told = objectOf(image.findings?.imageScanStatus);
  if (typeof told.status === "string") return told;
  return image.isEnhanced
    ? { status: "ACTIVE", description: "Continuous scan is selected for image." }
    : { status: "COMPLETE", description: "The scan was completed successfully." };
};

const seconds = (value: JsonObject[string], fallbackMs: number): number => {
  const atMs = typeof value === "number" ? value * 1_000 : typeof value === "string" ? Date.parse(value) : fallbackMs;
  return (Number.isFinite(atMs) ? atMs : fallbackMs) / 1_000;
};

/** The findings of an image, named after the image they are told of; `epss` and the like are left to Inspector. */
export const enhancedFindings = (cloud: Cloud, repository: Repository, image: Image): readonly JsonObject[] => {
  const atMs = image.scan?.finishedAtMs ?? cloud.clock.now();
  return objectsOf(objectOf(image.findings?.imageScanFindings).enhancedFindings).map((finding) => ({
    ...finding,
    awsAccountId: cloud.account,
    firstObservedAt: seconds(finding.firstObservedAt, atMs),
    lastObservedAt: atMs / 1_000,
    updatedAt: atMs / 1_000,
    resources: objectsOf(finding.resources ?? [{}]).map((resource) => {
      const details = objectOf(objectOf(resource.details).awsEcrContainerImage);
      return {
        type: "AWS_ECR_CONTAINER_IMAGE",
        tags: {},
        ...resource,
        id: `${repository.arn}/${image.digest}`,
        details: {
          awsEcrContainerImage: {
            ...details,
            architecture: image.platform?.split("/")[1] ?? details.architecture ?? "amd64",
            imageHash: image.digest,
            imageTags: tagsOf(repository, image.digest),
            pushedAt: image.pushedAtMs / 1_000,
            registry: cloud.account,
            repositoryName: repository.name,
          },
        },
      };
    }),
  }));
};

/** How many findings of each severity; counted when the answer does not say. */
export const severityCounts = (image: Image): Readonly<Record<string, number>> => {
  const { findingSeverityCounts, findings, enhancedFindings: enhanced } = objectOf(image.findings?.imageScanFindings);
  if (findingSeverityCounts) return objectOf(findingSeverityCounts) as Readonly<Record<string, number>>;
  const counts: Record<string, number> = {};
  for (const { severity } of objectsOf(findings ?? enhanced))
    counts[String(severity)] = (counts[String(severity)] ?? 0) + 1;
  return counts;
};

/** DescribeImageScanFindings, one page of it; the counts are always the whole image's. */
export const describeFindings = (
  cloud: Cloud,
  repository: Repository,
  image: Image,
  page: { readonly from: number; readonly most: number },
): JsonObject => {
  const nowMs = cloud.clock.now();
  const status = scanStatus(image, nowMs);
  if (!status)
    throw new AwsError(
      "ScanNotFoundException",
      `Image scan does not exist for the image with '{imageDigest:'${image.digest}'}' in the repository with name '${repository.name}' in the registry with id '${cloud.account}'`,
    );
  const tag = tagsOf(repository, image.digest)[0];
  const common = {
    registryId: cloud.account,
    repositoryName: repository.name,
    imageId: { imageDigest: image.digest, ...(tag !== undefined && { imageTag: tag }) },
    imageScanStatus: status,
  };
  const finishedAtMs = finished(image, nowMs);
  const told = image.findings?.imageScanFindings;
  if (finishedAtMs === undefined || told === null || told === undefined) return common;
  const name = image.isEnhanced ? "enhancedFindings" : "findings";
  const all = image.isEnhanced
    ? enhancedFindings(cloud, repository, image).map(({ epss, ...finding }) => finding)
    : objectsOf(objectOf(told).findings);
  const next = page.from + page.most;
  return {
    ...common,
    imageScanFindings: {
      [name]: all.slice(page.from, next),
      imageScanCompletedAt: finishedAtMs / 1_000,
      vulnerabilitySourceUpdatedAt: (finishedAtMs - 6 * 3_600_000) / 1_000,
      findingSeverityCounts: { ...severityCounts(image) },
    },
    ...(next < all.length && { nextToken: String(next) }),
  };
};
