import { expect, test } from "vitest";
import { clientsIn, constructedBy } from "./clients.ts";

const source = `import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeTasksCommand, ECSClient } from "@aws-sdk/client-ecs";
import { SQSClient } from "@aws-sdk/client-sqs";
const dynamodb = new DynamoDBClient(clientDefaults);
const [first, second] = [new ECSClient(clientDefaults), new ECSClient(withoutRetry)];`;

const bundleOf = (...paths: readonly string[]) => ({
  inputs: Object.fromEntries(paths.map((path) => [path, { bytes: 1, imports: [] }])),
  outputs: {},
});

test("a client counts as constructed when the entry makes one, not when it only imports it", () => {
  expect(constructedBy(source)).toEqual([
    { package: "@aws-sdk/client-dynamodb", className: "DynamoDBClient" },
    { package: "@aws-sdk/client-ecs", className: "ECSClient" },
  ]);
});

test("the clients of a bundle are told once each, nested ones of the credential chain included", () => {
  const bundle = bundleOf(
    "functions/oom/lambda.ts",
    "node_modules/@aws-sdk/client-ecs/dist-es/index.js",
    "node_modules/@aws-sdk/client-ecs/package.json",
    "node_modules/@aws-sdk/core/dist-es/index.js",
    "node_modules/@aws-sdk/nested-clients/dist-es/submodules/sts/index.js",
  );
  expect(clientsIn(bundle)).toEqual(["@aws-sdk/client-ecs", "@aws-sdk/nested-clients/dist-es/submodules/sts"]);
});
