/** References of container images: `registry/repository:tag@digest`. */

export interface ImageReference {
  /** The registry's host; `docker.io` when none was written. */
  readonly registry: string;
  /** Account of the private ECR registry. */
  readonly account: string | undefined;
  /** Region of the private ECR registry. */
  readonly region: string | undefined;
  /** Repository with its namespace; `library/nginx` for Docker Hub's `nginx`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const DOCKER_HUB = "docker.io";
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const ECR = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+$/;
const PARTS =
  /^(?<name>(?:(?:[a-zA-Z0-9.-]+(?::\d+)?)\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** True for `sha256:` and 64 hexadecimal digits. */
export const isDigest = (text: string): boolean => DIGEST.test(text);

/** Splits the written name where Docker does: the first part is a host when it looks like one. */
function hostOf(name: string): { host: string; path: string } | undefined {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  return /[.:]/.test(first) || first === "localhost" ? { host: first, path: name.slice(slash + 1) } : undefined;
}

/** The parts of a reference; undefined when it is none. */
export function parseImage(text: string): ImageReference | undefined {
  const { name, tag, digest } = PARTS.exec(text)?.groups ?? {};
  if (name === undefined) return undefined;
  const { host, path } = hostOf(name) ?? { host: DOCKER_HUB, path: name };
  const registry = host === "index.docker.io" || host === "registry-1.docker.io" ? DOCKER_HUB : host;
  const [, account, region] = ECR.exec(registry) ?? [];
  const repository = registry === DOCKER_HUB && !path.includes("/") ? `library/${path}` : path;
  return { registry, account, region, repository, tag, digest };
}

/** True when both references name the same repository of the same registry. */
export function isSameRepository(one: string, other: string): boolean {
  const [a, b] = [parseImage(one), parseImage(other)];
  return a !== undefined && b !== undefined && a.registry === b.registry && a.repository === b.repository;
}

/** The reference with exactly this digest in place of its tag, the name as it was written. */
export function pinned(reference: string, digest: string): string | undefined {
  const name = PARTS.exec(reference)?.groups?.name;
  return name === undefined || !isDigest(digest) ? undefined : `${name}@${digest}`;
}
