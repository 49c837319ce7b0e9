import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { SqsDoor } from "../../neighbours.ts";
import { createDynamoDbService } from "../dynamodb/service.ts";
import { createSqsService } from "../sqs/service.ts";
import { createWorld, mayConsume, type World } from "./testing/world.ts";

let folder: string;
let world: World;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sdk-probe-"));
  await build({
    entryPoints: [fileURLToPath(new URL("testing/sdk-probe.mjs", import.meta.url))],
    outfile: join(folder, "asset.sdk", "index.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  world = await createWorld({}, { services: [createSqsService, createDynamoDbService], assemblyFolder: folder });
});
afterEach(() => world.stop());

const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });
const makeQueue = (name: string): { arn: string; url: string } => {
  world.make("AWS::SQS::Queue", name, { QueueName: name, VisibilityTimeout: 60 });
  const arn = `arn:aws:sqs:us-east-1:111122223333:${name}`;
  const url =
    world.cloud
      .neighbour<SqsDoor>("sqs")
      .queues()
      .find((queue) => queue.arn === arn)?.url ?? "";
  return { arn, url };
};
const makeSpeaker = (...statements: Parameters<World["makeProbe"]>[2] & object): string =>
  world.makeProbe("speaker", { Code: { S3Key: "sdk.zip" } }, statements);

test("the SDK's calls are signed, allowed by the role and answered, hours after the start", async () => {
  const { arn, url } = makeQueue("jobs");
  const speaker = makeSpeaker(allow("sqs:SendMessage", arn));
  await world.pass(30 * 3600);
  const outcome = await world.act(speaker, { act: "send", QueueUrl: url, MessageBody: "hello" });
  expect(outcome.payload).toMatchObject({ attempts: 1, tookMs: 0 });
  expect(world.cloud.neighbour<SqsDoor>("sqs").counts(arn).visible).toBe(1);
});

test("what the role does not allow is refused, and a function error", async () => {
  const { url } = makeQueue("jobs");
  const outcome = await world.act(makeSpeaker(), { act: "send", QueueUrl: url, MessageBody: "hello" });
  expect(outcome).toMatchObject({
    functionError: "Unhandled",
    payload: { errorMessage: expect.stringContaining("not authorized") },
  });
});

test("a failed condition is not sent again, although real time is far from virtual time", async () => {
  const table = world.make("AWS::DynamoDB::Table", "ledger", {
    TableName: "ledger",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  });
  const speaker = makeSpeaker(allow("dynamodb:PutItem", table.attributes.Arn ?? ""));
  await world.pass(30 * 3600);
  const put = { act: "put", TableName: "ledger" };
  expect((await world.act(speaker, put)).payload).toMatchObject({ attempts: 1 });
  expect((await world.act(speaker, put)).payload).toMatchObject({ answer: { refused: 1 } });
});

test("throttled calls back off in virtual time", async () => {
  const { arn, url } = makeQueue("jobs");
  const speaker = makeSpeaker(allow("sqs:SendMessage", arn));
  world.local.faults.add({ service: "sqs", operation: "SendMessage", kind: "throttle", times: 2 });
  const { payload } = await world.act(speaker, { act: "send", QueueUrl: url, MessageBody: "a" }, 20);
  expect(payload).toMatchObject({ attempts: 3 });
  expect((payload as { tookMs: number }).tookMs).toBeGreaterThan(0);
});

test("a lost response is tried again: the message is there twice", async () => {
  const { arn, url } = makeQueue("jobs");
  const speaker = makeSpeaker(allow("sqs:SendMessage", arn));
  world.local.faults.add({ service: "sqs", operation: "SendMessage", kind: "lost-response" });
  const { payload } = await world.act(speaker, { act: "send", QueueUrl: url, MessageBody: "a" }, 20);
  expect(payload).toMatchObject({ attempts: 2 });
  expect(world.cloud.neighbour<SqsDoor>("sqs").counts(arn).visible).toBe(2);
});

test("a crash after a call leaves the call done and the caller dead", async () => {
  const { arn, url } = makeQueue("jobs");
  const speaker = makeSpeaker(allow("sqs:SendMessage", arn));
  world.local.faults.add({ service: "sqs", operation: "SendMessage", kind: "crash", functionName: "speaker" });
  const outcome = await world.act(speaker, { act: "send", QueueUrl: url, MessageBody: "a" }, 20);
  expect(outcome).toMatchObject({ payload: { errorMessage: expect.stringContaining("signal: killed") } });
  expect(world.cloud.neighbour<SqsDoor>("sqs").counts(arn).visible).toBe(1);
});

test("a delayed answer lets time go on", async () => {
  const { arn, url } = makeQueue("jobs");
  const speaker = makeSpeaker(allow("sqs:SendMessage", arn));
  world.local.faults.add({ service: "sqs", operation: "SendMessage", kind: "delay", seconds: 7 });
  const { payload } = await world.act(speaker, { act: "send", QueueUrl: url, MessageBody: "a" }, 20);
  expect(payload).toMatchObject({ attempts: 1, tookMs: 7000 });
});

test("real queues feed functions, and keep what fails", async () => {
  const { arn } = makeQueue("jobs");
  makeSpeaker(mayConsume(arn));
  world.make("AWS::Lambda::EventSourceMapping", "Mapping", { EventSourceArn: arn, FunctionName: "speaker" });
  world.start();
  const queues = world.cloud.neighbour<SqsDoor>("sqs");
  queues.load(arn, [JSON.stringify({ act: "unknown" })]);
  await world.pass(59);
  expect(queues.counts(arn)).toMatchObject({ visible: 0, inFlight: 1 });
  await world.pass(5);
  expect(world.metrics.filter(({ name, value }) => name === "Errors" && value === 1)).toHaveLength(2);
});
