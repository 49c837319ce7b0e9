import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StacksDoor } from "../neighbours.ts";
import { type Echo, listening, received } from "./echo.fixture.ts";

let echo: Echo;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-02T12:00:00Z") });
  echo = await listening();
});
afterEach(async () => {
  await echo.wire.close();
  vi.useRealTimers();
});

test("members of an error reach the SDK: a failed condition shows the item", async () => {
  const put = new DynamoDBClient(echo.config()).send(
    new PutItemCommand({ TableName: "ledger", Item: { pk: { S: "service#api" } } }),
  );
  await expect(put).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
    Item: { pk: { S: "service#api" }, version: { N: "7" } },
  });
});

test("SQS errors carry the name that the SDK's class is made of", async () => {
  const client = new SQSClient(echo.config());
  const missing = client.send(new GetQueueAttributesCommand({ QueueUrl: "missing", AttributeNames: ["All"] }));
  await expect(missing).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  const found = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: "http://127.0.0.1/1/a", AttributeNames: ["All"] }),
  );
  expect(found.Attributes).toEqual({ ApproximateNumberOfMessages: "3", DelaySeconds: "0" });
});

test("CloudFormation answers XML: a stack with its outputs, and an unknown one", async () => {
  echo.local.cloud.neighbour<StacksDoor>("stacks").add({
    name: "Platform",
    id: "arn:aws:cloudformation:us-east-1:111122223333:stack/Platform/1",
    description: "a <world> & more",
    tags: { team: "platform" },
    parameters: { Size: "2" },
    outputs: [{ key: "Url", value: "http://x/?a=1&b=2", exportName: "Platform:Url" }],
    resources: [],
  });
  const client = new CloudFormationClient(echo.config());
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
  const response = await echo.post({ "x-amz-target": "AmazonEC2ContainerServiceV20141113.CreateTaskSet" }, "{}", "ecs");
  expect([response.status, await response.json()]).toEqual([
    400,
    {
      __type: "UnknownOperationException",
      message: "The operation ecs:CreateTaskSet is not modelled by the local cloud (docs/local.md)",
    },
  ]);
  expect([...echo.local.notModelled]).toEqual(["ecs:CreateTaskSet"]);
  expect(echo.lines).toEqual(["the operation ecs:CreateTaskSet is not modelled by the local cloud"]);
});

const form = async (scope: string, body: string): Promise<{ status: number; xml: string }> => {
  const response = await echo.post({ "content-type": "application/x-www-form-urlencoded" }, body, scope);
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
  const response = await echo.post({ "x-amz-invocation-type": "Event" }, "[1]", "lambda", path);
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
  const get = await echo.post({}, "", "lambda", "/2015-03-31/functions/oom", "GET");
  expect(await get.json()).toEqual({ Configuration: { FunctionName: "oom" } });
  await echo.post({}, "", "lambda", "/2015-03-31/functions/settings", "GET");
  expect(received.at(-1)?.operation).toBe("lambda:GetAccountSettings");
  const unknown = await echo.post({}, "{}", "lambda", "/2015-03-31/layers");
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { __type: "UnknownOperationException" }]);
});
