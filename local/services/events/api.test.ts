import { describe, expect, test } from "vitest";
import type { JsonObject, Principal } from "../../contract.ts";
import { queue, world } from "./world.fixture.ts";

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
      Entries: [
        entry,
        { ...entry, Source: "aws.ecs" },
        { ...entry, Source: "aws" },
        { ...entry, Detail: "[]" },
        { ...entry, DetailType: "" },
      ],
    });
    expect(answer).toMatchObject({
      FailedEntryCount: 4,
      Entries: [
        { EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        { ErrorCode: "NotAuthorizedForSourceException" },
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

  test("a sixth target is refused", async () => {
    const { ask } = world();
    await ask("PutRule", { Name: "r", EventPattern: '{"source":["s"]}' });
    const Targets = ["1", "2", "3", "4", "5", "6"].map((Id) => ({ Id, Arn: queue("work") }));
    await expect(ask("PutTargets", { Rule: "r", Targets })).rejects.toMatchObject({ code: "LimitExceededException" });
    await ask("PutTargets", { Rule: "r", Targets: Targets.slice(1) });
  });

  test("a statement of the same name replaces the one before", async () => {
    const { ask, declare } = world();
    for (const Effect of ["Allow", "Deny"])
      declare("AWS::Events::EventBusPolicy", {
        StatementId: "s",
        Statement: { Effect, Principal: "*", Action: "events:PutEvents" },
      });
    const { Policy } = await ask("DescribeEventBus", {});
    expect(JSON.parse(String(Policy))).toMatchObject({ Statement: [{ Sid: "s", Effect: "Deny" }] });
    expect(String(Policy)).not.toContain("Allow");
  });

  test("a target of a service that is not modelled is refused by name", async () => {
    const { rule } = world();
    expect(() => rule({ Arn: "arn:aws:ecs:us-east-1:111122223333:cluster/c" })).toThrow(/'ecs' are not modelled/);
  });
});
