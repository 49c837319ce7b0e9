/** `Images` on Amazon ECR: manifests and answers in, domain words out, no decisions. */
import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsCommandOutput,
  DescribeRepositoriesCommand,
  type ECRClient,
  paginateDescribeImages,
} from "@aws-sdk/client-ecr";
import { matchesGlob } from "#shared/config/glob.ts";
import { readScan, unscanned } from "#shared/gate/read-scan.ts";
import type { Images, IndexChild, TaggedImage } from "#shared/ports/images.ts";
import { isNamed, translate } from "./errors.ts";

const IMAGE_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** DescribeImageScanFindings takes at most this many. Source: ECR API reference. */
const FINDINGS_PER_PAGE = 1000;

/** More findings than any page count of a real image: whoever has more is told as not read whole. */
const MOST_PAGES = 60;

interface Manifest {
  readonly mediaType?: string;
  readonly manifests?: readonly {
    readonly digest?: string;
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
}

const parsed = (text: string | undefined): Manifest => {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? (value as Manifest) : {};
  } catch {
    return {};
  }
};

/** The images of an index: what has a platform; attestations say `unknown/unknown`. */
const childrenOf = (manifest: string | undefined, mediaType: string | undefined): readonly IndexChild[] | undefined => {
  const { manifests, mediaType: own } = parsed(manifest);
  if (!INDEX_TYPES.includes(mediaType ?? own ?? "") && manifests === undefined) return undefined;
  return (Array.isArray(manifests) ? manifests : []).flatMap(({ digest, platform: { os, architecture } = {} }) =>
    digest === undefined || os === undefined || architecture === undefined || os === "unknown"
      ? []
      : [{ digest, os, architecture }],
  );
};

/** The ECR of one region; other accounts' registries are asked by their id. */
export const ecrImages = (ecr: ECRClient): Images => ({
  async find({ registryId, repository, digest, tag }) {
    const imageId = digest === undefined ? { imageTag: tag ?? "latest" } : { imageDigest: digest };
    try {
      const { images: [image] = [] } = await ecr.send(
        new BatchGetImageCommand({
          registryId,
          repositoryName: repository,
          imageIds: [imageId],
          acceptedMediaTypes: [...INDEX_TYPES, ...IMAGE_TYPES],
        }),
      );
      const found = image?.imageId?.imageDigest;
      if (found === undefined) return { kind: "gone" };
      return {
        kind: "found",
        digest: found,
        children: childrenOf(image?.imageManifest, image?.imageManifestMediaType),
      };
    } catch (error) {
      if (isNamed(error, "RepositoryNotFoundException")) return { kind: "gone" };
      if (isNamed(error, "AccessDeniedException")) return { kind: "unreadable" };
      throw translate(error, `looking up image ${digest ?? tag} of ${repository}`);
    }
  },

  async scan({ registryId, repository, digest }) {
    const pages: DescribeImageScanFindingsCommandOutput[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const page = await ecr.send(
          new DescribeImageScanFindingsCommand({
            registryId,
            repositoryName: repository,
            imageId: { imageDigest: digest },
            maxResults: FINDINGS_PER_PAGE,
            ...(nextToken !== undefined && { nextToken }),
          }),
        );
        pages.push(page);
        nextToken = page.nextToken;
      } while (nextToken !== undefined && pages.length < MOST_PAGES);
      return readScan(pages, nextToken === undefined);
    } catch (error) {
      if (isNamed(error, "ScanNotFoundException")) return unscanned("no-scan", "no scan of this image was found");
      if (isNamed(error, "ImageNotFoundException", "RepositoryNotFoundException"))
        return unscanned("image-gone", "the registry does not have the image");
      // A token that ECR does not take any more loses the rest, not what was read.
      if (pages.length > 0 && isNamed(error, "InvalidParameterException", "ValidationException"))
        return readScan(pages, false);
      throw translate(error, `reading the findings of ${repository}@${digest}`);
    }
  },

  async isMovable({ registryId, repository, tag }) {
    const { repositories: [described] = [] } = await ecr
      .send(new DescribeRepositoriesCommand({ registryId, repositoryNames: [repository] }))
      .catch((error: unknown) => {
        if (isNamed(error, "RepositoryNotFoundException")) return { repositories: [] };
        throw translate(error, `describing repository ${repository}`);
      });
    const { imageTagMutability: setting = "MUTABLE", imageTagMutabilityExclusionFilters: exclusions = [] } =
      described ?? {};
    const isExcluded = exclusions.some(({ filter }) => filter !== undefined && matchesGlob(filter, tag));
    return setting.startsWith("MUTABLE") !== (setting.endsWith("_WITH_EXCLUSION") && isExcluded);
  },

  async tagged(repository) {
    const found: TaggedImage[] = [];
    try {
      const pages = paginateDescribeImages(
        { client: ecr, pageSize: 1000 },
        { repositoryName: repository, filter: { tagStatus: "TAGGED" } },
      );
      for await (const { imageDetails = [] } of pages)
        for (const { imageDigest, imageTags = [], imagePushedAt } of imageDetails)
          if (imageDigest !== undefined)
            found.push({ digest: imageDigest, tags: imageTags, pushedAt: imagePushedAt?.toISOString() });
    } catch (error) {
      if (isNamed(error, "RepositoryNotFoundException")) return [];
      throw translate(error, `listing the tagged images of ${repository}`);
    }
    return found.sort((a, b) => ((a.pushedAt ?? "") < (b.pushedAt ?? "") ? 1 : -1));
  },
});
