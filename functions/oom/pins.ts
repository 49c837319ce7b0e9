/** Which digests a new revision must carry so that it runs the code that runs now. */
import { isSameRepository, parseImage, pinned } from "#shared/domain/image.ts";
import type { ServiceRevision } from "#shared/domain/service.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";

export interface Pins {
  /** `repository@digest` by container; a container whose reference names a digest already is not among them. */
  readonly pins: Readonly<Record<string, string>>;
  /** Containers whose running digest is not known. */
  readonly unknown: readonly string[];
}

/** The pins from what runs now; a container that cannot be pinned is named, never left to its tag. */
export function pinsOf({ arn, containers }: TaskDefinition, running: ServiceRevision | undefined): Pins {
  const images = running?.taskDefinitionArn === arn ? running.images : [];
  const found = containers
    .filter(({ image }) => parseImage(image)?.digest === undefined)
    .map(({ name, image }) => {
      const runs = images.find((one) => one.container === name && isSameRepository(one.image, image));
      return { name, pin: runs?.digest === undefined ? undefined : pinned(image, runs.digest) };
    });
  return {
    pins: Object.fromEntries(found.flatMap(({ name, pin }) => (pin === undefined ? [] : [[name, pin]]))),
    unknown: found.flatMap(({ name, pin }) => (pin === undefined ? [name] : [])),
  };
}
