import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { cloudWithQueues } from "./queues.fixture.ts";

type Sqs = Awaited<ReturnType<typeof cloudWithQueues>>;
let sqs: Sqs;
const redrive = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead", maxReceiveCount: 2 });
beforeEach(async () => {
  sqs = await cloudWithQueues({ dead: {}, work: { RedrivePolicy: redrive, VisibilityTimeout: "30" } });
});

interface Got {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}
const messages = (answer: JsonObject) => (answer.Messages ?? []) as unknown as readonly Got[];
const receive = async (input: JsonObject = {}) => messages(await sqs.work("ReceiveMessage", input));
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable("was not refused"),
    (error) => error,
  );

describe("a received message", () => {
  test("is hidden until its visibility timeout ends, and counts its receives", async () => {
    await sqs.work("SendMessage", { MessageBody: "hello" });
    const asked = { MessageSystemAttributeNames: ["All"] };
    const [first] = await receive(asked);
    expect(first).toMatchObject({ Body: "hello", Attributes: { ApproximateReceiveCount: "1" } });
    await sqs.pass(29.999);
    expect(await receive()).toEqual([]);
    await sqs.pass(0.001);
    const [second] = await receive(asked);
    expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: "2" } });
    expect(second?.Attributes?.SentTimestamp).toBe(String(Date.UTC(2026, 10, 23, 12)));
    expect(second?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(String(Date.UTC(2026, 10, 23, 12)));
  });

  test("tells no attribute that was not asked for", async () => {
    await sqs.work("SendMessage", {
      MessageBody: "hello",
      MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
    });
    const [message] = await receive();
    expect(Object.keys(message ?? {}).sort()).toEqual(["Body", "MD5OfBody", "MessageId", "ReceiptHandle"]);
  });

  test("is gone once deleted, even after its timeout", async () => {
    await sqs.work("SendMessage", { MessageBody: "hello" });
    const [message] = await receive();
    await sqs.pass(31);
    await sqs.work("DeleteMessage", { ReceiptHandle: message?.ReceiptHandle ?? "" });
    await sqs.pass(60);
    expect(await receive()).toEqual([]);
  });

  test("is not deleted by the handle of an earlier receipt", async () => {
    await sqs.work("SendMessage", { MessageBody: "hello" });
    const [early] = await receive();
    await sqs.pass(31);
    await receive({ VisibilityTimeout: 5 });
    await sqs.work("DeleteMessage", { ReceiptHandle: early?.ReceiptHandle ?? "" });
    expect(sqs.door.counts(sqs.arn("work"))).toMatchObject({ inFlight: 1 });
  });

  test("comes back at once when its timeout is set to 0, and later when it is made longer", async () => {
    await sqs.work("SendMessage", { MessageBody: "hello" });
    const [first] = await receive();
    await sqs.work("ChangeMessageVisibility", { ReceiptHandle: first?.ReceiptHandle ?? "", VisibilityTimeout: 0 });
    const [second] = await receive();
    expect(second?.MessageId).toBe(first?.MessageId);
    await sqs.work("ChangeMessageVisibility", { ReceiptHandle: second?.ReceiptHandle ?? "", VisibilityTimeout: 100 });
    await sqs.pass(99);
    expect(sqs.door.counts(sqs.arn("work"))).toMatchObject({ inFlight: 1, visible: 0 });
    await sqs.pass(1);
    expect(sqs.door.counts(sqs.arn("work"))).toMatchObject({ inFlight: 0, visible: 1 });
  });

  test("cannot be kept for more than twelve hours, nor be kept once it is visible", async () => {
    await sqs.work("SendMessage", { MessageBody: "hello" });
    const [message] = await receive();
    const change = (VisibilityTimeout: number) =>
      sqs.work("ChangeMessageVisibility", { ReceiptHandle: message?.ReceiptHandle ?? "", VisibilityTimeout });
    await sqs.pass(1);
    expect((await refusal(change(43_200))).message).toContain("beyond the limit [43200 seconds]");
    await sqs.pass(30);
    expect(await refusal(change(10))).toMatchObject({ code: "MessageNotInflight" });
  });
});

describe("a message received too often", () => {
  test("goes to the dead letters on the next attempt, with its id, its sender's time and where it failed", async () => {
    await sqs.work("SendMessage", { MessageBody: "poison" });
    const [first] = await receive();
    await sqs.pass(30);
    await receive();
    await sqs.pass(30);
    expect(sqs.door.counts(sqs.arn("dead")).visible).toBe(0);
    expect(await receive()).toEqual([]);
    const dead = await sqs.call("ReceiveMessage", { QueueUrl: sqs.url("dead"), AttributeNames: ["All"] });
    expect(messages(dead)).toMatchObject([
      {
        MessageId: first?.MessageId,
        Attributes: {
          ApproximateReceiveCount: "3",
          SentTimestamp: String(Date.UTC(2026, 10, 23, 12)),
          DeadLetterQueueSourceArn: sqs.arn("work"),
        },
      },
    ]);
  });

  test("dies in the dead-letter queue when its retention since sending is over", async () => {
    await sqs.call("SetQueueAttributes", { QueueUrl: sqs.url("dead"), Attributes: { MessageRetentionPeriod: "120" } });
    await sqs.work("SendMessage", { MessageBody: "poison" });
    for (let times = 0; times < 3; times++) {
      await receive();
      await sqs.pass(30);
    }
    expect(sqs.door.counts(sqs.arn("dead")).visible).toBe(1);
    await sqs.pass(30);
    expect(sqs.door.counts(sqs.arn("dead")).visible).toBe(0);
  });
});

describe("a delayed message", () => {
  test("is not received before its time, up to 900 s", async () => {
    await sqs.work("SendMessage", { MessageBody: "later", DelaySeconds: 900 });
    expect(sqs.door.counts(sqs.arn("work"))).toMatchObject({ delayed: 1, visible: 0 });
    await sqs.pass(899);
    expect(await receive()).toEqual([]);
    await sqs.pass(1);
    expect(await receive()).toMatchObject([{ Body: "later" }]);
    const tooLate = await refusal(sqs.work("SendMessage", { MessageBody: "x", DelaySeconds: 901 }));
    expect(tooLate.message).toContain("DelaySeconds must be >= 0 and <= 900");
  });
});

describe("a long poll", () => {
  test("is answered by the first message that comes", async () => {
    const waiting = sqs.work("ReceiveMessage", { WaitTimeSeconds: 20 });
    await sqs.pass(5);
    await sqs.work("SendMessage", { MessageBody: "came" });
    expect(messages(await waiting)).toMatchObject([{ Body: "came" }]);
    await sqs.pass(60);
    expect(sqs.told.find(({ metric, queue }) => metric === "NumberOfEmptyReceives" && queue === "work")?.value).toBe(0);
  });

  test("ends empty when its time is over, and counts as an empty receive", async () => {
    const waiting = sqs.work("ReceiveMessage", { WaitTimeSeconds: 20 });
    await sqs.pass(20);
    expect(await waiting).toEqual({});
    await sqs.pass(60);
    expect(sqs.told.find(({ metric, queue }) => metric === "NumberOfEmptyReceives" && queue === "work")?.value).toBe(1);
  });

  test("of a function lets time pass for its process until it is answered", async () => {
    const roleArn = "arn:aws:iam::111122223333:role/worker";
    const Statement = [{ Effect: "Allow", Principal: { AWS: roleArn }, Action: "sqs:*", Resource: sqs.arn("work") }];
    await sqs.work("SetQueueAttributes", { Attributes: { Policy: JSON.stringify({ Statement }) } });
    const waiting = sqs.as({ kind: "role", roleArn, sessionName: "fn" }, "ReceiveMessage", {
      QueueUrl: sqs.url("work"),
      WaitTimeSeconds: 20,
    });
    await sqs.pass(1);
    expect(sqs.suspended).toEqual(["fn"]);
    await sqs.pass(20);
    expect(await waiting).toEqual({});
    expect(sqs.suspended).toEqual([]);
  });

  test("that came first is served first, by a message whose timeout ended too", async () => {
    await sqs.work("SendMessage", { MessageBody: "one" });
    await receive({ VisibilityTimeout: 5 });
    const first = sqs.work("ReceiveMessage", { WaitTimeSeconds: 20 });
    const second = sqs.work("ReceiveMessage", { WaitTimeSeconds: 20 });
    await sqs.pass(20);
    expect(messages(await first)).toMatchObject([{ Body: "one" }]);
    expect(messages(await second)).toEqual([]);
  });
});

describe("a batch", () => {
  test("succeeds and fails entry by entry", async () => {
    const answer = await sqs.work("SendMessageBatch", {
      Entries: [
        { Id: "a", MessageBody: "one" },
        { Id: "b", MessageBody: "\u0000" },
      ],
    });
    expect(answer).toMatchObject({ Successful: [{ Id: "a" }], Failed: [{ Id: "b", Code: "InvalidMessageContents" }] });
    const [message] = await receive({ MaxNumberOfMessages: 10 });
    const changed = await sqs.work("ChangeMessageVisibilityBatch", {
      Entries: [
        { Id: "a", ReceiptHandle: message?.ReceiptHandle ?? "", VisibilityTimeout: 5 },
        { Id: "b", ReceiptHandle: "nonsense", VisibilityTimeout: 5 },
      ],
    });
    expect(changed).toMatchObject({ Successful: [{ Id: "a" }], Failed: [{ Id: "b", Code: "ReceiptHandleIsInvalid" }] });
    const deleted = await sqs.work("DeleteMessageBatch", {
      Entries: [{ Id: "a", ReceiptHandle: message?.ReceiptHandle ?? "" }],
    });
    expect(deleted).toEqual({ Successful: [{ Id: "a" }] });
  });

  const entry = (Id: string, MessageBody = "x") => ({ Id, MessageBody });
  test.each([
    ["of nothing", [], "EmptyBatchRequest"],
    ["of eleven", Array.from({ length: 11 }, (_, at) => entry(String(at))), "TooManyEntriesInBatchRequest"],
    ["with an id twice", [entry("a"), entry("a")], "BatchEntryIdsNotDistinct"],
    ["with a bad id", [entry("a b")], "InvalidBatchEntryId"],
    ["above 1 MiB", [entry("a", "x".repeat(600_000)), entry("b", "x".repeat(600_000))], "BatchRequestTooLong"],
  ])("%s is refused as a whole", async (_, Entries, code) => {
    expect(await refusal(sqs.work("SendMessageBatch", { Entries }))).toMatchObject({ code });
  });
});

test("a message of 1 MiB is taken, one byte more is not", async () => {
  await sqs.work("SendMessage", { MessageBody: "x".repeat(1_048_576) });
  const tooLong = await refusal(sqs.work("SendMessage", { MessageBody: "x".repeat(1_048_577) }));
  expect(tooLong.message).toContain("Message must be shorter than 1048576 bytes");
});

test("a trace header travels with its message, and digests are those an SDK expects", async () => {
  const sent = await sqs.work("SendMessage", {
    MessageBody: "hello",
    MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-2-3" } },
  });
  expect(sent).toMatchObject({ MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592" });
  const [message] = await receive({ AttributeNames: ["AWSTraceHeader"], MessageAttributeNames: ["All"] });
  expect(message).toMatchObject({
    Attributes: { AWSTraceHeader: "Root=1-2-3" },
    MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
  });
});

test("messages are thrown away when their retention is over", async () => {
  await sqs.work("SetQueueAttributes", { Attributes: { MessageRetentionPeriod: "60" } });
  await sqs.work("SendMessage", { MessageBody: "old" });
  await sqs.pass(60);
  expect(await receive()).toEqual([]);
  expect(sqs.door.counts(sqs.arn("work"))).toEqual({ visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 });
});

test("a standard queue promises every message, in no strict order", async () => {
  const sent = Array.from({ length: 200 }, (_, at) => String(at));
  sqs.door.load(sqs.arn("work"), sent);
  const got: string[] = [];
  for (let batch = await receive({ MaxNumberOfMessages: 10 }); batch.length > 0; ) {
    got.push(...batch.map(({ Body }) => Body));
    batch = await receive({ MaxNumberOfMessages: 10 });
  }
  expect(got).not.toEqual(sent);
  expect(got.sort((a, b) => Number(a) - Number(b))).toEqual(sent);
});

test("100,000 messages in one minute of virtual time go in and out", { timeout: 30_000 }, async () => {
  const arn = sqs.arn("work");
  let handled = 0;
  for (let second = 0; second < 60; second++) {
    sqs.door.load(
      arn,
      Array.from({ length: 1667 }, () => "x"),
    );
    for (;;) {
      const batch = sqs.door.receive(arn, 10);
      for (const { receiptHandle } of batch) sqs.door.delete(arn, receiptHandle);
      handled += batch.length;
      if (batch.length === 0) break;
    }
    await sqs.pass(1);
  }
  expect(handled).toBe(60 * 1667);
  expect(sqs.door.counts(arn)).toEqual({ visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 });
});
