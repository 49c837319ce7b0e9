import type { JsonObject } from "../../contract.ts";

/** What a repository does with a tag that exists already. */
export interface Mutability {
  readonly setting: "MUTABLE" | "IMMUTABLE" | "MUTABLE_WITH_EXCLUSION" | "IMMUTABLE_WITH_EXCLUSION";
  /** Wildcards of the tags that are treated the other way round. */
  readonly exclusions: readonly string[];
}

/** A repository with its images and where its tags point. */
export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly createdAtMs: number;
  mutability: Mutability;
  scanOnPush: boolean;
  lifecyclePolicy: string | undefined;
  readonly images: Map<string, Image>;
  readonly tags: Map<string, string>;
  pushes: number;
}

/** An image, an index of images, or the attestation of one. */
export interface Image {
  readonly digest: string;
  readonly kind: "image" | "index" | "attestation";
  readonly mediaType: string;
  readonly artifactMediaType: string | undefined;
  readonly manifest: string;
  readonly sizeBytes: number;
  readonly pushedAtMs: number;
  /** Digests an index refers to. */
  readonly children: readonly string[];
  readonly platform: string | undefined;
  /** What a scan finds, as an answer of DescribeImageScanFindings; null when nobody ever scans it. */
  readonly findings: JsonObject | null;
  readonly isEnhanced: boolean;
  scan: Scan | undefined;
  pulledAtMs: number | undefined;
}

/** A scan that was begun: found from, and finished at. */
export interface Scan {
  readonly startedAtMs: number;
  /** Undefined when it never ends. */
  readonly finishedAtMs: number | undefined;
}

/** The account's registry. */
export interface Registry {
  readonly repositories: Map<string, Repository>;
  /** What the scanning configuration of a template says; otherwise the newest findings decide. */
  scanType: "BASIC" | "ENHANCED" | undefined;
  lastEnhanced: boolean;
}

/** The tags that point at an image. */
export const tagsOf = (repository: Repository, digest: string): readonly string[] =>
  [...repository.tags].filter(([, pointed]) => pointed === digest).map(([tag]) => tag);
