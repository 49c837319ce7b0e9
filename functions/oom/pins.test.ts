import { expect, test } from "vitest";
import { container, DIGEST, REGISTRY, REVISION, running, taskDefinition } from "../../test/builders/oom.ts";
import { pinsOf } from "./pins.ts";

const app = `${REGISTRY}/order-service`;
const image = (over: { container?: string; image?: string; digest?: string | undefined }) => ({
  container: "app",
  image: `${app}:v1.0.0`,
  digest: DIGEST,
  ...over,
});
const pins = (reference: string, images: readonly ReturnType<typeof image>[]) =>
  pinsOf(taskDefinition({ containers: [container({ image: reference })] }), running({ images }));

// biome-ignore format: a table reads as a table
test.each([
  ["a tag is pinned to what it meant when it was deployed",  `${app}:latest`,       [image({ image: `${app}:latest` })],              { pins: { app: `${app}@${DIGEST}` }, unknown: [] }],
  ["a moved tag does not matter, only the repository does",  `${app}:v2`,           [image({})],                                      { pins: { app: `${app}@${DIGEST}` }, unknown: [] }],
  ["a short name keeps its writing",                         "nginx:1",             [image({ image: "docker.io/library/nginx:1" })],  { pins: { app: `nginx@${DIGEST}` }, unknown: [] }],
  ["a reference by digest needs no pin",                     `${app}@${DIGEST}`,    [],                                               { pins: {}, unknown: [] }],
  ["a digest not told yet is unknown",                       `${app}:v1`,           [image({ digest: undefined })],                   { pins: {}, unknown: ["app"] }],
  ["a digest that is none is unknown",                       `${app}:v1`,           [image({ digest: "sha256:abc" })],                { pins: {}, unknown: ["app"] }],
  ["another container's digest is not taken",                `${app}:v1`,           [image({ container: "otel" })],                   { pins: {}, unknown: ["app"] }],
  ["another repository's digest is not taken",               `${app}:v1`,           [image({ image: `${REGISTRY}/other:v1` })],       { pins: {}, unknown: ["app"] }],
  ["a reference that cannot be read is unknown",             "",                    [image({})],                                      { pins: {}, unknown: ["app"] }],
])("%s", (_, reference, images, expected) => {
  expect(pins(reference, images)).toEqual(expected);
});

test("the digests of another revision are not taken", () => {
  const other = running({ taskDefinitionArn: REVISION.replace(":7", ":6") });
  expect(pinsOf(taskDefinition(), other)).toEqual({ pins: {}, unknown: ["app"] });
});
