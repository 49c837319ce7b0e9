import { AwsError, type Operation } from "../../../contract.ts";
import { beginScan } from "../begin-scan.ts";
import { imageNamed } from "../repositories.ts";
import { describeFindings, scanStatus } from "../scans.ts";
import type { Registry } from "../state.ts";
import { needOn, type OnRepository, read } from "./on-repository.ts";

/** Source: ECR, an image can be scanned once in 24 hours by basic scanning. */
const SCAN_EVERY_MS = 24 * 3_600_000;

/** Basic or enhanced, as the registry is configured. */
const scanTypeOf = ({ scanType, lastEnhanced }: Registry): "BASIC" | "ENHANCED" =>
  scanType ?? (lastEnhanced ? "ENHANCED" : "BASIC");

/** Operations on scans and on what is scanned when. */
export const scanningOperations = (
  registry: Registry,
  onRepository: OnRepository,
): Readonly<Record<string, Operation>> => ({
  DescribeImageScanFindings: onRepository("DescribeImageScanFindings", (request, repository, cloud) => {
    const image = imageNamed(repository, request.object("imageId"), cloud.account);
    const most = request.wholeNumber("maxResults", 1, 1_000, 100);
    const from = Number(request.optionalText("nextToken") ?? 0);
    if (!Number.isInteger(from) || from < 0) throw request.refusal("Invalid parameter at 'nextToken'");
    return describeFindings(cloud, repository, image, { from, most });
  }),

  StartImageScan: onRepository("StartImageScan", (request, repository, cloud) => {
    const image = imageNamed(repository, request.object("imageId"), cloud.account);
    if (image.isEnhanced || scanTypeOf(registry) === "ENHANCED")
      throw new AwsError("ValidationException", "This feature is disabled");
    if (image.kind !== "image")
      throw new AwsError(
        "UnsupportedImageTypeException",
        `An artifact with media type '${image.mediaType}' cannot be scanned`,
      );
    if (image.scan && cloud.clock.now() < image.scan.startedAtMs + SCAN_EVERY_MS)
      throw new AwsError("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.");
    beginScan(cloud, repository, image);
    return {
      registryId: cloud.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest },
      imageScanStatus: scanStatus(image, cloud.clock.now()) ?? { status: "IN_PROGRESS" },
    };
  }),

  GetRegistryScanningConfiguration: {
    needs: () => [{ action: "ecr:GetRegistryScanningConfiguration", resource: "*" }],
    run: (_input, { cloud }) => ({
      registryId: cloud.account,
      scanningConfiguration: { scanType: scanTypeOf(registry), rules: [] },
    }),
  },

  BatchGetRepositoryScanningConfiguration: {
    needs: (input, { cloud }) =>
      read(input)
        .texts("repositoryNames")
        .map((name) => needOn(input, cloud, "BatchGetRepositoryScanningConfiguration", name)),
    run: (input) => {
      const names = read(input).texts("repositoryNames");
      const isEnhanced = scanTypeOf(registry) === "ENHANCED";
      const found = names.flatMap((name) => registry.repositories.get(name) ?? []);
      const missing = names.filter((name) => !registry.repositories.has(name));
      return {
        scanningConfigurations: found.map(({ name, arn, scanOnPush }) => ({
          repositoryArn: arn,
          repositoryName: name,
          scanOnPush: isEnhanced || scanOnPush,
          scanFrequency: isEnhanced ? "CONTINUOUS_SCAN" : scanOnPush ? "SCAN_ON_PUSH" : "MANUAL",
          appliedScanFilters: [],
        })),
        failures: missing.map((repositoryName) => ({
          repositoryName,
          failureCode: "REPOSITORY_NOT_FOUND",
          failureReason: `The repository with name '${repositoryName}' does not exist`,
        })),
      };
    },
  },
});
