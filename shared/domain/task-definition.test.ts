import type { RegisterTaskDefinitionCommandInput, TaskDefinition as SdkTaskDefinition } from "@aws-sdk/client-ecs";
import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { DESCRIBE_ONLY_FIELDS, revised, taskDefinitionOf } from "./task-definition.ts";

const digest = `sha256:${"a".repeat(64)}`;

const document: JsonObject = {
  taskDefinitionArn: "arn:aws:ecs:us-east-1:111122223333:task-definition/order-service:7",
  family: "order-service",
  revision: 7,
  status: "ACTIVE",
  cpu: "512",
  memory: "1024",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  compatibilities: ["EC2", "FARGATE"],
  requiresAttributes: [{ name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" }],
  registeredAt: "2026-11-20T08:00:00Z",
  registeredBy: "arn:aws:iam::111122223333:root",
  deregisteredAt: "2026-11-21T08:00:00Z",
  deleteRequestedAt: "2026-11-22T08:00:00Z",
  taskRoleArn: "arn:aws:iam::111122223333:role/reflex-platform/order-task",
  executionRoleArn: "arn:aws:iam::111122223333:role/reflex-platform/order-execution",
  runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
  ephemeralStorage: { sizeInGiB: 40 },
  containerDefinitions: [
    {
      name: "api",
      image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/order:v1",
      essential: true,
      memory: 900,
      memoryReservation: 512,
      environment: [{ name: "A", value: "B" }],
    },
    { name: "log-router", image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", essential: false },
  ],
};

test("the words are read from a described revision", () => {
  expect(taskDefinitionOf(document, { team: "orders" })).toEqual({
    arn: "arn:aws:ecs:us-east-1:111122223333:task-definition/order-service:7",
    family: "order-service",
    revision: 7,
    status: "ACTIVE",
    size: { cpuUnits: 512, memoryMiB: 1024 },
    networkMode: "awsvpc",
    requiresFargate: true,
    isWindows: false,
    architecture: "ARM64",
    containers: [
      {
        name: "api",
        image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/order:v1",
        isEssential: true,
        memoryMiB: 900,
        memoryReservationMiB: 512,
      },
      {
        name: "log-router",
        image: "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
        isEssential: false,
        memoryMiB: undefined,
        memoryReservationMiB: undefined,
      },
    ],
    roles: {
      task: "arn:aws:iam::111122223333:role/reflex-platform/order-task",
      execution: "arn:aws:iam::111122223333:role/reflex-platform/order-execution",
    },
    tags: { team: "orders" },
    document,
  });
});

// biome-ignore format: a table reads as a table
test.each([
  ["without a platform it is Linux on x86",   { runtimePlatform: undefined },  { architecture: "X86_64", isWindows: false }],
  ["Windows is known by its family",          { runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } }, { isWindows: true }],
  ["without a size it has none",              { memory: undefined },           { size: undefined }],
  ["a size in words is not guessed at",       { cpu: "1 vCPU" },               { size: undefined }],
  ["EC2 alone is not Fargate",                { requiresCompatibilities: ["EC2"] }, { requiresFargate: false }],
  ["an unnamed container is left out",        { containerDefinitions: [{ image: "a" }, null, "b"] }, { containers: [] }],
  ["a missing image is empty, not invented",  { containerDefinitions: [{ name: "a" }] }, { containers: [{ name: "a", image: "", isEssential: true }] }],
  ["no status, roles or containers told",     { status: undefined, taskRoleArn: undefined, executionRoleArn: undefined, containerDefinitions: undefined }, { status: "", roles: { task: undefined, execution: undefined }, containers: [] }],
])("%s", (_, over, expected) => {
  expect(taskDefinitionOf({ ...document, ...over } as JsonObject, {})).toMatchObject(expected);
});

test("a document whose ARN names no revision is no task definition", () => {
  expect(taskDefinitionOf({ ...document, taskDefinitionArn: "order-service:7" }, {})).toBeUndefined();
  expect(taskDefinitionOf({}, {})).toBeUndefined();
});

test("the fields that are taken out are exactly those that describing answers and registering refuses", () => {
  type DescribeOnly = Exclude<keyof SdkTaskDefinition, keyof RegisterTaskDefinitionCommandInput>;
  expectTypeOf<(typeof DESCRIBE_ONLY_FIELDS)[number]>().toEqualTypeOf<DescribeOnly>();
  const registered = Object.keys(revised(document, {}));
  expect(
    Object.keys(document)
      .filter((field) => !registered.includes(field))
      .toSorted(),
  ).toEqual(DESCRIBE_ONLY_FIELDS.toSorted());
});

test("size, limits and images change, and nothing else", () => {
  const change = {
    size: { cpuUnits: 1024, memoryMiB: 3072 },
    containers: [{ name: "api", memoryMiB: 2800, memoryReservationMiB: 1024 }],
    pins: { api: `111122223333.dkr.ecr.us-east-1.amazonaws.com/order@${digest}` },
  };
  const kept = revised(document, {});
  const [api, logRouter] = kept.containerDefinitions as readonly JsonObject[];
  expect(revised(document, change)).toEqual({
    ...kept,
    cpu: "1024",
    memory: "3072",
    containerDefinitions: [{ ...api, memory: 2800, memoryReservation: 1024, image: change.pins.api }, logRouter],
  });
});

test("tags go beside the rest, without those that only AWS may write; no tags is no field", () => {
  const tags = { team: "orders", "aws:cloudformation:stack-name": "s" };
  expect(revised(document, {}, tags).tags).toEqual([{ key: "team", value: "orders" }]);
  expect("tags" in revised(document, {}, { "aws:x": "y" })).toBe(false);
});

test("a container whose name is a word of every object is not given that as its image", () => {
  const odd = { ...document, containerDefinitions: [{ name: "constructor", image: "a" }, "odd"] };
  expect(revised(odd, { pins: {} }).containerDefinitions).toEqual([{ name: "constructor", image: "a" }, "odd"]);
});

test("every field that is not ours to change survives byte for byte, also those newer than this code", () => {
  const changed = new Set<string>([...DESCRIBE_ONLY_FIELDS, "cpu", "memory", "containerDefinitions", "tags"]);
  const changedInContainer = new Set(["name", "image", "memory", "memoryReservation"]);
  const others = (taken: ReadonlySet<string>) =>
    fc.dictionary(
      fc.string().filter((key) => !taken.has(key) && key !== "__proto__"),
      fc.jsonValue(),
    );
  fc.assert(
    fc.property(others(changed), others(changedInContainer), (fields, ofContainer) => {
      const container = { ...ofContainer, name: "api", image: "a", memory: 1 };
      const described = { ...document, ...fields, containerDefinitions: [container] } as JsonObject;
      const next = revised(described, {
        size: { cpuUnits: 256, memoryMiB: 512 },
        containers: [{ name: "api", memoryMiB: 2 }],
        pins: { api: "b" },
      });
      const [nextContainer] = next.containerDefinitions as readonly JsonObject[];
      for (const [field, value] of Object.entries(fields))
        expect(JSON.stringify(next[field])).toBe(JSON.stringify(value));
      expect(JSON.stringify(nextContainer)).toBe(JSON.stringify({ ...container, image: "b", memory: 2 }));
    }),
  );
});
