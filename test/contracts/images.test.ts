/** What every registry promises: the one in memory and Amazon ECR. */
import { ECRClient } from "@aws-sdk/client-ecr";
import { beforeEach, describe, expect, test } from "vitest";
import { ecrImages } from "#shared/aws/ecr-images.ts";
import type { Images } from "#shared/ports/images.ts";
import type { JsonObject } from "../../local/contract.ts";
import { finding, scan } from "../builders/gate.ts";
import { fakeImages } from "../fakes/images.ts";
import { digestOf } from "../fakes/services.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

const REGISTRY = "111122223333";
const OTHER_REGISTRY = "444455556666";

interface Pushed {
  readonly tag: string;
  /** How many findings its scan has once it has ended; undefined: it is never scanned. */
  readonly findings?: number;
  /** Such as `linux/arm64`: an index over images of these. */
  readonly platforms?: readonly string[];
}

interface Subject {
  readonly images: Images;
  /** A new repository in which no tag moves but those that begin with `latest`. */
  readonly repository: string;
  push(image: Pushed): string;
  /** Points another tag at an image. */
  tag(digest: string, tag: string): Promise<void>;
  remove(tag: string): Promise<void>;
  /** Lets scans begin, and end. */
  begin(): Promise<void>;
  settle(): Promise<void>;
}

let count = 0;

const inMemory = async (repository: string): Promise<Subject> => {
  const images = fakeImages();
  const ending: (() => void)[] = [];
  images.movable.add(`${repository}:latest`);
  images.closed.add(`${OTHER_REGISTRY}/${repository}`);
  return {
    images,
    repository,
    push({ tag, findings, platforms }) {
      count += 1;
      const digest = digestOf(String.fromCharCode(96 + count));
      images.tags.set(`${repository}:${tag}`, digest);
      const children = platforms?.map((platform) => {
        const [os = "", architecture = ""] = platform.split("/");
        return { digest: `${digest}-${architecture}`, os, architecture };
      });
      if (children) images.indexes.set(digest, children);
      if (findings === undefined) return digest;
      images.scans.set(digest, scan(undefined, { state: "in-progress", findings: undefined, counts: {} }));
      const found = Array.from({ length: findings }, () => finding({ severity: "HIGH" }));
      ending.push(() => images.scans.set(digest, scan(found)));
      return digest;
    },
    tag: async (digest, tag) => void images.tags.set(`${repository}:${tag}`, digest),
    async remove(tag) {
      images.scans.delete(images.tags.get(`${repository}:${tag}`) ?? "");
      images.tags.delete(`${repository}:${tag}`);
    },
    begin: async () => undefined,
    settle: async () => {
      for (const end of ending.splice(0)) end();
    },
  };
};

const onEcr = async (repository: string): Promise<Subject> => {
  const { client, cloud: running } = cloud.now();
  const ask = (operation: string, input: JsonObject) =>
    running.door.request("ecr", operation, { repositoryName: repository, ...input });
  await ask("CreateRepository", {
    imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "latest*" }],
    imageScanningConfiguration: { scanOnPush: true },
  });
  return {
    images: ecrImages(new ECRClient(client)),
    repository,
    push({ tag, findings, platforms }) {
      const imageScanFindings = {
        findings: Array.from({ length: findings ?? 0 }, (_, at) => ({ name: `CVE-2026-${at}`, severity: "HIGH" })),
      };
      const told = { imageScanStatus: { status: "COMPLETE", description: "done" }, imageScanFindings };
      const image = { repositoryName: repository, imageTag: tag, scan: findings === undefined ? null : told };
      return running.door.pushImage({ ...image, ...(platforms && { platforms }) }).digest;
    },
    async tag(imageDigest, imageTag) {
      const { images } = await ask("BatchGetImage", { imageIds: [{ imageDigest }] });
      const [image] = images as readonly JsonObject[];
      await ask("PutImage", { imageManifest: image?.imageManifest, imageTag });
    },
    remove: async (imageTag) => void (await ask("BatchDeleteImage", { imageIds: [{ imageTag }] })),
    begin: () => running.advance(2),
    settle: () => running.advance(60),
  };
};

describe.each<[string, (repository: string) => Promise<Subject>]>([
  ["in memory", inMemory],
  ["on ECR", onEcr],
])("images %s", (place, make) => {
  let subject: Subject;
  beforeEach(async () => {
    count += 1;
    subject = await make(`orders-${place.replace(" ", "-").toLowerCase()}-${count}`);
  });

  const at = (over: { readonly digest?: string; readonly tag?: string; readonly registryId?: string } = {}) => ({
    registryId: REGISTRY,
    repository: subject.repository,
    digest: undefined,
    tag: undefined,
    ...over,
  });
  const ABSENT = digestOf("0");

  test("are found by tag and by digest, and the digest is the same", async () => {
    const digest = subject.push({ tag: "v1", findings: 0 });
    const found = { kind: "found", digest, children: undefined };
    expect(await subject.images.find(at({ tag: "v1" }))).toEqual(found);
    expect(await subject.images.find(at({ digest }))).toEqual(found);
  });

  test("without a tag are what `latest` means", async () => {
    expect(await subject.images.find(at())).toEqual({ kind: "gone" });
    const digest = subject.push({ tag: "latest", findings: 0 });
    expect(await subject.images.find(at())).toMatchObject({ kind: "found", digest });
  });

  test("of an index are told with their platforms, without what only attests them", async () => {
    const digest = subject.push({ tag: "v1", findings: 0, platforms: ["linux/amd64", "linux/arm64"] });
    const found = await subject.images.find(at({ tag: "v1" }));
    expect(found).toMatchObject({
      kind: "found",
      digest,
      children: [
        { os: "linux", architecture: "amd64" },
        { os: "linux", architecture: "arm64" },
      ],
    });
    const [first] = (found.kind === "found" && found.children) || [];
    expect(await subject.images.find(at({ digest: String(first?.digest) }))).toMatchObject({ kind: "found" });
  });

  test("that are not there are gone: the tag, the digest, the whole repository", async () => {
    subject.push({ tag: "v1", findings: 0 });
    await subject.remove("v1");
    for (const name of [at({ tag: "v1" }), at({ digest: ABSENT }), { ...at({ tag: "v1" }), repository: "nowhere" }])
      expect(await subject.images.find(name)).toEqual({ kind: "gone" });
  });

  test("of a registry that lets nobody of ours in cannot be read", async () => {
    subject.push({ tag: "v1", findings: 0 });
    expect(await subject.images.find(at({ tag: "v1", registryId: OTHER_REGISTRY }))).toEqual({ kind: "unreadable" });
  });

  test("have a scan that goes on and then ends, however many pages of findings it has", async () => {
    const digest = subject.push({ tag: "v1", findings: 2500 });
    await subject.begin();
    expect(await subject.images.scan({ ...at(), digest })).toMatchObject({ state: "in-progress", findings: undefined });
    await subject.settle();
    const { state, findings, counts, isWhole, completedAt } = await subject.images.scan({ ...at(), digest });
    expect({ state, counts, isWhole }).toEqual({ state: "complete", counts: { HIGH: 2500 }, isWhole: true });
    expect(new Set(findings?.map(({ id }) => id)).size).toBe(2500);
    expect(completedAt).toMatch(/Z$/);
  });

  test("whose scan found nothing have no findings, which is not the same as none told", async () => {
    const clean = subject.push({ tag: "v1", findings: 0 });
    await subject.settle();
    expect(await subject.images.scan({ ...at(), digest: clean })).toMatchObject({ state: "complete", findings: [] });
    const never = subject.push({ tag: "v2" });
    await subject.settle();
    const untold = { findings: undefined, counts: {}, isWhole: true };
    expect(await subject.images.scan({ ...at(), digest: never })).toMatchObject({ ...untold, state: "no-scan" });
    for (const name of [at(), { ...at(), repository: "nowhere" }])
      expect(await subject.images.scan({ ...name, digest: ABSENT })).toMatchObject({ ...untold, state: "image-gone" });
  });

  test("have tags that may be moved where the repository lets them, and where it is gone and anybody may make it", async () => {
    subject.push({ tag: "v1", findings: 0 });
    const isMovable = (tag: string, repository = subject.repository) =>
      subject.images.isMovable({ registryId: REGISTRY, repository, tag });
    expect(await isMovable("v1")).toBe(false);
    expect(await isMovable("latest")).toBe(true);
    expect(await isMovable("v1", "nowhere")).toBe(true);
  });

  test("with tags are listed newest first, each with all of its tags", async () => {
    expect(await subject.images.tagged(subject.repository)).toEqual([]);
    const first = subject.push({ tag: "v1", findings: 0 });
    await subject.settle();
    const second = subject.push({ tag: "v2", findings: 0 });
    await subject.tag(second, "stable");
    const listed = await subject.images.tagged(subject.repository);
    expect(listed.map(({ digest, tags }) => [digest, tags.toSorted()])).toEqual([
      [second, ["stable", "v2"]],
      [first, ["v1"]],
    ]);
    expect(await subject.images.tagged("nowhere")).toEqual([]);
  });
});

test("a listing of more images than one page of ECR holds is whole", async () => {
  const { client, cloud: running } = cloud.now();
  await running.door.request("ecr", "CreateRepository", { repositoryName: "many" });
  for (let at = 0; at < 1100; at += 1)
    running.door.pushImage({ repositoryName: "many", imageTag: `v${at}`, scan: null });
  expect(await ecrImages(new ECRClient(client)).tagged("many")).toHaveLength(1100);
});
