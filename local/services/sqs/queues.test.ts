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

describe("a FIFO queue", () => {
  beforeEach(async () => {
    await sqs.call("CreateQueue", {
      QueueName: "line.fifo",
      Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" },
    });
  });
  const line = (operation: string, input: JsonObject = {}) =>
    sqs.call(operation, { QueueUrl: sqs.url("line.fifo"), ...input });
  const put = (MessageGroupId: string, MessageBody: string, further: JsonObject = {}) =>
    line("SendMessage", { MessageGroupId, MessageBody, ...further });
  const take = async (MaxNumberOfMessages = 10) =>
    ((await line("ReceiveMessage", { MaxNumberOfMessages })).Messages ?? []) as {
      Body: string;
      ReceiptHandle: string;
    }[];
  const bodies = async (most?: number) => (await take(most)).map(({ Body }) => Body);

  test("hands out a group in order, and nothing of it while an earlier message is out", async () => {
    for (const [group, body] of [
      ["a", "a1"],
      ["a", "a2"],
      ["b", "b1"],
      ["a", "a3"],
    ] as const)
      await put(group, body);
    const [first] = await take(1);
    expect(first?.Body).toBe("a1");
    expect(await bodies()).toEqual(["b1"]);
    await line("DeleteMessage", { ReceiptHandle: first?.ReceiptHandle ?? "" });
    expect(await bodies()).toEqual(["a2", "a3"]);
  });

  test("gives a message back its place when its timeout ends", async () => {
    for (const body of ["1", "2"]) await put("a", body);
    expect(await bodies(1)).toEqual(["1"]);
    await sqs.pass(30);
    expect(await bodies()).toEqual(["1", "2"]);
  });

  test("takes the same message once within five minutes", async () => {
    const first = await put("a", "same");
    const second = await put("a", "same");
    expect(second.MessageId).toBe(first.MessageId);
    await sqs.pass(300);
    expect((await put("a", "same")).MessageId).not.toBe(first.MessageId);
    expect(sqs.door.counts(sqs.arn("line.fifo")).visible).toBe(2);
  });

  test.each([
    ["without a group", { MessageBody: "x" }, "MissingParameter"],
    ["with a delay of its own", { MessageBody: "x", MessageGroupId: "a", DelaySeconds: 5 }, "InvalidParameterValue"],
  ])("refuses a message %s", async (_, message, code) => {
    expect(await refusal(line("SendMessage", message))).toMatchObject({ code });
  });
});

describe("CloudWatch hears of a queue", () => {
  const told = (metric: string) => sqs.told.filter((each) => each.metric === metric && each.queue === "work");

  test("every minute, in the minute it tells of", async () => {
    send(3);
    const [first] = sqs.door.receive(sqs.arn("work"), 1);
    sqs.door.delete(sqs.arn("work"), first?.receiptHandle ?? "");
    sqs.door.receive(sqs.arn("work"), 1);
    await sqs.pass(60);
    const last = (metric: string) => told(metric).at(-1)?.value;
    expect(told("NumberOfMessagesSent")).toEqual([
      { atMs: Date.UTC(2026, 10, 23, 12, 1) - 1, queue: "work", metric: "NumberOfMessagesSent", value: 3 },
    ]);
    expect(last("NumberOfMessagesReceived")).toBe(2);
    expect(last("NumberOfMessagesDeleted")).toBe(1);
    expect(last("ApproximateNumberOfMessagesVisible")).toBe(2);
    expect(last("ApproximateAgeOfOldestMessage")).toBe(59);
    await sqs.pass(60);
    expect(last("NumberOfMessagesSent")).toBe(0);
  });

  test("no longer after six hours of silence, and within a quarter of an hour of a new message", async () => {
    await sqs.pass(6 * 3600);
    const count = told("NumberOfMessagesSent").length;
    expect(count).toBe(360);
    await sqs.pass(3600);
    expect(told("NumberOfMessagesSent")).toHaveLength(count);
    send();
    await sqs.pass(60);
    expect(told("NumberOfMessagesSent")).toHaveLength(count);
    await sqs.pass(16 * 60);
    expect(told("NumberOfMessagesSent").length).toBeGreaterThan(count);
    expect(told("NumberOfMessagesSent").at(-1)?.value).toBe(0);
    expect(told("NumberOfMessagesSent")[count]?.value).toBe(0);
  });

  test("and a message received three times no longer counts for the age of the oldest", async () => {
    send();
    for (let times = 0; times < 3; times++) {
      sqs.door.receive(sqs.arn("work"), 1, 1);
      await sqs.pass(1);
    }
    expect(sqs.door.counts(sqs.arn("work"))).toMatchObject({ visible: 1, oldestAgeSeconds: 0 });
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
