import { createHmac } from "node:crypto";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ECSClient, ListServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LocalCloud } from "../cloud.ts";
import type { Principal } from "../contract.ts";
import type { StacksDoor } from "../neighbours.ts";
import { listening, received } from "./echo.fixture.ts";
import type { WireServer } from "./server.ts";

const ROLE = "arn:aws:iam::111122223333:role/oom";
const OWNER = { accessKeyId: "LOCAL", secretAccessKey: "any" };
let local: LocalCloud;
let wire: WireServer;
let lines: string[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-02T12:00:00Z") });
  ({ local, wire, lines } = await listening());
});
afterEach(async () => {
  await wire.close();
  vi.useRealTimers();
});

const config = (credentials: { accessKeyId: string; secretAccessKey: string } = OWNER) => ({
  endpoint: wire.endpoint(),
  region: "us-east-1",
  credentials,
  maxAttempts: 1,
});

const asRole = (statements: readonly object[]): { accessKeyId: string; secretAccessKey: string } => {
  const make = local.services.get("iam")?.resources["AWS::IAM::Role"];
  make?.(
    {
      stackName: "Test",
      stackId: "",
      logicalId: "Role",
      type: "AWS::IAM::Role",
      assemblyFolder: "",
      generatedName: "oom",
      properties: {
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [{ PolicyName: "inline", PolicyDocument: { Statement: statements as never } }],
      },
    },
    local.cloud,
  );
  const principal: Principal = { kind: "role", roleArn: ROLE, sessionName: "oom-1", functionName: "oom" };
  return local.principals.issue(principal);
};

test("the person at the machine lists services with the key LOCAL, and the log says so", async () => {
  const answer = await new ECSClient(config()).send(new ListServicesCommand({ cluster: "main" }));
  expect(answer.serviceArns).toEqual(["arn:aws:ecs:us-east-1:111122223333:service/main/api"]);
  expect(received).toEqual([{ operation: "ecs:ListServices", input: { cluster: "main" } }]);
  expect(local.calls.all()).toMatchObject([
    {
      at: "2026-03-02T12:00:00.000Z",
      principal: "owner",
      service: "ecs",
      operation: "ListServices",
      allowed: true,
      resource: "*",
    },
  ]);
  expect(local.calls.all()[0]?.requestId).toBe(answer.$metadata.requestId);
});

test("a function's call is allowed by the statement that the log names", async () => {
  const keys = asRole([{ Effect: "Allow", Action: "ecs:UpdateService", Resource: "*" }]);
  const answer = await new ECSClient(config(keys)).send(new UpdateServiceCommand({ service: "api" }));
  expect(answer.service?.createdAt).toEqual(new Date(1772452800500));
  expect(local.calls.all().at(-1)).toMatchObject({
    principal: ROLE,
    functionName: "oom",
    allowed: true,
    statement: "oom/inline#0",
    error: undefined,
  });
});

test("what no statement allows is refused in AWS's words and logged as not allowed", async () => {
  const keys = asRole([{ Effect: "Allow", Action: "ecs:DescribeServices", Resource: "*" }]);
  const refused = new ECSClient(config(keys)).send(new UpdateServiceCommand({ service: "api" }));
  await expect(refused).rejects.toMatchObject({
    name: "AccessDeniedException",
    message:
      "User: arn:aws:sts::111122223333:assumed-role/oom/oom-1 is not authorized to perform: ecs:UpdateService on resource: * because no identity-based policy allows the ecs:UpdateService action",
  });
  expect(received).toEqual([]);
  expect(local.calls.denied()).toMatchObject([{ operation: "UpdateService", error: "AccessDeniedException" }]);
});

test.each([
  ["a key that nobody was given", { accessKeyId: "ASIAUNKNOWN", secretAccessKey: "x" }, "UnrecognizedClientException"],
  ["a key with another secret", undefined, "InvalidSignatureException"],
])("%s is nobody's", async (_, credentials, name) => {
  const keys = credentials ?? {
    ...asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]),
    secretAccessKey: "forged",
  };
  await expect(new ECSClient(config(keys)).send(new ListServicesCommand({}))).rejects.toMatchObject({ name });
  expect(received).toEqual([]);
});

test("a signature is taken for five minutes of virtual time, and no longer", async () => {
  const keys = asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  await local.clock.advance(local.clock.now() + 299_000);
  await new ECSClient(config(keys)).send(new ListServicesCommand({}));
  await local.clock.advance(local.clock.now() + 2000);
  // Another client: the first one has seen the virtual date by now, and corrects itself.
  await expect(new ECSClient(config(keys)).send(new ListServicesCommand({}))).rejects.toThrow("Signature expired");
});

test("a path is encoded twice in a signature, as every service but S3 wants it", async () => {
  const keys = asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  const client = new ECSClient({ ...config(keys), endpoint: `${wire.endpoint()}/function%3Aoom/a%20b` });
  expect((await client.send(new ListServicesCommand({}))).serviceArns).toHaveLength(1);
});

test("a body changed after signing is refused", async () => {
  const keys = asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  const client = new ECSClient(config(keys));
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: string }).body = '{"cluster":"evil"}';
      (args.request as { headers: Record<string, string> }).headers["content-length"] = "18";
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
  await expect(client.send(new ListServicesCommand({ cluster: "main" }))).rejects.toMatchObject({
    name: "InvalidSignatureException",
  });
});

test("members of an error reach the SDK: a failed condition shows the item", async () => {
  const put = new DynamoDBClient(config()).send(
    new PutItemCommand({ TableName: "ledger", Item: { pk: { S: "service#api" } } }),
  );
  await expect(put).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
    Item: { pk: { S: "service#api" }, version: { N: "7" } },
  });
});

test("SQS errors carry the name that the SDK's class is made of", async () => {
  const client = new SQSClient(config());
  const missing = client.send(new GetQueueAttributesCommand({ QueueUrl: "missing", AttributeNames: ["All"] }));
  await expect(missing).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  const found = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: "http://127.0.0.1/1/a", AttributeNames: ["All"] }),
  );
  expect(found.Attributes).toEqual({ ApproximateNumberOfMessages: "3", DelaySeconds: "0" });
});

test("CloudFormation answers XML: a stack with its outputs, and an unknown one", async () => {
  local.cloud.neighbour<StacksDoor>("stacks").add({
    name: "Platform",
    id: "arn:aws:cloudformation:us-east-1:111122223333:stack/Platform/1",
    description: "a <world> & more",
    tags: { team: "platform" },
    parameters: { Size: "2" },
    outputs: [{ key: "Url", value: "http://x/?a=1&b=2", exportName: "Platform:Url" }],
    resources: [],
  });
  const client = new CloudFormationClient(config());
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "Platform" }));
  expect(Stacks).toMatchObject([
    {
      StackName: "Platform",
      Description: "a <world> & more",
      StackStatus: "CREATE_COMPLETE",
      CreationTime: new Date("2026-03-02T12:00:00Z"),
      Outputs: [{ OutputKey: "Url", OutputValue: "http://x/?a=1&b=2", ExportName: "Platform:Url" }],
      Parameters: [{ ParameterKey: "Size", ParameterValue: "2" }],
      Tags: [{ Key: "team", Value: "platform" }],
    },
  ]);
  await expect(client.send(new DescribeStacksCommand({ StackName: "None" }))).rejects.toMatchObject({
    name: "ValidationError",
    message: "Stack with id None does not exist",
  });
});

test("an operation that is not modelled fails by name, on the wire and on the screen", async () => {
  const response = await post({ "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateTaskSet" }, "{}", "ecs");
  expect([response.status, await response.json()]).toEqual([
    400,
    {
      __type: "UnknownOperationException",
      message: "The operation ecs:CreateTaskSet is not modelled by the local cloud (docs/local.md)",
    },
  ]);
  expect([...local.notModelled]).toEqual(["ecs:CreateTaskSet"]);
  expect(lines).toEqual(["the operation ecs:CreateTaskSet is not modelled by the local cloud"]);
});

const post = (
  headers: Record<string, string>,
  body: string,
  scope: string,
  path = "/",
  method = "POST",
): Promise<Response> =>
  fetch(`${wire.endpoint()}${path}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=LOCAL/20260302/us-east-1/${scope}/aws4_request, SignedHeaders=host, Signature=${createHmac("sha256", "x").digest("hex")}`,
      ...headers,
    },
    ...(method === "GET" ? {} : { body }),
  });

const form = async (scope: string, body: string): Promise<{ status: number; xml: string }> => {
  const response = await post({ "content-type": "application/x-www-form-urlencoded" }, body, scope);
  return { status: response.status, xml: await response.text() };
};

test("older clients speak Query to SQS", async () => {
  const lists = await form("sqs", "Action=ListQueues&Version=2012-11-05");
  expect(lists.xml).toContain(
    "<ListQueuesResult><QueueUrl>http://127.0.0.1/1/a</QueueUrl><QueueUrl>http://127.0.0.1/1/b&amp;c</QueueUrl></ListQueuesResult>",
  );
  const attributes = await form(
    "sqs",
    "Action=GetQueueAttributes&QueueUrl=a&AttributeName.1=All&AttributeName.2=QueueArn",
  );
  expect(attributes.xml).toContain("<Attribute><Name>ApproximateNumberOfMessages</Name><Value>3</Value></Attribute>");
  expect(received.at(-1)?.input).toEqual({ QueueUrl: "a", AttributeNames: ["All", "QueueArn"] });
  await form(
    "sqs",
    "Action=SendMessage&QueueUrl=a&MessageBody=hello&DelaySeconds=5&MessageAttribute.1.Name=kind&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=7",
  );
  expect(received.at(-1)?.input).toEqual({
    QueueUrl: "a",
    MessageBody: "hello",
    DelaySeconds: 5,
    MessageAttributes: { kind: { DataType: "String", StringValue: "7" } },
  });
  const messages = await form("sqs", "Action=ReceiveMessage&QueueUrl=a&MaxNumberOfMessages=10&WaitTimeSeconds=0");
  expect(received.at(-1)?.input).toEqual({ QueueUrl: "a", MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
  expect(messages.xml).toContain("<Body>&lt;hello&gt;</Body>");
  expect(messages.xml).toContain(
    "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute></Message>",
  );
  const missing = await form("sqs", "Action=GetQueueAttributes&QueueUrl=missing");
  expect([missing.status, missing.xml]).toEqual([
    400,
    expect.stringContaining("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"),
  ]);
});

test("STS tells the caller who it is", async () => {
  const { xml } = await form("sts", "Action=GetCallerIdentity&Version=2011-06-15");
  expect(xml).toContain("<Arn>arn:aws:iam::111122223333:root</Arn>");
});

test("REST-JSON takes members from path, query, headers and body, and lays the answer out again", async () => {
  const arn = encodeURIComponent("arn:aws:lambda:us-east-1:111122223333:function:oom");
  const path = `/2015-03-31/functions/${arn}/invocations?Qualifier=live`;
  const response = await post({ "x-amz-invocation-type": "Event" }, "[1]", "lambda", path);
  expect([response.status, response.headers.get("x-amz-function-error"), await response.text()]).toEqual([
    200,
    "Unhandled",
    '{"was":[1]}',
  ]);
  expect(received.at(-1)?.input).toEqual({
    FunctionName: "arn:aws:lambda:us-east-1:111122223333:function:oom",
    Qualifier: "live",
    InvocationType: "Event",
    Payload: "[1]",
  });
  const get = await post({}, "", "lambda", "/2015-03-31/functions/oom", "GET");
  expect(await get.json()).toEqual({ Configuration: { FunctionName: "oom" } });
  await post({}, "", "lambda", "/2015-03-31/functions/settings", "GET");
  expect(received.at(-1)?.operation).toBe("lambda:GetAccountSettings");
  const unknown = await post({}, "{}", "lambda", "/2015-03-31/layers");
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { __type: "UnknownOperationException" }]);
});

test("functions see the virtual date, people see none, and both see the virtual clock", async () => {
  const owner = await post({ "x-amz-target": "AmazonSQS.ListQueues" }, "{}", "sqs");
  expect([owner.headers.get("date"), owner.headers.get("x-local-now")]).toEqual([null, String(local.clock.now())]);
  const keys = asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  const client = new SQSClient(config(keys));
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = (result.response as { headers: Record<string, string> }).headers.date;
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  await client.send(new SendMessageCommand({ QueueUrl: "a", MessageBody: "hello" }));
  expect(date).toBe(new Date(local.clock.now()).toUTCString());
});

test("a lost answer is a dropped connection after the call was applied, a timeout one before", async () => {
  const client = new ECSClient(config());
  local.faults.add({ service: "ecs", operation: "UpdateService", kind: "timeout" });
  local.faults.add({ service: "ecs", operation: "UpdateService", kind: "lost-response" });
  await expect(client.send(new UpdateServiceCommand({ service: "api" }))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(received).toHaveLength(0);
  await expect(client.send(new UpdateServiceCommand({ service: "api" }))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(received).toHaveLength(1);
  await client.send(new UpdateServiceCommand({ service: "api" }));
  expect(local.calls.all().map(({ error }) => error)).toEqual(["ConnectionLost", "ConnectionLost", undefined]);
});

test("a mounted prefix is served outside of AWS's protocols, the longest first, and may drop the connection", async () => {
  wire.mount("/slack/", ({ path, body }) => ({ status: 201, body: `${path} ${body}` }));
  wire.mount("/slack/api/", () => "reset");
  const answer = await fetch(`${wire.endpoint()}/slack/x?y=1`, { method: "POST", body: "hello" });
  expect([answer.status, await answer.text()]).toEqual([201, "/slack/x?y=1 hello"]);
  await expect(fetch(`${wire.endpoint()}/slack/api/auth.test`)).rejects.toThrow();
});

test("a request under another host's name is refused, so no web page can reach in", async () => {
  const { request } = await import("node:http");
  const text = await new Promise<string>((resolve) => {
    const url = new URL(wire.endpoint());
    const headers = { host: "evil.example" };
    request({ host: url.hostname, port: url.port, headers }, (response) => {
      response.setEncoding("utf8").once("data", resolve);
    }).end();
  });
  expect(text).toContain("the host evil.example is not this machine");
});
