import { beforeEach, describe, expect, test } from "vitest";
import { cloudWithQueues } from "./queues.fixture.ts";

let sqs: Awaited<ReturnType<typeof cloudWithQueues>>;
beforeEach(async () => {
  sqs = await cloudWithQueues({ work: {} });
});

const send = (count = 1) =>
  sqs.door.load(
    sqs.arn("work"),
    Array.from({ length: count }, (_, at) => String(at)),
  );
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
