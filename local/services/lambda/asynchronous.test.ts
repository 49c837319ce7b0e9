import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorld, type World } from "./testing/world.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const startedAtSeconds = (): readonly number[] =>
  world.asked.map(({ path }) => Number(new URL(path, "http://x").searchParams.get("at")));
const mayInvokeAndSend = (arn: string) => [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: arn }];
const failing = { act: "reportAndThrow" };

test("an error is retried after one minute and then after two, and no further", async () => {
  const arn = world.makeProbe("probe");
  const begin = world.cloud.clock.now();
  world.lambda.invokeAsync(arn, failing);
  await world.pass(3600);
  expect(startedAtSeconds().map((at) => Math.floor((at - begin) / 1000))).toEqual([0, 60, 180]);
});

test("the request id stays the same over all attempts", async () => {
  const arn = world.makeProbe("probe");
  world.lambda.invokeAsync(arn, failing);
  await world.pass(600);
  expect(new Set(world.asked.map(({ path }) => new URL(path, "http://x").searchParams.get("id"))).size).toBe(1);
});

test("maximum attempts and age come from the function's event invoke configuration", async () => {
  const arn = world.makeProbe("probe");
  world.make("AWS::Lambda::EventInvokeConfig", "Config", {
    FunctionName: "probe",
    Qualifier: "$LATEST",
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
  world.lambda.invokeAsync(arn, failing);
  await world.pass(600);
  expect(world.asked).toHaveLength(1);
});

test("the dead-letter queue gets the bare event", async () => {
  const dead = world.queues.create("dead");
  const arn = world.makeProbe("probe", { DeadLetterConfig: { TargetArn: dead } }, mayInvokeAndSend(dead));
  world.lambda.invokeAsync(arn, failing);
  await world.pass(600);
  expect(world.queues.bodies(dead)).toEqual([JSON.stringify(failing)]);
});

test("an on-failure destination gets a record with event, error and count", async () => {
  const failed = world.queues.create("failed");
  const arn = world.makeProbe("probe", {}, mayInvokeAndSend(failed));
  world.make("AWS::Lambda::EventInvokeConfig", "Config", {
    FunctionName: "probe",
    DestinationConfig: { OnFailure: { Destination: failed } },
  });
  world.lambda.invokeAsync(arn, failing);
  await world.pass(600);
  const [record] = world.queues.bodies(failed).map((body) => JSON.parse(body));
  expect(record).toMatchObject({
    version: "1.0",
    requestContext: { functionArn: `${arn}:$LATEST`, condition: "RetriesExhausted", approximateInvokeCount: 3 },
    requestPayload: failing,
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: { errorType: "Error", errorMessage: "reported" },
  });
});

test("a destination that the role may not reach is a metric and a loud line", async () => {
  const dead = world.queues.create("dead");
  const arn = world.makeProbe("probe", { DeadLetterConfig: { TargetArn: dead } });
  world.lambda.invokeAsync(arn, failing);
  await world.pass(600);
  expect(world.queues.bodies(dead)).toEqual([]);
  expect(world.metrics.filter(({ name }) => name === "DeadLetterErrors")).toHaveLength(1);
  expect(world.said.join("\n")).toContain("could not send a failed event");
});

test("throttled events wait and are not lost", async () => {
  const arn = world.makeProbe("probe", { ReservedConcurrentExecutions: 1 });
  for (let event = 0; event < 3; event += 1) world.lambda.invokeAsync(arn, { act: "reportAndSleep", seconds: 5 });
  await world.pass(120);
  expect(world.asked).toHaveLength(3);
});
