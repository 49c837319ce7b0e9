import { expect, test } from "vitest";
import { isDigest, isSameRepository, parseImage, pinned } from "./image.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const ecr = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

// biome-ignore format: a table reads as a table
test.each([
  ["a short name of Docker Hub",         "nginx",                            { registry: "docker.io", repository: "library/nginx" }],
  ["a tag",                              "nginx:1.27-alpine",                { repository: "library/nginx", tag: "1.27-alpine" }],
  ["a name of Docker Hub's user",        "grafana/grafana:12.0.0",           { registry: "docker.io", repository: "grafana/grafana", tag: "12.0.0" }],
  ["Docker Hub written out",             "docker.io/library/nginx",          { registry: "docker.io", repository: "library/nginx" }],
  ["Docker Hub's older host",            "index.docker.io/nginx",            { registry: "docker.io", repository: "library/nginx" }],
  ["ECR with account and region",        `${ecr}/team/api:v1.0.0`,           { registry: ecr, account: "111122223333", region: "us-east-1", repository: "team/api", tag: "v1.0.0" }],
  ["ECR in China",                       "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/api", { account: "111122223333", region: "cn-north-1" }],
  ["ECR over FIPS",                      "111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com/api", { region: "us-gov-west-1" }],
  ["ECR over both address families",     "111122223333.dkr-ecr.us-east-1.on.aws/api", { account: "111122223333", region: "us-east-1" }],
  ["public ECR, which is no account's",  "public.ecr.aws/nginx/nginx:stable", { registry: "public.ecr.aws", account: undefined, repository: "nginx/nginx" }],
  ["a port, which is no tag",            "localhost:5000/api",               { registry: "localhost:5000", repository: "api", tag: undefined }],
  ["a port and a tag",                   "registry.example.com:5000/a/b:c",  { registry: "registry.example.com:5000", repository: "a/b", tag: "c" }],
  ["a digest",                           `${ecr}/api@${digest}`,             { repository: "api", tag: undefined, digest }],
  ["a tag and a digest",                 `${ecr}/api:v1@${digest}`,          { tag: "v1", digest }],
])("%s is read", (_, reference, expected) => {
  expect(parseImage(reference)).toMatchObject(expected);
});

test.each(["", "UPPER", "api:", "api@sha256:abc", `api@${digest}0`, "a b", "https://example.com/api", "/api", "api/"])(
  "%j is no reference",
  (text) => {
    expect(parseImage(text)).toBeUndefined();
  },
);

test("pinning keeps the name as it was written and leaves neither tag nor old digest", () => {
  expect(pinned("nginx:1.27", digest)).toBe(`nginx@${digest}`);
  expect(pinned(`${ecr}/api:v1@sha256:${"f".repeat(64)}`, digest)).toBe(`${ecr}/api@${digest}`);
  expect(pinned("localhost:5000/api", digest)).toBe(`localhost:5000/api@${digest}`);
});

test("nothing is pinned to what is no digest, and no foreign text is pinned", () => {
  expect(pinned("nginx", "sha256:abc")).toBeUndefined();
  expect(pinned("a b", digest)).toBeUndefined();
  expect([isDigest(digest), isDigest(`${digest}\n`), isDigest(digest.toUpperCase())]).toEqual([true, false, false]);
});

test("a short name and its long form are the same repository, another registry's is not", () => {
  expect(isSameRepository("nginx:1", "docker.io/library/nginx:2")).toBe(true);
  expect(isSameRepository(`${ecr}/api`, "public.ecr.aws/api")).toBe(false);
  expect(isSameRepository("a b", "a b")).toBe(false);
  expect(isSameRepository("nginx", "a b")).toBe(false);
});
