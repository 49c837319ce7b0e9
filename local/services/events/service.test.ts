import { describe, expect, test } from "vitest";
import { createCloud } from "../../cloud.ts";
import type { JsonObject, Principal } from "../../contract.ts";
import { type Arrival, recordingNeighbours } from "./neighbours.fixture.ts";
import { createEventsService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
const startAtMs = Date.parse("2026-01-02T03:04:05Z");
const queue = (name: string): string => `arn:aws:sqs:us-east-1:111122223333:${name}`;
const lambda = (name: string): string => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;

const world = () => {
  const arrivals: Arrival[] = [];
  const local = createCloud({ startAtMs, services: [recordingNeighbours(arrivals), createEventsService] });
  const ask = (operation: string, input: JsonObject): Promise<JsonObject> =>
    local.request(OWNER, { service: "events", operation, input });
  const events = local.services.get("events");
  const declare = (type: string, properties: JsonObject, logicalId = "X") => {
    const create = events?.resources[type];
    if (!create) throw new Error(`no resource ${type}`);
    const stack = {
      stackName: "S",
      stackId: "arn:stack",
      logicalId,
      type,
      assemblyFolder: "",
      generatedName: `S-${logicalId}-1`,
    };
    return create({ ...stack, properties }, local.cloud);
  };
  const rule = (target: JsonObject, more: JsonObject = {}) =>
    declare(
      "AWS::Events::Rule",
      { EventPattern: { source: ["aws.ecs"] }, Targets: [{ Id: "T", ...target }], ...more },
      "Rule",
    );
  const emit = (source = "aws.ecs", detail: JsonObject = {}) =>
    local.cloud.emit({ source, detailType: "Thing", resources: ["r"], detail });
  const pass = (seconds: number) => local.clock.advance(local.clock.now() + seconds * 1000);
  return { arrivals, local, ask, declare, rule, emit, pass, start: () => events?.start?.(local.cloud) };
};

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

  test("a target in trouble is tried again until its retries are used up", async () => {
    const { arrivals, local, rule, emit, pass } = world();
    rule({ Arn: queue("work"), RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: queue("dead") } });
    local.faults.add({ service: "events", operation: "DeliverToTarget", kind: "error", times: 5 });
    emit();
    await pass(60);
    expect(arrivals.map(({ arn }) => arn)).toEqual([queue("dead")]);
    expect(arrivals[0]?.attributes).toMatchObject({
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

  test("another bus that does not let events in is dead-lettered", async () => {
    const { arrivals, declare, rule, emit, pass } = world();
    const other = declare("AWS::Events::EventBus", { Name: "other" });
    rule({ Arn: other.attributes.Arn ?? "", DeadLetterConfig: { Arn: queue("dead") } });
    emit();
    await pass(2);
    expect(arrivals).toMatchObject([{ arn: queue("dead"), attributes: { ERROR_CODE: "NO_PERMISSIONS" } }]);
  });
});

describe("schedules of rules", () => {
  test("a rate sends a Scheduled Event each period to its own targets alone", async () => {
    const { arrivals, declare, pass, start } = world();
    const targets = { Targets: [{ Id: "T", Arn: queue("tick") }] };
    const { attributes } = declare("AWS::Events::Rule", { ScheduleExpression: "rate(5 minutes)", ...targets });
    declare(
      "AWS::Events::Rule",
      { EventPattern: { source: ["aws.events"] }, Targets: [{ Id: "T", Arn: queue("all") }] },
      "Y",
    );
    start();
    await pass(601);
    expect(arrivals.map(({ arn }) => arn)).toEqual([queue("tick"), queue("tick")]);
    expect(JSON.parse(arrivals[0]?.body ?? "")).toMatchObject({
      "detail-type": "Scheduled Event",
      source: "aws.events",
      time: "2026-01-02T03:09:05Z",
      resources: [attributes.Arn],
      detail: {},
    });
  });

  test("a schedule on a custom bus is refused", async () => {
    const { declare } = world();
    declare("AWS::Events::EventBus", { Name: "other" });
    expect(() => declare("AWS::Events::Rule", { ScheduleExpression: "rate(1 minute)", EventBusName: "other" })).toThrow(
      /default event bus/,
    );
  });
});

describe("the API", () => {
  test("PutEvents takes or refuses each entry by itself", async () => {
    const { arrivals, ask, rule, pass } = world();
    rule({ Arn: queue("work") }, { EventPattern: { source: ["mine"] } });
    const entry = { Source: "mine", DetailType: "Thing", Detail: "{}" };
    const answer = await ask("PutEvents", {
      Entries: [entry, { ...entry, Source: "aws.ecs" }, { ...entry, Detail: "[]" }, { ...entry, DetailType: "" }],
    });
    expect(answer).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        { ErrorCode: "NotAuthorizedForSourceException" },
        { ErrorCode: "MalformedDetail" },
        { ErrorCode: "InvalidArgument" },
      ],
    });
    await pass(1);
    expect(arrivals).toHaveLength(1);
  });

  test("PutEvents refuses eleven entries, and more than 256 KB together", async () => {
    const { ask } = world();
    const entry = { Source: "mine", DetailType: "Thing", Detail: "{}" };
    await expect(ask("PutEvents", { Entries: Array(11).fill(entry) })).rejects.toMatchObject({
      code: "ValidationException",
    });
    const large = { ...entry, Detail: JSON.stringify({ text: "x".repeat(140_000) }) };
    await expect(ask("PutEvents", { Entries: [large, large] })).rejects.toMatchObject({ code: "ValidationException" });
    await expect(ask("PutEvents", { Entries: [large] })).resolves.toMatchObject({ FailedEntryCount: 0 });
  });

  test("a role needs events:PutEvents on the very bus, source and detail type", async () => {
    const { local, declare } = world();
    const bus = declare("AWS::Events::EventBus", { Name: "mine" });
    const role: Principal = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/r", sessionName: "s" };
    const statement = {
      Effect: "Allow",
      Principal: { AWS: role.roleArn },
      Action: "events:PutEvents",
      Resource: bus.attributes.Arn,
      Condition: { StringEquals: { "events:source": "mine", "events:detail-type": "Thing" } },
    };
    declare("AWS::Events::EventBusPolicy", { EventBusName: "mine", StatementId: "a", Statement: statement });
    const put = (entry: JsonObject) =>
      local.request(role, {
        service: "events",
        operation: "PutEvents",
        input: { Entries: [{ EventBusName: "mine", Source: "mine", DetailType: "Thing", Detail: "{}", ...entry }] },
      });
    await expect(put({})).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(put({ Source: "yours" })).rejects.toMatchObject({ code: "AccessDeniedException" });
    await expect(put({ EventBusName: "default" })).rejects.toMatchObject({ code: "AccessDeniedException" });
  });

  test("rules and targets made by calls are told and deliver", async () => {
    const { arrivals, ask, emit, pass } = world();
    await ask("PutRule", { Name: "r", EventPattern: '{"source":["aws.ecs"]}' });
    await ask("PutTargets", { Rule: "r", Targets: [{ Id: "q", Arn: queue("work") }] });
    expect(await ask("DescribeRule", { Name: "r" })).toMatchObject({
      State: "ENABLED",
      EventPattern: '{"source":["aws.ecs"]}',
    });
    expect(await ask("ListTargetsByRule", { Rule: "r" })).toEqual({ Targets: [{ Id: "q", Arn: queue("work") }] });
    expect(await ask("ListRules", {})).toMatchObject({ Rules: [{ Name: "r" }] });
    emit();
    await pass(1);
    expect(arrivals).toHaveLength(1);
    await expect(ask("DeleteRule", { Name: "r" })).rejects.toMatchObject({ code: "ValidationException" });
    await ask("RemoveTargets", { Rule: "r", Ids: ["q"] });
    await ask("DeleteRule", { Name: "r" });
    await expect(ask("DescribeRule", { Name: "r" })).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });

  test("a bad pattern is refused by name when the rule is put", async () => {
    const { ask } = world();
    await expect(ask("PutRule", { Name: "r", EventPattern: '{"source":"aws.ecs"}' })).rejects.toMatchObject({
      code: "InvalidEventPatternException",
      message: expect.stringContaining("not-an-object-or-array"),
    });
    const long = JSON.stringify({ source: ["x".repeat(2100)] });
    await expect(ask("PutRule", { Name: "r", EventPattern: long })).rejects.toThrow(/at most 2048/);
  });

  test("TestEventPattern answers for a whole event and refuses half of one", async () => {
    const { ask } = world();
    const event = {
      id: "1",
      account: "1",
      source: "s",
      time: "2026-01-02T03:04:05Z",
      region: "r",
      resources: [],
      "detail-type": "t",
    };
    const input = (value: object) => ({ EventPattern: '{"source":["s"]}', Event: JSON.stringify(value) });
    expect(await ask("TestEventPattern", input(event))).toEqual({ Result: true });
    expect(await ask("TestEventPattern", input({ ...event, source: "x" }))).toEqual({ Result: false });
    await expect(ask("TestEventPattern", input({ source: "s" }))).rejects.toThrow(/id is missing/);
  });

  test("a target of a service that is not modelled is refused by name", async () => {
    const { rule } = world();
    expect(() => rule({ Arn: "arn:aws:ecs:us-east-1:111122223333:cluster/c" })).toThrow(/'ecs' are not modelled/);
  });
});
