import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { createWorld, type World } from "./testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.stop());

const variables = (Variables: JsonObject): JsonObject => ({ Environment: { Variables: Variables as never } });

// biome-ignore format: a table reads as a table
test.each<[JsonObject, string]>([
  [{ Timeout: 901 },                              "Timeout 901 is not between 1 and 900 seconds"],
  [{ Timeout: 0 },                                "Timeout 0 is not between 1 and 900 seconds"],
  [{ MemorySize: 127 },                           "MemorySize 127 is not between 128 and 10240 MiB"],
  [{ Runtime: "nodejs20.x" },                     "runtime nodejs20.x is not modelled"],
  [variables({ AWS_REGION: "x" }),                "reserved keys that are currently not supported for modification: AWS_REGION"],
  [variables({ AWS_LAMBDA_FUNCTION_NAME: "x" }),  "reserved keys"],
  [variables({ "1ST": "x" }),                     "1ST must begin with a letter"],
  [variables({ LONG: "x".repeat(4096) }),         "more than the limit of 4096"],
])("refuses a function with %j", (properties, words) => {
  expect(() => world.makeProbe(`refused-${words.length}`, properties)).toThrow(words);
});

test("a function takes CloudFormation's defaults", async () => {
  world.makeProbe("plain", { Timeout: null, LoggingConfig: null });
  const configuration = await world.cloud.call({ kind: "owner" }, "lambda", "GetFunctionConfiguration", {
    FunctionName: "plain",
  });
  expect(configuration).toMatchObject({
    Timeout: 3,
    MemorySize: 128,
    LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/plain" },
    TracingConfig: { Mode: "PassThrough" },
  });
});

test("reservations leave a hundred executions for everybody else", async () => {
  const greedy = await createWorld();
  greedy.makeProbe("a", { ReservedConcurrentExecutions: 600 });
  greedy.makeProbe("b", { ReservedConcurrentExecutions: 301 });
  expect(() => greedy.start()).toThrow("below its minimum value of 100");
  await greedy.stop();
});

test("a dead-letter queue that the role may not reach is refused", async () => {
  const other = await createWorld();
  other.makeProbe("a", { DeadLetterConfig: { TargetArn: other.queues.create("dead") } });
  expect(() => other.start()).toThrow("does not have permissions to call sqs:SendMessage");
  await other.stop();
});
