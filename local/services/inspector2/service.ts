import type { Cloud, Json, JsonObject, Operation, Service } from "../../contract.ts";
import { inspectorFinding } from "../ecr/scan-events.ts";
import { objectOf } from "../ecr/scans.ts";
import type { ScannedImagesDoor } from "../ecr/service.ts";
import { Input } from "../events/input.ts";

type Covered = ReturnType<ScannedImagesDoor["covered"]>[number];

/** What each string filter of ListFindings looks at. */
const FINDING_FIELDS: Readonly<Record<string, (finding: JsonObject, of: Covered) => readonly Json[]>> = {
  ecrImageHash: (_finding, { image }) => [image.digest],
  ecrImageRepositoryName: (_finding, { repository }) => [repository.name],
  ecrImageTags: (_finding, { tags }) => tags,
  findingStatus: ({ status }) => [status ?? "ACTIVE"],
  resourceType: () => ["AWS_ECR_CONTAINER_IMAGE"],
  severity: ({ severity }) => [severity ?? "UNTRIAGED"],
  fixAvailable: ({ fixAvailable }) => (fixAvailable === undefined ? [] : [fixAvailable]),
  exploitAvailable: ({ exploitAvailable }) => (exploitAvailable === undefined ? [] : [exploitAvailable]),
  vulnerabilityId: ({ packageVulnerabilityDetails }) => [objectOf(packageVulnerabilityDetails).vulnerabilityId ?? ""],
  findingArn: ({ findingArn }) => [findingArn ?? ""],
};

/** What each string filter of ListCoverage looks at. */
const COVERAGE_FIELDS: Readonly<Record<string, (of: Covered) => readonly Json[]>> = {
  ecrRepositoryName: ({ repository }) => [repository.name],
  ecrImageTags: ({ tags }) => tags,
  resourceId: ({ repository, image }) => [`${repository.arn}/${image.digest}`],
  resourceType: () => ["AWS_ECR_CONTAINER_IMAGE"],
  scanStatusCode: (of) => [coverageStatus(of).statusCode],
  scanStatusReason: (of) => [coverageStatus(of).reason],
};

/** Source: Inspector2 API, reasons of a scan status, for ECR's status of the same image. */
const REASONS: Readonly<Record<string, string>> = {
  ACTIVE: "SUCCESSFUL",
  COMPLETE: "SUCCESSFUL",
  PENDING: "PENDING_INITIAL_SCAN",
  IN_PROGRESS: "SCAN_IN_PROGRESS",
  UNSUPPORTED_IMAGE: "UNSUPPORTED_OS",
  SCAN_ELIGIBILITY_EXPIRED: "SCAN_ELIGIBILITY_EXPIRED",
  IMAGE_ARCHIVED: "IMAGE_ARCHIVED",
};
const WORKING: ReadonlySet<string> = new Set(["ACTIVE", "COMPLETE", "PENDING", "IN_PROGRESS"]);

const coverageStatus = ({ status = "PENDING" }: Covered): { readonly statusCode: string; readonly reason: string } => ({
  statusCode: WORKING.has(status) ? "ACTIVE" : "INACTIVE",
  reason: REASONS[status] ?? "INTERNAL_ERROR",
});

const passes = (filter: Input, values: readonly Json[]): boolean => {
  const wanted = filter.text("value");
  switch (filter.word("comparison", ["EQUALS", "PREFIX", "NOT_EQUALS"])) {
    case "EQUALS":
      return values.includes(wanted);
    case "PREFIX":
      return values.some((value) => String(value).startsWith(wanted));
    case "NOT_EQUALS":
      return !values.includes(wanted);
  }
};

/** Whether every filter that is given has one condition that holds; a filter that is not modelled is refused by name. */
const passesAll = (
  criteria: Input | undefined,
  known: ReadonlySet<string>,
  valuesOf: (name: string) => readonly Json[],
): boolean => {
  if (!criteria) return true;
  return Object.keys(criteria.members).every((name) => {
    if (!known.has(name)) throw criteria.refusal(`the filter '${name}' is not modelled; ${[...known].join(", ")} are`);
    const filters = criteria.objects(name);
    return filters.length === 0 || filters.some((filter) => passes(filter, valuesOf(name)));
  });
};

const paged = (request: Input, name: string, most: number, all: readonly JsonObject[]): JsonObject => {
  const size = request.wholeNumber("maxResults", 1, most, most);
  const from = Number(request.optionalText("nextToken") ?? 0);
  return { [name]: all.slice(from, from + size), ...(from + size < all.length && { nextToken: String(from + size) }) };
};

/** Amazon Inspector: findings and coverage of the images that enhanced scanning looks at. */
export const createInspector2Service = (cloud: Cloud): Service => {
  const covered = () => cloud.neighbour<ScannedImagesDoor>("scanned-images").covered();
  const on = (action: string, run: (request: Input) => JsonObject): Operation => ({
    needs: () => [{ action: `inspector2:${action}`, resource: "*" }],
    run: (input) => run(new Input(input, "ValidationException")),
  });
  return {
    name: "inspector2",
    operations: {
      ListFindings: on("ListFindings", (request) => {
        const criteria = request.object("filterCriteria");
        const known = new Set(Object.keys(FINDING_FIELDS));
        const found = covered().flatMap((of) =>
          of.findings
            .filter((finding) => passesAll(criteria, known, (name) => FINDING_FIELDS[name]?.(finding, of) ?? []))
            .map(inspectorFinding),
        );
        return paged(request, "findings", 100, found);
      }),
      ListCoverage: on("ListCoverage", (request) => {
        const criteria = request.object("filterCriteria");
        const known = new Set(Object.keys(COVERAGE_FIELDS));
        const found = covered()
          .filter((of) => passesAll(criteria, known, (name) => COVERAGE_FIELDS[name]?.(of) ?? []))
          .map((of) => ({
            accountId: cloud.account,
            resourceType: "AWS_ECR_CONTAINER_IMAGE",
            resourceId: `${of.repository.arn}/${of.image.digest}`,
            scanType: "PACKAGE",
            scanStatus: coverageStatus(of),
            resourceMetadata: {
              ecrImage: { tags: of.tags, imagePulledAt: of.image.pulledAtMs && of.image.pulledAtMs / 1_000 },
              ecrRepository: { name: of.repository.name, scanFrequency: "CONTINUOUS_SCAN" },
            },
            ...(of.image.scan?.finishedAtMs !== undefined && {
              lastScannedAt: of.image.scan.finishedAtMs / 1_000,
            }),
          }));
        return paged(request, "coveredResources", 200, found);
      }),
    },
    restRoutes: [
      { method: "POST", path: "/findings/list", operation: "ListFindings" },
      { method: "POST", path: "/coverage/list", operation: "ListCoverage" },
    ],
    resources: {},
  };
};
