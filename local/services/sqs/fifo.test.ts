import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { cloudWithQueues } from "./queues.fixture.ts";

let sqs: Awaited<ReturnType<typeof cloudWithQueues>>;
beforeEach(async () => {
  sqs = await cloudWithQueues();
});

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable("was not refused"),
    (error) => error,
  );
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
