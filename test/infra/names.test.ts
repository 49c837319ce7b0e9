/** Names that are taken: what a failed or removed stack leaves behind must not stand in the way of the next one. */
import { expect, test } from "vitest";
import { synthesized, type Template } from "./synthesized.ts";

const { automation, platform } = synthesized();

/** Properties by which CloudFormation names a resource, so that there can be one of it. */
const NAMES = ["LogGroupName", "FunctionName", "RepositoryName", "QueueName", "TableName", "TopicName", "AlarmName"];

const named = (template: Template, policy: string): readonly string[] =>
  Object.values(template.Resources)
    .filter(({ DeletionPolicy = "Delete" }) => DeletionPolicy === policy)
    .flatMap(({ Type, Properties }) =>
      NAMES.flatMap((name) =>
        Type.startsWith("AWS::Lambda::") && name !== "FunctionName" ? [] : (Properties?.[name] ?? []),
      ),
    )
    .filter((name) => typeof name === "string")
    .sort();

test("a first deployment that fails leaves no name behind", () => {
  expect([...named(automation, "Retain"), ...named(platform, "Retain")]).toEqual([]);
});

test("a stack that was removed leaves the names of the hooks, which deployments still call, and of the images", () => {
  expect(named(automation, "RetainExceptOnCreate")).toEqual([
    "/aws/lambda/CodeDeployHook_reflex-gate",
    "/aws/lambda/reflex-gate-hook",
    "CodeDeployHook_reflex-gate",
    "reflex-gate-hook",
  ]);
  expect(named(platform, "RetainExceptOnCreate")).toEqual(["api-gateway", "order-service", "user-service", "worker"]);
});
