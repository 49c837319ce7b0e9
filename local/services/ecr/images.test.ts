import { describe, expect, test } from "vitest";
import type { JsonObject, Principal } from "../../contract.ts";
import { digestOf } from "./manifests.ts";
import { HOST, world } from "./world.fixture.ts";

describe("images and tags", () => {
  test("a push tells its tag, and the reference names its digest", () => {
    const { door, push, told } = world();
    const digest = push();
    expect(told("ECR Image Action")).toMatchObject([
      {
        source: "aws.ecr",
        resources: [],
        detail: {
          result: "SUCCESS",
          "repository-name": "web",
          "image-digest": digest,
          "action-type": "PUSH",
          "image-tag": "v1",
        },
      },
    ]);
    expect(door.resolve(`${HOST}/web:v1`)).toBe(digest);
    expect(door.resolve(`${HOST}/web@${digest}`)).toBe(digest);
    expect(door.resolve(`${HOST}/web`)).toBeUndefined();
    expect(door.resolve(`${HOST}/web@sha256:00`)).toBeUndefined();
    expect(door.resolve(`${HOST}/none:v1`)).toBeUndefined();
    expect(door.resolve("public.ecr.aws/x/y:1")).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("a second push of a tag is new content, and leaves the old digest without the tag", async () => {
    const { ask, push } = world();
    const old = push();
    const fresh = push();
    expect(fresh).not.toBe(old);
    const { imageDetails } = await ask("DescribeImages");
    expect(imageDetails).toMatchObject([{ imageDigest: old }, { imageDigest: fresh, imageTags: ["v1"] }]);
    expect((imageDetails as JsonObject[])[0]).not.toHaveProperty("imageTags");
    expect(await ask("ListImages", { filter: { tagStatus: "UNTAGGED" } })).toEqual({
      imageIds: [{ imageDigest: old }],
    });
  });

  test("an immutable repository refuses a tag that exists, but for its exclusions", async () => {
    const { ask, push } = world({ ImageTagMutability: "IMMUTABLE" });
    push();
    expect(() => push()).toThrow(expect.objectContaining({ code: "ImageTagAlreadyExistsException" }));
    const exclusion = { filterType: "WILDCARD", filter: "v*" };
    await ask("PutImageTagMutability", {
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilters: [exclusion],
    });
    push();
    push({ imageTag: "release" });
    expect(() => push({ imageTag: "release" })).toThrow(/immutable/);
    expect(await ask("DescribeRepositories", { repositoryNames: ["web"] })).toMatchObject({
      repositories: [
        { imageTagMutability: "IMMUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters: [exclusion] },
      ],
    });
  });

  test("platforms make an index over untagged children with attestations, and its text has its digest", async () => {
    const { ask, push, told } = world();
    const digest = push({ platforms: ["linux/amd64", "linux/arm64/v8"] });
    const { images } = await ask("BatchGetImage", { imageIds: [{ imageTag: "v1" }] });
    const [index] = images as JsonObject[];
    expect(index).toMatchObject({ imageId: { imageDigest: digest, imageTag: "v1" } });
    expect(index?.imageManifestMediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(digestOf(String(index?.imageManifest))).toBe(digest);
    const { manifests } = JSON.parse(String(index?.imageManifest)) as {
      manifests: { digest: string; platform: object }[];
    };
    expect(manifests.map(({ platform }) => platform)).toEqual([
      { architecture: "amd64", os: "linux" },
      { architecture: "arm64", os: "linux", variant: "v8" },
      { architecture: "unknown", os: "unknown" },
      { architecture: "unknown", os: "unknown" },
    ]);
    const pushes = told("ECR Image Action").map(({ detail }) => [detail["image-digest"], detail["image-tag"]]);
    expect(pushes.at(-1)).toEqual([digest, "v1"]);
    expect(pushes.slice(0, -1).every(([, tag]) => tag === undefined)).toBe(true);
    const children = await ask("BatchGetImage", {
      imageIds: manifests.map((child) => ({ imageDigest: child.digest })),
    });
    expect(children).toMatchObject({ failures: [] });
  });

  test("what is not there is a failure of its own", async () => {
    const { ask, push } = world();
    const old = push();
    push();
    expect(await ask("BatchGetImage", { imageIds: [{ imageTag: "v1" }, { imageTag: "v9" }] })).toMatchObject({
      images: [{}],
      failures: [{ imageId: { imageTag: "v9" }, failureCode: "ImageNotFound" }],
    });
    await expect(ask("DescribeImages", { imageIds: [{ imageTag: "v9" }] })).rejects.toMatchObject({
      code: "ImageNotFoundException",
    });
    const imageIds = [{ imageTag: "v1", imageDigest: old }];
    await expect(ask("DescribeImages", { imageIds })).rejects.toMatchObject({ code: "ImageNotFoundException" });
    await expect(ask("ListImages", { repositoryName: "none" })).rejects.toMatchObject({
      code: "RepositoryNotFoundException",
    });
  });

  test("PutImage points another tag at a manifest that is there", async () => {
    const { ask, door, push } = world();
    const digest = push();
    const { images } = await ask("BatchGetImage", { imageIds: [{ imageTag: "v1" }] });
    const imageManifest = (images as JsonObject[])[0]?.imageManifest;
    await ask("PutImage", { imageManifest, imageTag: "stable" });
    expect(door.resolve(`${HOST}/web:stable`)).toBe(digest);
    await expect(ask("PutImage", { imageManifest, imageTag: "stable" })).rejects.toMatchObject({
      code: "ImageAlreadyExistsException",
    });
    await expect(ask("PutImage", { imageManifest: "{}", imageTag: "x" })).rejects.toMatchObject({
      code: "LayersNotFoundException",
    });
  });

  test("an image that an index refers to cannot be deleted before it", async () => {
    const { ask, push, told } = world();
    const digest = push({ platforms: ["linux/amd64"] });
    const { imageIds } = await ask("ListImages");
    const child = (imageIds as JsonObject[]).find(({ imageDigest }) => imageDigest !== digest);
    expect(await ask("BatchDeleteImage", { imageIds: [child ?? {}] })).toMatchObject({
      failures: [{ failureCode: "ImageReferencedByManifestList" }],
    });
    expect(await ask("BatchDeleteImage", { imageIds: [{ imageTag: "v1" }] })).toMatchObject({ failures: [] });
    expect(await ask("BatchDeleteImage", { imageIds: [child ?? {}] })).toMatchObject({ failures: [] });
    expect(told("ECR Image Action").filter(({ detail }) => detail["action-type"] === "DELETE")).toHaveLength(2);
  });
});

describe("lifecycle", () => {
  const policy = (...rules: readonly JsonObject[]): JsonObject => ({
    LifecyclePolicy: { LifecyclePolicyText: JSON.stringify({ rules }) },
  });
  const untaggedAfterDay = {
    rulePriority: 1,
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 },
    action: { type: "expire" },
  };

  test("untagged images go after their days, tagged ones and children of an index stay", async () => {
    const { ask, push, pass, told } = world(policy(untaggedAfterDay));
    const old = push();
    push({ platforms: ["linux/amd64"] });
    await pass(86_400 * 3);
    const deleted = told("ECR Image Action").filter(({ detail }) => detail["action-type"] === "DELETE");
    expect(deleted.map(({ detail }) => detail["image-digest"])).toEqual([old]);
    expect((await ask("DescribeImages")).imageDetails).toHaveLength(3);
    expect(await ask("GetLifecyclePolicy")).toMatchObject({ lifecyclePolicyText: expect.stringContaining("untagged") });
  });

  test("a count keeps the newest", async () => {
    const keepTwo = {
      rulePriority: 1,
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 2 },
      action: { type: "expire" },
    };
    const { ask, push, pass } = world(policy(keepTwo));
    for (const imageTag of ["a", "b", "c"]) {
      push({ imageTag });
      await pass(60);
    }
    await pass(86_400);
    expect(await ask("ListImages")).toMatchObject({ imageIds: [{ imageTag: "b" }, { imageTag: "c" }] });
  });

  test("an image belongs to the first rule that selects it", async () => {
    const keepThree = { tagStatus: "tagged", tagPrefixList: ["v"], countType: "imageCountMoreThan", countNumber: 3 };
    const keepOne = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 };
    const rules = [keepOne, keepThree].map((selection, index) => ({
      rulePriority: 2 - index,
      selection,
      action: { type: "expire" },
    }));
    const { ask, push, pass } = world(policy(...rules));
    for (const imageTag of ["v1", "v2", "x1", "x2"]) {
      push({ imageTag });
      await pass(60);
    }
    await pass(86_400);
    expect(await ask("ListImages")).toMatchObject({
      imageIds: [{ imageTag: "v1" }, { imageTag: "v2" }, { imageTag: "x2" }],
    });
  });

  test("a policy that is no policy is refused, and a repository without one says so", async () => {
    const { ask, declare } = world();
    expect(() => declare({ RepositoryName: "x", LifecyclePolicy: { LifecyclePolicyText: "{" } })).toThrow(/not JSON/);
    const lifecyclePolicyText = JSON.stringify({
      rules: [{ ...untaggedAfterDay, selection: { tagStatus: "untagged" } }],
    });
    await expect(ask("PutLifecyclePolicy", { lifecyclePolicyText })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
    await expect(ask("GetLifecyclePolicy")).rejects.toMatchObject({ code: "LifecyclePolicyNotFoundException" });
  });
});

test("the world's first push puts a clean image under each tag that a task definition names, always the same", async () => {
  const images = [`${HOST}/web:prod`, `${HOST}/web:prod`, `${HOST}/none:prod`, `${HOST}/web@sha256:00`, "nginx:1"];
  const first = world({}, images);
  const digest = first.door.resolve(`${HOST}/web:prod`);
  expect(digest).toBeDefined();
  expect(world({}, images).door.resolve(`${HOST}/web:prod`)).toBe(digest);
  await first.pass(60);
  expect(await first.findings(digest ?? "")).toMatchObject({
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: { findings: [], findingSeverityCounts: {} },
  });
});

test("a role sees only the repositories it may", async () => {
  const { local } = world();
  const role: Principal = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/r", sessionName: "s" };
  const call = local.request(role, { service: "ecr", operation: "ListImages", input: { repositoryName: "web" } });
  await expect(call).rejects.toMatchObject({ code: "AccessDeniedException" });
});
