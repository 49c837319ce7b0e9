/** `Images` and `KnownImages` over maps: repositories with tags that move, scans that end, a memory of both. */
import type { ImageScan, InspectorWord, Threats } from "#shared/domain/finding.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { unscanned } from "#shared/gate/read-scan.ts";
import { afterWord, isWorthKeeping, withWords } from "#shared/gate/threats.ts";
import type { FoundImage, Images, IndexChild, TaggedImage } from "#shared/ports/images.ts";
import type { KnownImage, KnownImages } from "#shared/ports/known-images.ts";

export interface FakeImages extends Images {
  /** What each `repository:tag` means now; what was pushed last comes last. */
  readonly tags: Map<string, string>;
  readonly indexes: Map<string, readonly IndexChild[]>;
  readonly scans: Map<string, ImageScan>;
  /** Repositories that do not let us look, by name, or by `registry/name`. */
  readonly closed: Set<string>;
  /** Whose tags may be moved: a repository's, or one `repository:tag`. */
  readonly movable: Set<string>;
  /** Names of the calls, in order. */
  readonly calls: string[];
}

export const fakeImages = (): FakeImages => {
  /** Tags of the repository, and the digests behind them. */
  const tagsOf = (repository: string): readonly (readonly [tag: string, digest: string])[] =>
    [...world.tags].flatMap(([name, digest]) => {
      const [own, tag = ""] = name.split(":");
      return own === repository ? [[tag, digest] as const] : [];
    });
  const isThere = (digest: string): boolean =>
    world.scans.has(digest) ||
    [...world.tags.values()].includes(digest) ||
    [...world.indexes.values()].flat().some((child) => child.digest === digest);

  const world: FakeImages = {
    tags: new Map(),
    indexes: new Map(),
    scans: new Map(),
    closed: new Set(),
    movable: new Set(),
    calls: [],
    async find({ registryId, repository, digest, tag }): Promise<FoundImage> {
      world.calls.push("find");
      if (world.closed.has(repository) || world.closed.has(`${registryId}/${repository}`))
        return { kind: "unreadable" };
      const found = digest ?? world.tags.get(`${repository}:${tag ?? "latest"}`);
      return found === undefined || !isThere(found)
        ? { kind: "gone" }
        : { kind: "found", digest: found, children: world.indexes.get(found) };
    },
    async scan({ digest }) {
      world.calls.push("scan");
      if (!isThere(digest)) return unscanned("image-gone", "the registry does not have the image");
      return world.scans.get(digest) ?? unscanned("no-scan", "no scan of this image was found");
    },
    async isMovable({ repository, tag }) {
      world.calls.push("isMovable");
      const isGone = tagsOf(repository).length === 0;
      return isGone || world.movable.has(repository) || world.movable.has(`${repository}:${tag}`);
    },
    async tagged(repository) {
      const found = new Map<string, TaggedImage>();
      for (const [tag, digest] of tagsOf(repository))
        found.set(digest, { digest, tags: [...(found.get(digest)?.tags ?? []), tag], pushedAt: undefined });
      return [...found.values()].reverse();
    },
  };
  return world;
};

export interface FakeKnownImages extends KnownImages {
  readonly kept: Map<string, KnownImage>;
  givenWaivers: readonly Waiver[];
  givenThreats: Threats;
}

export const fakeKnownImages = (): FakeKnownImages => {
  const kept = new Map<string, KnownImage>();
  const waiting = new Map<string, Map<string, unknown>>();
  const answers = new Map<string, string>();
  const words = new Map<string, InspectorWord>();
  return {
    kept,
    givenWaivers: [],
    givenThreats: {},
    image: async (digest) => structuredClone(kept.get(digest)),
    async keep(image) {
      const before = kept.get(image.digest);
      if (before === undefined || before.readAt <= image.readAt) kept.set(image.digest, structuredClone(image));
    },
    async wait(digest, key, message) {
      const here = waiting.get(digest) ?? new Map<string, unknown>();
      if (!here.has(key)) here.set(key, structuredClone(message));
      waiting.set(digest, here);
    },
    waiting: async (digest) => [...(waiting.get(digest) ?? [])].sort().map(([, message]) => message),
    async threats() {
      return withWords(this.givenThreats, words);
    },
    async learn(vulnerability, word) {
      const before = (await this.threats())[vulnerability] ?? {};
      if (!isWorthKeeping(before.inspector, word)) return { before, after: before };
      words.set(vulnerability, afterWord(before.inspector, word));
      return { before, after: (await this.threats())[vulnerability] ?? {} };
    },
    async waivers() {
      return this.givenWaivers;
    },
    async answerOnce(question, answer) {
      const first = answers.get(question) ?? answer;
      answers.set(question, first);
      return first;
    },
    answered: async (question) => answers.get(question),
  };
};
