import { AwsError, type JsonObject, type Operation } from "../../../contract.ts";
import type { Input } from "../../events/input.ts";
import { removeImage } from "../lifecycle.ts";
import { digestOf } from "../manifests.ts";
import { emitAction } from "../push.ts";
import { findImage, imageNamed, pointTag } from "../repositories.ts";
import { type Image, type Repository, tagsOf } from "../state.ts";
import type { OnRepository } from "./on-repository.ts";

const notFound = (imageId: Input): JsonObject => ({
  imageId: imageId.members,
  failureCode: "ImageNotFound",
  failureReason: "Requested image not found",
});

const detailOf = (repository: Repository, image: Image, registryId: string): JsonObject => {
  const tags = tagsOf(repository, image.digest);
  return {
    registryId,
    repositoryName: repository.name,
    imageDigest: image.digest,
    ...(tags.length > 0 && { imageTags: tags }),
    imageSizeInBytes: image.sizeBytes,
    imagePushedAt: image.pushedAtMs / 1_000,
    imageManifestMediaType: image.mediaType,
    ...(image.artifactMediaType !== undefined && { artifactMediaType: image.artifactMediaType }),
    ...(image.pulledAtMs !== undefined && { lastRecordedPullTime: image.pulledAtMs / 1_000 }),
  };
};

/** One page of a list, with the token of the next. */
const paged = (request: Input, name: string, all: readonly JsonObject[]): JsonObject => {
  const most = request.wholeNumber("maxResults", 1, 1_000, 100);
  const from = Number(request.optionalText("nextToken") ?? 0);
  return { [name]: all.slice(from, from + most), ...(from + most < all.length && { nextToken: String(from + most) }) };
};

const isAsked = (request: Input, tags: readonly string[]): boolean => {
  const status = request.object("filter")?.optionalText("tagStatus") ?? "ANY";
  return status === "ANY" || (status === "TAGGED") === tags.length > 0;
};

/** Operations on images. */
export const imageOperations = (onRepository: OnRepository): Readonly<Record<string, Operation>> => ({
  DescribeImages: onRepository("DescribeImages", (request, repository, cloud) => {
    const ids = request.objects("imageIds");
    if (ids.length > 0)
      return {
        imageDetails: ids.map((id) => detailOf(repository, imageNamed(repository, id, cloud.account), cloud.account)),
      };
    const images = [...repository.images.values()].filter(({ digest }) => isAsked(request, tagsOf(repository, digest)));
    return paged(
      request,
      "imageDetails",
      images.map((image) => detailOf(repository, image, cloud.account)),
    );
  }),

  ListImages: onRepository("ListImages", (request, repository) => {
    const ids = [...repository.images.keys()].flatMap((imageDigest): JsonObject[] => {
      const tags = tagsOf(repository, imageDigest);
      if (!isAsked(request, tags)) return [];
      return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }));
    });
    return paged(request, "imageIds", ids);
  }),

  BatchGetImage: onRepository("BatchGetImage", (request, repository, cloud) => {
    const images: JsonObject[] = [];
    const failures: JsonObject[] = [];
    for (const id of request.objects("imageIds")) {
      const image = findImage(repository, id);
      if (!image) failures.push(notFound(id));
      else
        images.push({
          registryId: cloud.account,
          repositoryName: repository.name,
          imageId: { imageDigest: image.digest, ...(id.optionalText("imageTag") && { imageTag: id.text("imageTag") }) },
          imageManifest: image.manifest,
          imageManifestMediaType: image.mediaType,
        });
    }
    return { images, failures };
  }),

  BatchDeleteImage: onRepository("BatchDeleteImage", (request, repository, cloud) => {
    const imageIds: JsonObject[] = [];
    const failures: JsonObject[] = [];
    for (const id of request.objects("imageIds")) {
      const image = findImage(repository, id);
      const tag = id.optionalText("imageTag");
      const index = [...repository.images.values()].find(({ children }) => image && children.includes(image.digest));
      if (!image) failures.push(notFound(id));
      else if (tag !== undefined && tagsOf(repository, image.digest).length > 1) {
        repository.tags.delete(tag);
        emitAction(cloud, repository, "DELETE", image.digest, tag);
        imageIds.push({ imageDigest: image.digest, imageTag: tag });
      } else if (index)
        failures.push({
          imageId: id.members,
          failureCode: "ImageReferencedByManifestList",
          failureReason: `Requested image referenced by manifest list: [${index.digest}]`,
        });
      else {
        removeImage(cloud, repository, image);
        imageIds.push({ imageDigest: image.digest, ...(tag !== undefined && { imageTag: tag }) });
      }
    }
    return { imageIds, failures };
  }),

  /** A manifest that the repository holds already, under another tag: the way to move a tag without docker. */
  PutImage: onRepository("PutImage", (request, repository, cloud) => {
    const digest = digestOf(request.text("imageManifest"));
    const image = repository.images.get(digest);
    const tag = request.text("imageTag");
    if (!image)
      throw new AwsError(
        "LayersNotFoundException",
        `layers of the manifest are not in '${repository.name}'; push it first`,
      );
    if (repository.tags.get(tag) === digest)
      throw new AwsError(
        "ImageAlreadyExistsException",
        `Image with digest '${digest}' and tag '${tag}' already exists`,
      );
    pointTag(repository, tag, digest, cloud.account);
    emitAction(cloud, repository, "PUSH", digest, tag);
    return {
      image: {
        registryId: cloud.account,
        repositoryName: repository.name,
        imageId: { imageDigest: digest, imageTag: tag },
        imageManifest: image.manifest,
        imageManifestMediaType: image.mediaType,
      },
    };
  }),
});
