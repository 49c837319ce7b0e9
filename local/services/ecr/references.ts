import type { Cloud } from "../../contract.ts";
import { digestOf } from "./manifests.ts";
import { hostOf } from "./repositories.ts";
import type { Registry } from "./state.ts";

/** An image reference in its parts; `latest` is the tag when neither tag nor digest is named. */
const partsOf = (
  reference: string,
): { readonly name: string; readonly tag: string; readonly digest: string | undefined } => {
  const [named = "", digest] = reference.split("@");
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  return { name: hasTag ? named.slice(0, colon) : named, tag: hasTag ? named.slice(colon + 1) : "latest", digest };
};

/** Repository and tag that a reference names, when it names an image of this registry. */
export const ownReference = (
  cloud: Pick<Cloud, "account" | "region">,
  reference: string,
): { readonly repositoryName: string; readonly tag: string; readonly digest: string | undefined } | undefined => {
  const { name, tag, digest } = partsOf(reference);
  const host = `${hostOf(cloud)}/`;
  return name.startsWith(host) ? { repositoryName: name.slice(host.length), tag, digest } : undefined;
};

/** The digest a reference names now; a pull is remembered. Images of other registries always exist. */
export const resolveReference = (registry: Registry, cloud: Cloud, reference: string): string | undefined => {
  const own = ownReference(cloud, reference);
  if (!own) return partsOf(reference).digest ?? digestOf(reference);
  const repository = registry.repositories.get(own.repositoryName);
  const digest = own.digest ?? repository?.tags.get(own.tag);
  const image = digest === undefined ? undefined : repository?.images.get(digest);
  if (image) image.pulledAtMs = cloud.clock.now();
  return image?.digest;
};
