import type { Cloud, JsonObject } from "../../contract.ts";
import type { PushedImage } from "../../neighbours.ts";
import { beginScan } from "./begin-scan.ts";
import { attestationManifest, imageManifest, indexManifest, type Manifest } from "./manifests.ts";
import { pointTag, repositoryNamed } from "./repositories.ts";
import { isEnhancedAnswer } from "./scans.ts";
import type { Image, Registry, Repository } from "./state.ts";

const store = (
  repository: Repository,
  cloud: Cloud,
  { digest, text, mediaType, artifactMediaType, sizeBytes }: Manifest,
  more: Pick<Image, "kind" | "findings" | "isEnhanced"> & Partial<Pick<Image, "children" | "platform">>,
): Image => {
  const known = repository.images.get(digest);
  if (known) return known;
  const image: Image = {
    digest,
    mediaType,
    artifactMediaType,
    manifest: text,
    sizeBytes,
    pushedAtMs: cloud.clock.now(),
    children: [],
    platform: undefined,
    scan: undefined,
    pulledAtMs: undefined,
    ...more,
  };
  repository.images.set(digest, image);
  return image;
};

/** `ECR Image Action`, for one image and one tag or none. */
export const emitAction = (
  cloud: Cloud,
  repository: Repository,
  action: "PUSH" | "DELETE",
  digest: string,
  tag: string | undefined,
): void =>
  cloud.emit({
    source: "aws.ecr",
    detailType: "ECR Image Action",
    resources: [],
    detail: {
      result: "SUCCESS",
      "repository-name": repository.name,
      "image-digest": digest,
      "action-type": action,
      ...(tag !== undefined && { "image-tag": tag }),
    },
  });

/**
 * Pushes an image as a build does: new content each time, an index with attestations when platforms are given.
 * Children come first and have no tag; an index itself is never scanned.
 */
export const push = (registry: Registry, cloud: Cloud, pushed: PushedImage): { readonly digest: string } => {
  const { imageTag, platforms = [], scan } = pushed;
  const repository = repositoryNamed(registry, cloud, pushed.repositoryName);
  const seed = `${repository.name} ${imageTag ?? ""} ${repository.pushes}`;
  const isEnhanced = scan !== null && isEnhancedAnswer(scan);
  const findings: { findings: JsonObject | null; isEnhanced: boolean } = { findings: scan, isEnhanced };
  const parts = platforms.map((platform) => ({
    platform,
    image: imageManifest(`${seed} ${platform}`),
    attestation: attestationManifest(`${seed} ${platform}`),
  }));
  const top = parts.length > 0 ? indexManifest(parts) : imageManifest(seed);
  if (imageTag !== undefined) pointTag(repository, imageTag, top.digest, cloud.account);
  repository.pushes += 1;
  if (scan !== null) registry.lastEnhanced = isEnhanced;

  const scanned: Image[] = [];
  for (const { platform, image, attestation } of parts) {
    scanned.push(store(repository, cloud, image, { kind: "image", platform, ...findings }));
    emitAction(cloud, repository, "PUSH", image.digest, undefined);
    store(repository, cloud, attestation, { kind: "attestation", findings: null, isEnhanced: false });
    emitAction(cloud, repository, "PUSH", attestation.digest, undefined);
  }
  const children = parts.flatMap(({ image, attestation }) => [image.digest, attestation.digest]);
  if (parts.length > 0) store(repository, cloud, top, { kind: "index", children, findings: null, isEnhanced: false });
  else scanned.push(store(repository, cloud, top, { kind: "image", ...findings }));
  emitAction(cloud, repository, "PUSH", top.digest, imageTag);
  for (const image of scanned)
    if (scan !== null && (isEnhanced || repository.scanOnPush)) beginScan(cloud, repository, image);
  return { digest: top.digest };
};
