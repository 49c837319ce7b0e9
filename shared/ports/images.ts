/** What a container registry must be able to tell. */
import type { ImageScan } from "#shared/domain/finding.ts";

/** An image of an ECR repository, named by digest or by tag. */
export interface ImageName {
  /** Account of the registry. */
  readonly registryId: string;
  readonly repository: string;
  readonly digest: string | undefined;
  readonly tag: string | undefined;
}

/** An image of an index, and what it runs on. */
export interface IndexChild {
  readonly digest: string;
  readonly os: string;
  readonly architecture: string;
}

export type FoundImage =
  | {
      readonly kind: "found";
      readonly digest: string;
      /** The images of an index, attestations left out; undefined for an image itself. */
      readonly children: readonly IndexChild[] | undefined;
    }
  | { readonly kind: "gone" }
  /** Another account's registry that does not let us look. */
  | { readonly kind: "unreadable" };

/** An image with at least one tag. */
export interface TaggedImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: string | undefined;
}

export interface Images {
  find(name: ImageName): Promise<FoundImage>;
  /** The scan of a digest, every page of it. */
  scan(name: Pick<ImageName, "registryId" | "repository"> & { readonly digest: string }): Promise<ImageScan>;
  /** Whether the tag could be moved to another image; one of a repository that is gone could be made again. */
  isMovable(name: Pick<ImageName, "registryId" | "repository"> & { readonly tag: string }): Promise<boolean>;
  /** The images of a repository that have tags, newest first. */
  tagged(repository: string): Promise<readonly TaggedImage[]>;
}
