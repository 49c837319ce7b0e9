import { expect, test } from "vitest";
import { bareHandler } from "./bare-handler.ts";

const clients = [{ package: "@aws-sdk/client-dynamodb", className: "DynamoDBClient" }];
const asked = (operation: string) => ({ operation, input: { TableName: "ledger" }, atMs: 0 });

test("the bare handler makes the function's calls in their order", async () => {
  const code = new TextDecoder().decode(
    await bareHandler(clients, [asked("dynamodb.GetItem"), asked("slack.chat.postMessage"), asked("dynamodb.PutItem")]),
  );
  const calls = code.slice(code.lastIndexOf("async()=>{"));
  expect(calls).toMatch(/send\(.*TableName:"ledger".*slack\.com\/api\/chat\.postMessage.*send\(.*TableName:"ledger"/s);
});

test("a call that none of the function's clients can have made is refused by name", () => {
  expect(() => bareHandler(clients, [asked("ecs.DescribeServices")])).toThrow("ecs.DescribeServices");
});
