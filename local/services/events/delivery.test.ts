import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { lambda, queue, startAtMs, world } from "./world.fixture.ts";

describe("delivery", () => {
  test("an event reaches the targets of matching rules within a second, and no others", async () => {
    const { arrivals, rule, emit, pass } = world();
    rule({ Arn: queue("work") });
    emit();
    emit("aws.ecr");
    await pass(1);
    expect(arrivals).toHaveLength(1);
    expect(arrivals[0]?.atMs).toBeGreaterThan(startAtMs);
    expect(JSON.parse(arrivals[0]?.body ?? "")).toMatchObject({
      version: "0",
      source: "aws.ecs",
      "detail-type": "Thing",
      account: "111122223333",
      region: "us-east-1",
      time: "2026-01-02T03:04:05Z",
      resources: ["r"],
      detail: {},
    });
  });

  test("events may overtake each other", async () => {
    const { arrivals, rule, emit, pass } = world();
    rule({ Arn: queue("work") });
    for (let order = 0; order < 20; order += 1) emit("aws.ecs", { order });
    await pass(1);
    const orders = arrivals.map(({ body }) => (JSON.parse(body) as { detail: { order: number } }).detail.order);
    expect(orders).not.toEqual(orders.toSorted((left, right) => left - right));
    expect(new Set(orders).size).toBe(20);
  });

  test("a target that refuses for lack of permission sends the event to the dead-letter queue at once", async () => {
    const { arrivals, rule, emit, pass } = world();
    const { attributes } = rule({ Arn: queue("closed"), DeadLetterConfig: { Arn: queue("dead") } });
    emit();
    await pass(1);
    expect(arrivals).toMatchObject([
      {
        arn: queue("dead"),
        attributes: { RULE_ARN: attributes.Arn, TARGET_ARN: queue("closed"), ERROR_CODE: "NO_PERMISSIONS" },
      },
    ]);
  });

  test("a target that is not there says so in the dead letter", async () => {
    const { arrivals, rule, emit, pass } = world();
    rule({ Arn: queue("closed-and-gone"), DeadLetterConfig: { Arn: queue("dead") } });
    emit();
    await pass(1);
    expect(arrivals).toMatchObject([{ attributes: { ERROR_CODE: "NO_RESOURCE" } }]);
  });

  test("a target in trouble is tried again until its retries are used up", async () => {
    const { arrivals, local, rule, emit, pass } = world();
    rule({ Arn: queue("work"), RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: queue("dead") } });
    local.faults.add({ service: "events", operation: "DeliverToTarget", kind: "error", times: 5 });
    emit();
    await pass(60);
    expect(arrivals.map(({ arn }) => arn)).toEqual([queue("dead")]);
    expect(arrivals[0]?.attributes).toMatchObject({
      ERROR_CODE: "ERROR_FROM_TARGET",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      RETRY_ATTEMPTS: "2",
    });
    emit();
    await pass(60);
    expect(arrivals.map(({ arn }) => arn)).toEqual([queue("dead"), queue("work")]);
  });

  test("an event grows too old for its target before the retries are used up", async () => {
    const { arrivals, local, rule, emit, pass } = world();
    rule({
      Arn: queue("work"),
      RetryPolicy: { MaximumEventAgeInSeconds: 60 },
      DeadLetterConfig: { Arn: queue("dead") },
    });
    local.faults.add({ service: "events", operation: "DeliverToTarget", kind: "throttle", times: 1000 });
    emit();
    await pass(120);
    expect(arrivals).toMatchObject([{ attributes: { EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds" } }]);
    expect(arrivals[0]?.atMs).toBeLessThan(startAtMs + 61_000);
  });

  test("an event is delivered twice when asked for, and best-effort events can be lost, but no others", async () => {
    const { arrivals, local, rule, emit, pass } = world();
    rule({ Arn: queue("work") }, { EventPattern: { source: ["aws.ecs", "aws.ecr"] } });
    local.faults.add({ service: "events", operation: "Thing", kind: "duplicate-event" });
    local.faults.add({ service: "events", operation: "Thing", kind: "lost-event", times: 2 });
    emit("aws.ecs");
    emit("aws.ecr");
    await pass(10);
    const told = arrivals.map(({ body }) => JSON.parse(body) as { id: string; source: string });
    expect(told.map(({ source }) => source)).toEqual(["aws.ecs", "aws.ecs"]);
    expect(told[0]?.id).toBe(told[1]?.id);
  });

  test("a disabled rule delivers nothing", async () => {
    const { arrivals, rule, emit, pass } = world();
    rule({ Arn: queue("work") }, { State: "DISABLED" });
    emit();
    await pass(1);
    expect(arrivals).toEqual([]);
  });
});

describe("what a target receives", () => {
  // biome-ignore format: a table reads as a table
  test.each<[string, JsonObject, string]>([
    ["a fixed text",       { Input: '{"a":1}' },                        '{"a":1}'],
    ["a part",             { InputPath: "$.detail.list[1]" },           '{"b":"x\\"y"}'],
    ["a missing part",     { InputPath: "$.detail.nothing" },           "null"],
    ["a template object",  { InputTransformer: { InputPathsMap: { l: "$.detail.list", n: "$.detail.none" }, InputTemplate: '{"l": <l>, "n": "<n>"}' } }, '{"l": [1,{"b":"x\\"y"}], "n": ""}'],
    ["text in a template", { InputTransformer: { InputPathsMap: { b: "$.detail.list[1].b" }, InputTemplate: '"b is <b>!"' } }, '"b is x\\"y!"'],
    ["the rule's name",    { InputTransformer: { InputTemplate: '{"rule": <aws.events.rule-name>}' } }, '{"rule": "S-Rule-1"}'],
  ])("%s", async (_, target, body) => {
    const { arrivals, rule, emit, pass } = world();
    rule({ Arn: lambda("f"), ...target });
    rule({ Arn: queue("work"), ...target });
    emit("aws.ecs", { list: [1, { b: 'x"y' }] });
    await pass(1);
    expect(arrivals.map((arrival) => arrival.body)).toEqual([body]);
  });

  test("a function, a topic and another bus are reached too", async () => {
    const { arrivals, declare, emit, pass } = world();
    const other = declare("AWS::Events::EventBus", { Name: "other" });
    const allow = {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "events:PutEvents",
      Resource: "*",
    };
    declare("AWS::Events::EventBusPolicy", { EventBusName: "other", StatementId: "in", Statement: allow });
    const topic = "arn:aws:sns:us-east-1:111122223333:t";
    const all = { EventPattern: { source: ["aws.ecs"] } };
    const arns = [lambda("f"), topic, other.attributes.Arn ?? ""];
    declare("AWS::Events::Rule", { ...all, Targets: arns.map((Arn) => ({ Id: Arn.slice(-3), Arn })) }, "Out");
    declare("AWS::Events::Rule", { ...all, EventBusName: "other", Targets: [{ Id: "q", Arn: queue("far") }] }, "In");
    emit();
    await pass(2);
    expect(arrivals.map(({ arn }) => arn).sort()).toEqual([lambda("f"), topic, queue("far")].sort());
  });

  test("buses that send to each other do not do so for ever", async () => {
    const { arrivals, declare, emit, pass } = world();
    const buses = ["one", "two"].map((Name) => declare("AWS::Events::EventBus", { Name }).attributes.Arn ?? "");
    const Principal = { Service: "events.amazonaws.com" };
    const allow = { Effect: "Allow", Principal, Action: "events:PutEvents", Resource: "*" };
    for (const EventBusName of ["one", "two"])
      declare("AWS::Events::EventBusPolicy", { EventBusName, StatementId: "in", Statement: allow });
    const send = (EventBusName: string, Arn = "") =>
      declare(
        "AWS::Events::Rule",
        {
          EventBusName,
          EventPattern: { source: ["aws.ecs"] },
          Targets: [
            { Id: "b", Arn },
            { Id: "q", Arn: queue("seen") },
          ],
        },
        `From${EventBusName}`,
      );
    send("default", buses[0]);
    send("one", buses[1]);
    send("two", buses[0]);
    emit();
    await pass(60);
    expect(arrivals).toHaveLength(6);
  });

  test("a function that does not let the rule in is dead-lettered", async () => {
    const { arrivals, rule, emit, pass } = world();
    rule({ Arn: lambda("closed"), DeadLetterConfig: { Arn: queue("dead") } });
    emit();
    await pass(2);
    expect(arrivals).toMatchObject([{ arn: queue("dead"), attributes: { ERROR_CODE: "NO_PERMISSIONS" } }]);
  });

  test("another bus that does not let events in is dead-lettered", async () => {
    const { arrivals, declare, rule, emit, pass } = world();
    const other = declare("AWS::Events::EventBus", { Name: "other" });
    rule({ Arn: other.attributes.Arn ?? "", DeadLetterConfig: { Arn: queue("dead") } });
    emit();
    await pass(2);
    expect(arrivals).toMatchObject([{ arn: queue("dead"), attributes: { ERROR_CODE: "NO_PERMISSIONS" } }]);
  });
});
