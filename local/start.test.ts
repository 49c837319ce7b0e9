import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningCloud, type StartOptions, startLocalCloud } from "./start.ts";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const QUEUE_ARN = { "Fn::GetAtt": ["Inbox", "Arn"] };
const toInbox = (sourceArn: unknown) => ({
  Type: "AWS::SQS::QueuePolicy",
  Properties: {
    Queues: [{ Ref: "Inbox" }],
    PolicyDocument: {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: QUEUE_ARN,
        Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
      },
    },
  },
});
const automation = (sourceArn: unknown = { "Fn::GetAtt": ["Kills", "Arn"] }) => ({
  Resources: {
    Inbox: { Type: "AWS::SQS::Queue", Properties: { QueueName: "inbox" } },
    InboxPolicy: toInbox(sourceArn),
    Kills: {
      Type: "AWS::Events::Rule",
      Properties: {
        EventPattern: { source: ["aws.ecs"], detail: { lastStatus: ["STOPPED"] } },
        State: "ENABLED",
        Targets: [{ Id: "Inbox", Arn: QUEUE_ARN }],
      },
    },
  },
});
const platform = { Resources: { Cluster: { Type: "AWS::ECS::Cluster" }, Web: { Type: "AWS::ECS::Service" } } };

let folder: string;
let running: RunningCloud | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assembly-"));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true });
});

const write = (templates: Readonly<Record<string, object>>): void => {
  const artifacts = Object.fromEntries(
    Object.keys(templates).map((name) => [
      name,
      { type: "aws:cloudformation:stack", properties: { templateFile: `${name}.json` } },
    ]),
  );
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ artifacts }));
  for (const [name, template] of Object.entries(templates))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(template));
};
const start = async (options: Partial<StartOptions> = {}): Promise<RunningCloud> => {
  running = await startLocalCloud({ assemblyFolder: folder, startAtMs: NOON, ...options });
  return running;
};
const sqs = ({ endpoint }: RunningCloud): SQSClient =>
  new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "LOCAL", secretAccessKey: "x" },
    maxAttempts: 1,
  });
const STOPPED = { source: "aws.ecs", "detail-type": "ECS Task State Change", detail: { lastStatus: "STOPPED" } };

test("an event posted at the control door reaches the queue through the synthesized rule and policy", async () => {
  write({ Automation: automation() });
  const { endpoint, advance, stacks } = await start();
  expect(stacks.map(({ name, resources }) => [name, resources.length])).toEqual([["Automation", 3]]);
  const post = (path: string, body: unknown) =>
    fetch(`${endpoint}/_local${path}`, { method: "POST", body: JSON.stringify(body) });
  await post("/events", [STOPPED, { ...STOPPED, detail: { lastStatus: "RUNNING" } }]);
  await advance(60);
  const QueueUrl = `${endpoint}/111122223333/inbox`;
  const { Messages } = await sqs(running as RunningCloud).send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  expect(Messages?.map(({ Body }) => JSON.parse(Body ?? ""))).toMatchObject([
    { ...STOPPED, account: "111122223333", region: "us-east-1" },
  ]);
});

test("a queue whose policy names another rule gets nothing", async () => {
  write({ Automation: automation("arn:aws:events:us-east-1:111122223333:rule/other") });
  const { endpoint, advance, door } = await start();
  door.events([STOPPED]);
  await advance(60);
  const QueueUrl = `${endpoint}/111122223333/inbox`;
  expect((await sqs(running as RunningCloud).send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
});

test("empty leaves out the stacks that bring services, and keeps the others", async () => {
  write({ Platform: platform, Automation: automation() });
  const { stacks } = await start({ isEmpty: true });
  expect(stacks.map(({ name }) => name)).toEqual(["Automation"]);
});

test("a start that fails closes its port and says what is wrong", async () => {
  write({ Broken: { Resources: { A: { Type: "AWS::SQS::Queue", Properties: { QueueName: { Ref: "Nothing" } } } } } });
  await expect(start()).rejects.toThrow(
    "reading the stack Broken at Resources.A.Properties.QueueName: Ref Nothing names no parameter and no resource",
  );
});

test("the door answers health, the page, and the endpoint is on loopback", async () => {
  write({ Automation: automation() });
  const { endpoint } = await start();
  expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const health = await fetch(`${endpoint}/_local/health`);
  expect(await health.json()).toEqual({ ready: true, now: "2026-03-02T12:00:00.000Z", nowMs: NOON });
  const page = await fetch(`${endpoint}/_local/`);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
});
