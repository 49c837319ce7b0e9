import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject, Principal } from "../../contract.ts";
import { cloudWithQueues } from "./queues.fixture.ts";

let sqs: Awaited<ReturnType<typeof cloudWithQueues>>;
const redrive = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead", maxReceiveCount: 1 });
beforeEach(async () => {
  sqs = await cloudWithQueues({
    dead: {},
    work: { RedrivePolicy: redrive },
    other: { RedrivePolicy: redrive },
    free: {},
  });
});

const receive = async (name: string, input: JsonObject = {}) => {
  const { Messages = [] } = await sqs.call("ReceiveMessage", {
    QueueUrl: sqs.url(name),
    MaxNumberOfMessages: 10,
    AttributeNames: ["All"],
    ...input,
  });
  return Messages as readonly { MessageId: string; Body: string; Attributes: Record<string, string> }[];
};
const bodies = async (name: string) => (await receive(name)).map(({ Body }) => Body).sort();

/** Sends a message and lets it fail until it is a dead letter. */
const fail = async (name: string, MessageBody: string): Promise<void> => {
  await sqs.call("SendMessage", { QueueUrl: sqs.url(name), MessageBody });
  for (const _ of ["received", "buried"]) await receive(name, { VisibilityTimeout: 0 });
};

const start = (input: JsonObject = {}) => sqs.call("StartMessageMoveTask", { SourceArn: sqs.arn("dead"), ...input });
const tasks = async (input: JsonObject = {}) =>
  (await sqs.call("ListMessageMoveTasks", { SourceArn: sqs.arn("dead"), ...input })).Results as readonly JsonObject[];

describe("without a destination", () => {
  test("each dead letter goes back to the queue it failed in, as a new message", async () => {
    await fail("work", "w");
    await fail("other", "o");
    const { TaskHandle } = await start();
    expect(await tasks()).toMatchObject([{ Status: "RUNNING", TaskHandle, ApproximateNumberOfMessagesToMove: 2 }]);
    await sqs.pass(1);
    const [again] = await receive("work");
    expect(again).toMatchObject({ Body: "w", Attributes: { ApproximateReceiveCount: "1" } });
    expect(again?.Attributes.SentTimestamp).toBe(String(Date.UTC(2026, 10, 23, 12) + 100));
    expect(await bodies("other")).toEqual(["o"]);
    expect(await tasks()).toEqual([
      {
        Status: "COMPLETED",
        SourceArn: sqs.arn("dead"),
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
        StartedTimestamp: Date.UTC(2026, 10, 23, 12),
      },
    ]);
  });

  test("a letter that was sent there by somebody ends the task and stays, with all that came after it", async () => {
    await fail("work", "first");
    await sqs.call("SendMessage", { QueueUrl: sqs.url("dead"), MessageBody: "parked" });
    await fail("work", "last");
    await start();
    await sqs.pass(1);
    expect(await tasks()).toMatchObject([
      { Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource", ApproximateNumberOfMessagesMoved: 1 },
    ]);
    expect(await bodies("work")).toEqual(["first"]);
    expect(await bodies("dead")).toEqual(["last", "parked"]);
  });

  test("a source that is gone ends the task, and nothing is lost", async () => {
    await fail("work", "w");
    await sqs.call("DeleteQueue", { QueueUrl: sqs.url("work") });
    await start();
    await sqs.pass(1);
    expect(await tasks()).toMatchObject([
      { Status: "FAILED", FailureReason: "AWS.SimpleQueueService.NonExistentQueue" },
    ]);
    expect(await bodies("dead")).toEqual(["w"]);
  });

  test("a letter that somebody holds stays where it is", async () => {
    await fail("work", "held");
    await receive("dead");
    await fail("work", "free");
    await start();
    await sqs.pass(1);
    expect(await bodies("work")).toEqual(["free"]);
    expect(sqs.door.counts(sqs.arn("dead"))).toMatchObject({ inFlight: 1 });
  });
});

describe("a role", () => {
  const role: Principal = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/mover", sessionName: "s" };
  const may = (Action: string) => {
    const Statement = [{ Effect: "Allow", Principal: { AWS: role.roleArn }, Action, Resource: sqs.arn("dead") }];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    return sqs.call("SetQueueAttributes", { QueueUrl: sqs.url("dead"), Attributes: { Policy } });
  };

  test("that may not send to the source cannot move anything there", async () => {
    await fail("work", "w");
    await may("sqs:*");
    await sqs.as(role, "StartMessageMoveTask", { SourceArn: sqs.arn("dead") });
    await sqs.pass(1);
    expect(await tasks()).toMatchObject([{ Status: "FAILED", FailureReason: "AccessDenied" }]);
    expect(await bodies("dead")).toEqual(["w"]);
    const elsewhere = { SourceArn: sqs.arn("dead"), DestinationArn: sqs.arn("free") };
    await expect(sqs.as(role, "StartMessageMoveTask", elsewhere)).rejects.toMatchObject({ code: "AccessDenied" });
  });

  test("that may only list tasks cannot list them, for it must read the queue's attributes as well", async () => {
    await may("sqs:ListMessageMoveTasks");
    const list = sqs.as(role, "ListMessageMoveTasks", { SourceArn: sqs.arn("dead") });
    await expect(list).rejects.toThrow("sqs:GetQueueAttributes");
  });
});

describe("with a destination", () => {
  test("all go there, the oldest first, no faster than asked", async () => {
    for (const body of ["1", "2", "3"]) await fail("work", body);
    await sqs.call("SendMessage", { QueueUrl: sqs.url("dead"), MessageBody: "parked" });
    await start({ DestinationArn: sqs.arn("free"), MaxNumberOfMessagesPerSecond: 1 });
    await sqs.pass(1.5);
    expect(await bodies("free")).toEqual(["1", "2"]);
    expect(await tasks()).toMatchObject([
      { Status: "RUNNING", DestinationArn: sqs.arn("free"), MaxNumberOfMessagesPerSecond: 1 },
    ]);
    await sqs.pass(3);
    expect(await bodies("free")).toEqual(["3", "parked"]);
    expect(await tasks()).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 4 }]);
  });

  test("one that is deleted meanwhile ends the task", async () => {
    for (const body of ["1", "2"]) await fail("work", body);
    await start({ DestinationArn: sqs.arn("free"), MaxNumberOfMessagesPerSecond: 1 });
    await sqs.pass(0.5);
    await sqs.call("DeleteQueue", { QueueUrl: sqs.url("free") });
    await sqs.pass(2);
    expect(await tasks()).toMatchObject([
      {
        Status: "FAILED",
        FailureReason: "AWS.SimpleQueueService.NonExistentQueue",
        ApproximateNumberOfMessagesMoved: 1,
      },
    ]);
  });
});

test("the latest task is listed, up to ten when asked", async () => {
  for (let time = 0; time < 11; time++) {
    await start();
    await sqs.pass(1);
  }
  expect(await tasks()).toMatchObject([{ StartedTimestamp: Date.UTC(2026, 10, 23, 12, 0, 10) }]);
  expect(await tasks({ MaxResults: 10 })).toHaveLength(10);
});

test("one task runs at a time for a source", async () => {
  await fail("work", "w");
  await start();
  await expect(start()).rejects.toMatchObject({
    code: "InvalidParameterValue",
    message: "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
  });
  await sqs.pass(1);
  await expect(start()).resolves.toHaveProperty("TaskHandle");
});

const arn = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`;

// biome-ignore format: a table reads as a table
test.each<[string, string, JsonObject, object]>([
  ["a source that is no queue's dead-letter queue", "StartMessageMoveTask", { SourceArn: arn("free"), DestinationArn: arn("work") }, { code: "InvalidParameterValue", message: "Source queue must be configured as a Dead Letter Queue." }],
  ["no source",                                     "StartMessageMoveTask", { SourceArn: null },                                      { code: "MissingParameter" }],
  ["a source that does not exist",                  "StartMessageMoveTask", { SourceArn: arn("no") },                                 { code: "ResourceNotFoundException", status: 404, message: "The resource that you specified for the SourceArn parameter doesn't exist." }],
  ["a destination that does not exist",             "StartMessageMoveTask", { DestinationArn: arn("no") },                            { code: "ResourceNotFoundException", status: 404, message: "The resource that you specified for the DestinationArn parameter doesn't exist." }],
  ["a destination that is the source",              "StartMessageMoveTask", { DestinationArn: arn("dead") },                          { code: "InvalidParameterValue" }],
  ["a destination of the other type",               "StartMessageMoveTask", { DestinationArn: arn("line.fifo") },                     { code: "InvalidParameterValue" }],
  ["more than 500 a second",                        "StartMessageMoveTask", { MaxNumberOfMessagesPerSecond: 501 },                    { code: "InvalidParameterValue" }],
  ["a list of a queue that does not exist",         "ListMessageMoveTasks", { SourceArn: arn("no") },                                 { code: "ResourceNotFoundException", status: 404 }],
  ["a list of eleven",                              "ListMessageMoveTasks", { MaxResults: 11 },                                       { code: "InvalidParameterValue" }],
])("%s is refused", async (_, operation, input, refusal) => {
  await sqs.call("CreateQueue", { QueueName: "line.fifo", Attributes: { FifoQueue: "true" } });
  const call = sqs.call(operation, { SourceArn: arn("dead"), ...input });
  await expect(call).rejects.toMatchObject(refusal);
});

test("a queue whose only senders of dead letters are no queues cannot be moved from", async () => {
  await sqs.call("SetQueueAttributes", { QueueUrl: sqs.url("work"), Attributes: { RedrivePolicy: "" } });
  await sqs.call("DeleteQueue", { QueueUrl: sqs.url("other") });
  await sqs.call("SendMessage", { QueueUrl: sqs.url("dead"), MessageBody: "of a topic" });
  await expect(start({ DestinationArn: arn("free") })).rejects.toThrow("must be configured as a Dead Letter Queue");
});
