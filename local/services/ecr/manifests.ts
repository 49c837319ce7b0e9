import { createHash } from "node:crypto";

const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

/** `sha256:` and the hash of a text. */
export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** A manifest as it is stored: its exact text, whose hash is the image's digest. */
export interface Manifest {
  readonly digest: string;
  readonly text: string;
  readonly mediaType: string;
  readonly artifactMediaType: string | undefined;
  readonly sizeBytes: number;
}

const manifestOf = (
  content: object,
  mediaType: string,
  artifactMediaType: string | undefined,
  sizeBytes: number,
): Manifest => {
  const text = JSON.stringify(content, null, 2);
  return { digest: digestOf(text), text, mediaType, artifactMediaType, sizeBytes };
};

/** The manifest of one platform's image; `seed` stands for its content: equal seeds are equal images. */
export const imageManifest = (seed: string): Manifest => {
  const layers = ["base", "app"].map((layer) => {
    const digest = digestOf(`${seed} ${layer}`);
    return { mediaType: LAYER_TYPE, digest, size: 1_000_000 + Number.parseInt(digest.slice(7, 13), 16) };
  });
  const config = { mediaType: CONFIG_TYPE, digest: digestOf(`${seed} config`), size: 1_469 };
  const sizeBytes = layers.reduce((sum, { size }) => sum + size, config.size);
  return manifestOf(
    { schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers },
    MANIFEST_TYPE,
    CONFIG_TYPE,
    sizeBytes,
  );
};

/** The provenance that BuildKit attaches to an image. */
export const attestationManifest = (seed: string): Manifest => {
  const layer = {
    mediaType: "application/vnd.in-toto+json",
    digest: digestOf(`${seed} provenance`),
    size: 1_156,
    annotations: { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2" },
  };
  const config = { mediaType: CONFIG_TYPE, digest: digestOf(`${seed} attestation`), size: 167 };
  const content = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers: [layer] };
  return manifestOf(content, MANIFEST_TYPE, CONFIG_TYPE, layer.size + config.size);
};

/** One platform of an index. */
export interface PlatformImage {
  readonly platform: string;
  readonly image: Manifest;
  readonly attestation: Manifest;
}

const platformOf = (platform: string) => {
  const [os = "", architecture = "", variant] = platform.split("/");
  return { architecture, os, ...(variant !== undefined && { variant }) };
};

/** The index over the images of several platforms, each with its attestation, as `docker buildx` pushes it. */
export const indexManifest = (platforms: readonly PlatformImage[]): Manifest => {
  const images = platforms.map(({ platform, image }) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.text.length,
    platform: platformOf(platform),
  }));
  const attestations = platforms.map(({ image, attestation }) => ({
    mediaType: attestation.mediaType,
    digest: attestation.digest,
    size: attestation.text.length,
    annotations: {
      "vnd.docker.reference.digest": image.digest,
      "vnd.docker.reference.type": "attestation-manifest",
    },
    platform: platformOf("unknown/unknown"),
  }));
  const sizeBytes = platforms.reduce((sum, { image }) => sum + image.sizeBytes, 0);
  const content = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [...images, ...attestations] };
  return manifestOf(content, INDEX_TYPE, undefined, sizeBytes);
};
