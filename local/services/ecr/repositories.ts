import { AwsError, arnOf, type Cloud, type JsonObject } from "../../contract.ts";
import type { Input } from "../events/input.ts";
import type { Image, Mutability, Registry, Repository } from "./state.ts";

/** The host of this account's registry. */
export const hostOf = ({ account, region }: Pick<Cloud, "account" | "region">): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com`;

/** Adds an empty repository. */
export const addRepository = (registry: Registry, cloud: Cloud, name: string): Repository => {
  if (registry.repositories.has(name))
    throw new AwsError(
      "RepositoryAlreadyExistsException",
      `The repository with name '${name}' already exists in the registry with id '${cloud.account}'`,
    );
  const repository: Repository = {
    name,
    arn: arnOf(cloud, "ecr", `repository/${name}`),
    uri: `${hostOf(cloud)}/${name}`,
    createdAtMs: cloud.clock.now(),
    mutability: { setting: "MUTABLE", exclusions: [] },
    scanOnPush: false,
    lifecyclePolicy: undefined,
    images: new Map(),
    tags: new Map(),
    pushes: 0,
  };
  registry.repositories.set(name, repository);
  return repository;
};

/** The repository a request names, or RepositoryNotFoundException. */
export const repositoryNamed = (registry: Registry, cloud: Cloud, name: string): Repository => {
  const repository = registry.repositories.get(name);
  if (repository) return repository;
  throw new AwsError(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${cloud.account}'`,
  );
};

/** The image an `imageId` names by digest, tag or both, if there is one. */
export const findImage = (repository: Repository, imageId: Input | undefined): Image | undefined => {
  const digest = imageId?.optionalText("imageDigest");
  const tag = imageId?.optionalText("imageTag");
  const tagged = tag === undefined ? undefined : repository.tags.get(tag);
  if (tag !== undefined && (tagged === undefined || (digest !== undefined && digest !== tagged))) return undefined;
  return repository.images.get(digest ?? tagged ?? "");
};

/** The same, or ImageNotFoundException. */
export const imageNamed = (repository: Repository, imageId: Input | undefined, account: string): Image => {
  const image = findImage(repository, imageId);
  if (image) return image;
  const [tag, digest] = ["imageTag", "imageDigest"].map((name) => `${name}:'${imageId?.optionalText(name) ?? "null"}'`);
  throw new AwsError(
    "ImageNotFoundException",
    `The image with imageId {${digest}, ${tag}} does not exist within the repository with name '${repository.name}' in the registry with id '${account}'`,
  );
};

const SETTINGS = ["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"] as const;

/** Mutability from `imageTagMutability` and its exclusion filters, whatever the case of their names. */
export const mutabilityFrom = (input: Input, setting: string, filters: string): Mutability => {
  if (input.optionalText(setting) === undefined) return { setting: "MUTABLE", exclusions: [] };
  const exclusions = input
    .objects(filters)
    .map((filter) => filter.optionalText("filter") ?? filter.text("ImageTagMutabilityExclusionFilterValue"));
  const word = input.word(setting, SETTINGS);
  if (word.endsWith("_WITH_EXCLUSION") !== exclusions.length > 0)
    throw input.refusal(`${filters} must be given with a setting that ends in _WITH_EXCLUSION, and only then`);
  return { setting: word, exclusions };
};

const isLike = (wildcard: string, tag: string): boolean =>
  new RegExp(
    `^${wildcard
      .split("*")
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
      .join(".*")}$`,
  ).test(tag);

/** Whether a tag that exists may be pointed elsewhere. */
const mayMove = ({ mutability: { setting, exclusions } }: Repository, tag: string): boolean => {
  const isExcluded = exclusions.some((wildcard) => isLike(wildcard, tag));
  return setting.startsWith("MUTABLE") ? !isExcluded : isExcluded;
};

/** Points a tag at an image; what it pointed at before stays, without it. */
export const pointTag = (repository: Repository, tag: string, digest: string, account: string): void => {
  const before = repository.tags.get(tag);
  if (before !== undefined && !mayMove(repository, tag))
    throw new AwsError(
      "ImageTagAlreadyExistsException",
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable (registry '${account}').`,
    );
  repository.tags.set(tag, digest);
};

/** A repository as DescribeRepositories tells it. */
export const repositoryView = (repository: Repository, account: string): JsonObject => ({
  repositoryArn: repository.arn,
  registryId: account,
  repositoryName: repository.name,
  repositoryUri: repository.uri,
  createdAt: repository.createdAtMs / 1_000,
  imageTagMutability: repository.mutability.setting,
  ...(repository.mutability.exclusions.length > 0 && {
    imageTagMutabilityExclusionFilters: repository.mutability.exclusions.map((filter) => ({
      filterType: "WILDCARD",
      filter,
    })),
  }),
  imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
  encryptionConfiguration: { encryptionType: "AES256" },
});
