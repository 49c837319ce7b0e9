import { expect, test } from "vitest";
import { formatArn, parseArn, parseClusterArn, parseServiceArn, parseTaskDefinitionArn, serviceRef } from "./arn.ts";

const ecs = (resource: string, partition = "aws") => `arn:${partition}:ecs:us-east-1:111122223333:${resource}`;

test.each(["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-eusc"])(
  "a service in partition %s is read and written back unchanged",
  (partition) => {
    const arn = ecs("service/production/api", partition);
    expect(parseServiceArn(arn)).toEqual({ arn, cluster: "production", name: "api" });
    const parts = parseArn(arn);
    expect(parts && formatArn(parts)).toBe(arn);
  },
);

// biome-ignore format: a table reads as a table
test.each([
  ["a family and its revision",        ecs("task-definition/order-service:12"),   { family: "order-service", revision: 12 }],
  ["an underscore in the family",      ecs("task-definition/order_service:1"),    { family: "order_service", revision: 1 }],
  ["no revision",                      ecs("task-definition/order-service"),      undefined],
  ["revision 0",                       ecs("task-definition/order-service:0"),    undefined],
  ["a path too long",                  ecs("task-definition/a/order-service:1"),  undefined],
  ["another resource",                 ecs("service/production/api"),             undefined],
  ["another service of AWS",           "arn:aws:sqs:us-east-1:111122223333:task-definition/a:1", undefined],
  ["family and revision without ARN",  "order-service:12",                        undefined],
  ["empty text",                       "",                                        undefined],
])("task definition: %s", (_, text, expected) => {
  expect(parseTaskDefinitionArn(text)).toEqual(expected);
});

// biome-ignore format: a table reads as a table
test.each([
  ["the long form",                          ecs("service/production/api"), undefined,                     "production/api"],
  ["the long form beside another cluster",   ecs("service/production/api"), ecs("cluster/other"),          "production/api"],
  ["the old short form beside its cluster",  ecs("service/api"),            ecs("cluster/production"),     "production/api"],
  ["the old short form alone",               ecs("service/api"),            undefined,                     undefined],
  ["the short form beside no cluster's ARN", ecs("service/api"),            ecs("task/production/1"),      undefined],
  ["a part too many",                        ecs("service/a/b/c"),          undefined,                     undefined],
  ["an empty part",                          ecs("service/production/"),    undefined,                     undefined],
  ["foreign text",                           "DROP TABLE services",         undefined,                     undefined],
])("service: %s", (_, text, clusterArn, expected) => {
  const ref = parseServiceArn(text, clusterArn);
  expect(ref && `${ref.cluster}/${ref.name}`).toBe(expected);
});

test("a short service ARN becomes the long form, so that one service has one ARN", () => {
  expect(parseServiceArn(ecs("service/api"), ecs("cluster/production"))?.arn).toBe(ecs("service/production/api"));
});

test("a service name that could reach into another path makes no reference", () => {
  expect(serviceRef(ecs("cluster/production"), "../other")).toBeUndefined();
  expect(serviceRef(ecs("cluster/production"), "api")?.arn).toBe(ecs("service/production/api"));
  expect(serviceRef("arn:aws:ecs:us-east-1", "api")).toBeUndefined();
  expect(serviceRef(ecs("cluster/a/b"), "api")).toBeUndefined();
});

test("a masked account number, as captures have it, is read", () => {
  expect(parseClusterArn("arn:aws:ecs:us-east-2:XXXXXXXXXXXX:cluster/demo")).toBe("demo");
});
