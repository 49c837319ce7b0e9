/** Finds out what a deployment would run: which digest each container's reference means, and what its scan says. */
import { parseArn } from "#shared/domain/arn.ts";
import { parseImage } from "#shared/domain/image.ts";
import type { ContainerDefinition, TaskDefinition } from "#shared/domain/task-definition.ts";
import { secondsBetween } from "#shared/domain/time.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Images, IndexChild } from "#shared/ports/images.ts";
import type { KnownImage, KnownImages } from "#shared/ports/known-images.ts";
import type { ContainerImage } from "./judge-deployment.ts";
import type { KeepScan } from "./keep-scan.ts";
import { unscanned } from "./read-scan.ts";
import type { GateSettings } from "./settings.ts";

/** A kept scan is read again after this, for events of new findings can be lost. */
const READ_AGAIN_SECONDS = 12 * 3600;

export interface GatherDeps {
  readonly images: Images;
  readonly known: KnownImages;
  readonly clock: Clock;
  readonly keepScan: KeepScan;
}

type Named = NonNullable<ReturnType<typeof parseImage>> & { readonly account: string };

/** What ECS resolved the containers' tags to when it deployed them: a tag that was moved since means something else. */
export type ResolvedDigests = Readonly<Record<string, string>>;

/** What docker calls the platforms that ECS names. */
const platformOf = ({ architecture, isWindows }: TaskDefinition) => ({
  os: isWindows ? "windows" : "linux",
  architecture: architecture === "ARM64" ? "arm64" : "amd64",
});

const isUsable = (known: KnownImage | undefined, now: Date): known is KnownImage & { scan: object } =>
  known?.scan?.state === "complete" && secondsBetween(known.readAt, now) < READ_AGAIN_SECONDS;

/** Answers the images of a task definition. */
export const createGatherer = ({ images, known, clock, keepScan }: GatherDeps) => {
  const scanOf = async ({ account, repository }: Named, digest: string) => {
    const kept = await known.image(digest);
    if (isUsable(kept, clock.now())) return kept.scan;
    return (await keepScan({ registryId: account, repository, digest })).scan;
  };

  const childFor = (children: readonly IndexChild[], definition: TaskDefinition): string | undefined => {
    const { os, architecture } = platformOf(definition);
    return children.find((child) => child.os === os && child.architecture === architecture)?.digest;
  };

  const resolve = async (
    { name, image: reference }: ContainerDefinition,
    definition: TaskDefinition,
    settings: GateSettings,
    resolved: ResolvedDigests,
  ): Promise<ContainerImage> => {
    const parsed = parseImage(reference);
    const nothing = { digest: undefined, image: undefined, scan: undefined, isMovable: false };
    const told = {
      container: name,
      reference,
      registryId: parsed?.account,
      repository: parsed?.repository ?? reference,
      tag: parsed?.tag,
    };
    if (parsed === undefined) return { ...told, ...nothing, kind: "unreadable" };
    const { account, region, repository, tag } = parsed;
    const digest = parsed.digest ?? resolved[name];
    if (account === undefined) return { ...told, ...nothing, kind: "foreign", digest };
    // The registry of one Region knows nothing of another's, not even under the same name.
    if (region !== parseArn(definition.arn)?.region) return { ...told, ...nothing, kind: "other-registry", digest };
    const at = { ...parsed, account };
    const asksMutability = parsed.digest === undefined && settings.movableTag !== "allow";
    // A digest whose scan is kept is an image, not an index: nothing is left to look up.
    const kept = digest === undefined || asksMutability ? undefined : await known.image(digest);
    if (isUsable(kept, clock.now()))
      return { ...told, kind: "ecr", digest, image: digest, scan: kept.scan, isMovable: false };
    const found = await images.find({ registryId: account, repository, digest, tag });
    if (found.kind === "unreadable") return { ...told, ...nothing, kind: "other-registry", digest };
    const isMovable =
      asksMutability && (await images.isMovable({ registryId: account, repository, tag: tag ?? "latest" }));
    if (found.kind === "gone") {
      const scan = unscanned("image-gone", "the registry does not have the image");
      return { ...told, kind: "ecr", digest, image: digest, scan, isMovable };
    }
    const image = found.children === undefined ? found.digest : childFor(found.children, definition);
    if (image === undefined) return { ...told, ...nothing, kind: "no-child", digest: found.digest };
    return { ...told, kind: "ecr", digest: found.digest, image, scan: await scanOf(at, image), isMovable };
  };

  return (
    definition: TaskDefinition,
    settings: GateSettings,
    resolved: ResolvedDigests,
  ): Promise<readonly ContainerImage[]> =>
    Promise.all(definition.containers.map((container) => resolve(container, definition, settings, resolved)));
};
