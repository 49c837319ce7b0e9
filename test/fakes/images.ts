/** `Images` and `KnownImages` over maps: repositories with tags that move, scans that end, a memory of both. */
import type { ImageScan, Threats } from "#shared/domain/finding.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { unscanned } from "#shared/gate/read-scan.ts";
import { afterWord } from "#shared/gate/threats.ts";
import type { FoundImage, Images, IndexChild } from "#shared/ports/images.ts";
import type { KnownImage, KnownImages } from "#shared/ports/known-images.ts";

export interface FakeImages extends Images {
  /** What each `repository:tag` means now. */
  readonly tags: Map<string, string>;
  readonly indexes: Map<string, readonly IndexChild[]>;
  readonly scans: Map<string, ImageScan>;
  /** Repositories of other accounts that do not let us look. */
  readonly closed: Set<string>;
  readonly movable: Set<string>;
  /** Names of the calls, in order. */
  readonly calls: string[];
}

export const fakeImages = (): FakeImages => {
  const world: FakeImages = {
    tags: new Map(),
    indexes: new Map(),
    scans: new Map(),
    closed: new Set(),
    movable: new Set(),
    calls: [],
    async find({ repository, digest, tag }): Promise<FoundImage> {
      world.calls.push("find");
      if (world.closed.has(repository)) return { kind: "unreadable" };
      const found = digest ?? world.tags.get(`${repository}:${tag ?? "latest"}`);
      return found === undefined
        ? { kind: "gone" }
        : { kind: "found", digest: found, children: world.indexes.get(found) };
    },
    async scan({ digest }) {
      world.calls.push("scan");
      return world.scans.get(digest) ?? unscanned("no-scan", "no scan of this image was found");
    },
    async isMovable({ repository }) {
      world.calls.push("isMovable");
      return world.movable.has(repository);
    },
    async tagged(repository) {
      const names = [...world.tags].filter(([name]) => name.startsWith(`${repository}:`));
      return names.map(([name, digest]) => ({
        digest,
        tags: [name.slice(repository.length + 1)],
        pushedAt: undefined,
      }));
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
      if (!here.has(key)) here.set(key, message);
      waiting.set(digest, here);
    },
    waiting: async (digest) => [...(waiting.get(digest)?.values() ?? [])],
    async threats() {
      return this.givenThreats;
    },
    async learn(vulnerability, word) {
      const before = this.givenThreats[vulnerability] ?? {};
      const after = { ...before, inspector: afterWord(before.inspector, word) };
      this.givenThreats = { ...this.givenThreats, [vulnerability]: after };
      return { before, after };
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
