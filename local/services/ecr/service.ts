import type { Cloud, JsonObject, Service } from "../../contract.ts";
import type { EcrDoor, EcsDoor } from "../../neighbours.ts";
import { followLifecycles } from "./lifecycle.ts";
import { imageOperations } from "./operations/images.ts";
import { onRepository } from "./operations/on-repository.ts";
import { repositoryOperations } from "./operations/repositories.ts";
import { scanningOperations } from "./operations/scanning.ts";
import { push } from "./push.ts";
import { ownReference, resolveReference } from "./references.ts";
import { ecrResources } from "./resources.ts";
import { enhancedFindings, scanStatus } from "./scans.ts";
import { type Image, type Registry, type Repository, tagsOf } from "./state.ts";

/** What Inspector knows of a registry: the images that enhanced scanning covers, with their findings. */
export interface ScannedImagesDoor {
  covered(): readonly {
    readonly repository: Repository;
    readonly image: Image;
    readonly tags: readonly string[];
    readonly status: string | undefined;
    readonly findings: readonly JsonObject[];
  }[];
}

const CLEAN: JsonObject = {
  imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
  imageScanFindings: { findings: [], findingSeverityCounts: {} },
};

/** The world's first push: a clean image under every tag that a task definition names in a repository of ours. */
const pushFirstImages = (registry: Registry, cloud: Cloud): void => {
  for (const reference of new Set(cloud.neighbour<EcsDoor>("ecs").images())) {
    const own = ownReference(cloud, reference);
    const repository = own && registry.repositories.get(own.repositoryName);
    if (!own || !repository || own.digest !== undefined || repository.tags.has(own.tag)) continue;
    push(registry, cloud, { repositoryName: own.repositoryName, imageTag: own.tag, scan: CLEAN });
  }
};

/** Amazon ECR: repositories, images and indexes, tags, scans, lifecycle. */
export const createEcrService = (cloud: Cloud): Service => {
  const registry: Registry = { repositories: new Map(), scanType: undefined, lastEnhanced: false };
  const door: EcrDoor = {
    resolve: (reference) => resolveReference(registry, cloud, reference),
    push: (image) => push(registry, cloud, image),
  };
  const scanned: ScannedImagesDoor = {
    covered: () =>
      [...registry.repositories.values()].flatMap((repository) =>
        [...repository.images.values()]
          .filter(({ isEnhanced, scan }) => isEnhanced && scan)
          .map((image) => {
            const status = scanStatus(image, cloud.clock.now())?.status;
            const isKnown = status === "ACTIVE" || status === "COMPLETE";
            return {
              repository,
              image,
              tags: tagsOf(repository, image.digest),
              status: typeof status === "string" ? status : undefined,
              findings: isKnown ? enhancedFindings(cloud, repository, image) : [],
            };
          }),
      ),
  };
  cloud.expose("ecr", door);
  cloud.expose("scanned-images", scanned);
  const on = onRepository(registry);
  return {
    name: "ecr",
    operations: {
      ...repositoryOperations(registry, on),
      ...imageOperations(on),
      ...scanningOperations(registry, on),
    },
    resources: ecrResources(registry),
    start: () => {
      pushFirstImages(registry, cloud);
      followLifecycles(cloud, registry);
    },
  };
};
