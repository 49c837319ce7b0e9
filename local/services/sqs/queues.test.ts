import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, Principal, ResourceDeclaration } from "../../contract.ts";
import { cloudWithQueues } from "./queues.fixture.ts";

type Sqs = Awaited<ReturnType<typeof cloudWithQueues>>;
let sqs: Sqs;
beforeEach(async () => {
  sqs = await cloudWithQueues({ work: {} });
});

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable("was not refused"),
    (error) => error,
  );
const send = (count = 1) =>
  sqs.door.load(
    sqs.arn("work"),
    Array.from({ length: count }, (_, at) => String(at)),
  );
const attributes = async (...AttributeNames: string[]) =>
  (await sqs.work("GetQueueAttributes", { AttributeNames })).Attributes as Record<string, string> | undefined;

describe("the counts a caller sees", () => {
  const visible = async () => Number((await attributes("ApproximateNumberOfMessages"))?.ApproximateNumberOfMessages);

  test("are some seconds old while messages come in, and right a minute after the last", async () => {
    send(10);
    expect(await visible()).toBe(0);
    await sqs.pass(8.25);
    expect(await visible()).toBe(10);
    send(10);
    expect(await visible()).toBe(10);
    await sqs.pass(60);
    expect(await visible()).toBe(20);
  });

  test("never run ahead of what happened, nor lag by more than eight seconds and a quarter", async () => {
    const history: number[] = [];
    for (let second = 0; second < 40; second++) {
      history.push(second);
      const seen = await visible();
      expect(seen).toBeGreaterThanOrEqual(Math.max(0, second - 9));
      expect(seen).toBeLessThanOrEqual(second);
      send();
      await sqs.pass(1);
    }
  });

  test("are told only by name, and the age of the oldest message not at all", async () => {
    expect(await attributes()).toBeUndefined();
    expect(Object.keys((await attributes("QueueArn", "VisibilityTimeout")) ?? {})).toEqual([
      "QueueArn",
      "VisibilityTimeout",
    ]);
    expect(await attributes("All")).toMatchObject({ MaximumMessageSize: "1048576", DelaySeconds: "0" });
    expect(await refusal(attributes("ApproximateAgeOfOldestMessage"))).toMatchObject({ code: "InvalidAttributeName" });
  });
});

describe("a queue policy", () => {
  const rule: Principal = {
    kind: "service",
    service: "events.amazonaws.com",
    sourceArn: "arn:aws:events:us-east-1:111122223333:rule/mine",
  };
  const policy = (sourceArn: string) => ({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "NoPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "Rule",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: "*",
        Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
      },
    ],
  });
  const setPolicy = (document: JsonObject) =>
    sqs.work("SetQueueAttributes", { Attributes: { Policy: JSON.stringify(document) } });

  test("lets an AWS service deliver, and only the one it names", async () => {
    expect(sqs.door.deliver(sqs.arn("work"), "x", rule)).toBe(false);
    await setPolicy(policy("arn:aws:events:us-east-1:111122223333:rule/other"));
    expect(sqs.door.deliver(sqs.arn("work"), "x", rule)).toBe(false);
    await setPolicy(policy(rule.sourceArn));
    expect(sqs.door.deliver(sqs.arn("work"), "x", rule, { kind: "denied" })).toBe(true);
    expect(sqs.door.deliver(sqs.arn("nowhere"), "x", rule)).toBe(false);
    expect(sqs.door.receive(sqs.arn("work"), 10)).toMatchObject([
      { body: "x", messageAttributes: { kind: { DataType: "String", StringValue: "denied" } } },
    ]);
  });

  test("may let a role in that has no permission of its own, and no other", async () => {
    const role: Principal = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/sender", sessionName: "s" };
    const call = () => sqs.as(role, "SendMessage", { QueueUrl: sqs.url("work"), MessageBody: "x" });
    expect(await refusal(call())).toMatchObject({ code: "AccessDenied", status: 403 });
    await setPolicy({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: role.roleArn }, Action: "sqs:SendMessage", Resource: sqs.arn("work") },
      ],
    });
    expect(await call()).toHaveProperty("MessageId");
  });
});

describe("a queue", () => {
  test("is found by name, listed by prefix, and knows whose dead letters it takes", async () => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: sqs.arn("work"), maxReceiveCount: 3 });
    await sqs.call("CreateQueue", { QueueName: "other", Attributes: { RedrivePolicy } });
    expect(await sqs.call("GetQueueUrl", { QueueName: "work" })).toEqual({ QueueUrl: sqs.url("work") });
    expect(await sqs.call("ListQueues", { QueueNamePrefix: "o" })).toEqual({ QueueUrls: [sqs.url("other")] });
    expect(await sqs.work("ListDeadLetterSourceQueues")).toEqual({ queueUrls: [sqs.url("other")] });
  });

  test("is made once: again with the same attributes is the same, with others is refused", async () => {
    expect(await sqs.call("CreateQueue", { QueueName: "work" })).toEqual({ QueueUrl: sqs.url("work") });
    const other = sqs.call("CreateQueue", { QueueName: "work", Attributes: { VisibilityTimeout: "5" } });
    expect(await refusal(other)).toMatchObject({ code: "QueueNameExists" });
  });

  test("is purged once a minute, and a deleted one's name is free after a minute", async () => {
    send(5);
    await sqs.work("PurgeQueue");
    expect(sqs.door.counts(sqs.arn("work")).visible).toBe(0);
    expect(await refusal(sqs.work("PurgeQueue"))).toMatchObject({ code: "PurgeQueueInProgress" });
    await sqs.work("DeleteQueue");
    expect(await refusal(sqs.work("SendMessage", { MessageBody: "x" }))).toMatchObject({ code: "QueueDoesNotExist" });
    expect(await refusal(sqs.call("CreateQueue", { QueueName: "work" }))).toMatchObject({
      code: "QueueDeletedRecently",
    });
    await sqs.pass(60);
    await sqs.call("CreateQueue", { QueueName: "work" });
  });

  test("has tags", async () => {
    await sqs.work("TagQueue", { Tags: { team: "a", tier: "1" } });
    await sqs.work("UntagQueue", { TagKeys: ["tier"] });
    expect(await sqs.work("ListQueueTags")).toEqual({ Tags: { team: "a" } });
  });

  test.each([
    [{ VisibilityTimeout: "43201" }, "InvalidAttributeValue"],
    [{ DelaySeconds: "-1" }, "InvalidAttributeValue"],
    [{ Colour: "red" }, "InvalidAttributeName"],
    [{ Policy: "{" }, "InvalidAttributeValue"],
    [
      { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:no","maxReceiveCount":1}' },
      "InvalidParameterValue",
    ],
    [{ RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:work"}' }, "InvalidParameterValue"],
  ])("refuses %o, and keeps what it had", async (given, code) => {
    const before = await attributes("All");
    expect(await refusal(sqs.work("SetQueueAttributes", { Attributes: given }))).toMatchObject({ code });
    expect(await attributes("All")).toEqual(before);
  });

  test("takes dead letters of its own kind only", async () => {
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: sqs.arn("work"), maxReceiveCount: 3 });
    const Attributes = { FifoQueue: "true", RedrivePolicy };
    const line = await refusal(sqs.call("CreateQueue", { QueueName: "line.fifo", Attributes }));
    expect(line.message).toContain("Dead-letter queue must be same type of queue as the source");
  });

  test("may refuse to take the dead letters of others", async () => {
    await sqs.work("SetQueueAttributes", { Attributes: { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' } });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: sqs.arn("work"), maxReceiveCount: 3 });
    const source = sqs.call("CreateQueue", { QueueName: "source", Attributes: { RedrivePolicy } });
    expect(await refusal(source)).toMatchObject({ code: "InvalidParameterValue" });
  });
});

describe("a template's queue", () => {
  const make = (type: string, properties: JsonObject) => {
    const declaration: ResourceDeclaration = {
      stackName: "Platform",
      stackId: "stack",
      logicalId: "Jobs",
      type,
      properties,
      assemblyFolder: "",
      generatedName: "Platform-Jobs-1A2B",
    };
    return sqs.service.resources[type]?.(declaration, sqs.cloud);
  };

  test("is referred to by its URL and has its attributes, policy included", async () => {
    const queue = make("AWS::SQS::Queue", {
      VisibilityTimeout: 120,
      RedrivePolicy: { deadLetterTargetArn: sqs.arn("work"), maxReceiveCount: 5 },
      KmsMasterKeyId: "alias/aws/sqs",
      Tags: [{ Key: "team", Value: "a" }],
    });
    const url = sqs.url("Platform-Jobs-1A2B");
    expect(queue).toEqual({
      ref: url,
      attributes: { Arn: sqs.arn("Platform-Jobs-1A2B"), QueueName: "Platform-Jobs-1A2B", QueueUrl: url },
    });
    make("AWS::SQS::QueuePolicy", { Queues: [url], PolicyDocument: { Version: "2012-10-17", Statement: [] } });
    const { Attributes } = await sqs.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] });
    expect(Attributes).toMatchObject({
      VisibilityTimeout: "120",
      Policy: '{"Version":"2012-10-17","Statement":[]}',
      KmsMasterKeyId: "alias/aws/sqs",
    });
  });

  test("with a property that is not modelled is refused by its name", () => {
    expect(() => make("AWS::SQS::Queue", { Sparkle: true })).toThrow("does not model the property Sparkle");
  });
});
