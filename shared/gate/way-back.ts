/** The mark by which the gate knows a revision of ours that takes a service back to images that it ran before. */
import { createHash } from "node:crypto";
import { parseImage } from "#shared/domain/image.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { type Tags, WAY_BACK_TAG } from "#shared/domain/tags.ts";

interface Container {
  readonly name: string;
  /** As the task definition writes it. */
  readonly image: string;
}

/** A print of the service and of what each container runs; undefined where an image is not named by digest and may change. */
export function wayBackPrint(
  { cluster, name }: Pick<ServiceRef, "cluster" | "name">,
  containers: readonly Container[],
): string | undefined {
  if (containers.some(({ image }) => parseImage(image)?.digest === undefined)) return undefined;
  const images = containers.map((container) => `${container.name} ${container.image}`).sort();
  return createHash("sha256")
    .update(JSON.stringify([cluster, name, ...images]))
    .digest("hex");
}

/** Whether the revision says of exactly its own images that this service goes back to them: a mark that was copied along says nothing. */
export function isWayBack(
  service: ServiceRef,
  { containers, tags }: { readonly containers: readonly Container[]; readonly tags: Tags },
): boolean {
  const said = tags[WAY_BACK_TAG];
  return said !== undefined && said === wayBackPrint(service, containers);
}
