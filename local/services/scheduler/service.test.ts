import { expect, test } from "vitest";
import { createCloud } from "../../cloud.ts";
import type { Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { LambdaDoor, SqsDoor } from "../../neighbours.ts";
import { createEventsService } from "../events/service.ts";
import { createSchedulerService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
const startAtMs = Date.parse("2026-01-02T03:04:00Z");
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:work";
const DEAD = "arn:aws:sqs:us-east-1:111122223333:dead";
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f";

interface Arrival {
  readonly arn: string;
  readonly atMs: number;
  readonly body: string;
  readonly attributes: JsonObject;
}

/** Queues that keep what is sent, behind the permissions a real queue asks for. */
const queues =
  (arrivals: Arrival[]) =>
  (cloud: Cloud): Service => {
    const door: Pick<SqsDoor, "queues"> = {
      queues: () => [QUEUE, DEAD].map((arn) => ({ arn, name: arn, url: arn, visibilitySeconds: 30 })),
    };
    const lambda: Pick<LambdaDoor, "invokeAsync"> = {
      invokeAsync: (arn, payload) =>
        void arrivals.push({ arn, atMs: cloud.clock.now(), body: JSON.stringify(payload), attributes: {} }),
    };
    cloud.expose("sqs", door);
    cloud.expose("lambda", lambda);
    return {
      name: "sqs",
      resources: {},
      operations: {
        SendMessage: {
          needs: ({ QueueUrl }) => [{ action: "sqs:SendMessage", resource: String(QueueUrl) }],
          run: ({ QueueUrl, MessageBody, MessageAttributes }) => {
            const attributes = (MessageAttributes ?? {}) as JsonObject;
            arrivals.push({ arn: String(QueueUrl), atMs: cloud.clock.now(), body: String(MessageBody), attributes });
            return {};
          },
        },
      },
    };
  };

const world = (allowed: readonly string[] = [QUEUE, DEAD, FUNCTION], trusted = "scheduler.amazonaws.com") => {
  const arrivals: Arrival[] = [];
  const local = createCloud({ startAtMs, services: [queues(arrivals), createEventsService, createSchedulerService] });
  const declare = (service: string, type: string, properties: JsonObject) => {
    const create = local.services.get(service)?.resources[type];
    if (!create) throw new Error(`no resource ${type}`);
    const stack = {
      stackName: "S",
      stackId: "arn:stack",
      logicalId: "X",
      type,
      assemblyFolder: "",
      generatedName: "S-X-1",
    };
    return create({ ...stack, properties }, local.cloud);
  };
  const trust = { Effect: "Allow", Principal: { Service: trusted }, Action: "sts:AssumeRole" };
  const allow = { Effect: "Allow", Action: ["sqs:SendMessage", "lambda:InvokeFunction"], Resource: allowed };
  const role = declare("iam", "AWS::IAM::Role", {
    RoleName: "r",
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [trust] },
    Policies: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement: [allow] } }],
  });
  const schedule = (target: JsonObject, more: JsonObject = {}) => {
    const declared = declare("scheduler", "AWS::Scheduler::Schedule", {
      Name: "tick",
      ScheduleExpression: "rate(1 minute)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { RoleArn: role.attributes.Arn, ...target },
      ...more,
    });
    local.services.get("scheduler")?.start?.(local.cloud);
    return declared;
  };
  const pass = (seconds: number) => local.clock.advance(local.clock.now() + seconds * 1000);
  const ask = (operation: string, input: JsonObject) =>
    local.request(OWNER, { service: "scheduler", operation, input });
  return { arrivals, local, schedule, pass, ask };
};

test("each minute the queue gets the schedule's own input, at one second of the minute", async () => {
  const { arrivals, schedule, pass } = world();
  const { attributes } = schedule({
    Arn: QUEUE,
    Input: '{"at":"<aws.scheduler.scheduled-time>","of":"<aws.scheduler.schedule-arn>"}',
  });
  await pass(240);
  expect(arrivals.length).toBeGreaterThanOrEqual(3);
  expect(JSON.parse(arrivals[0]?.body ?? "")).toEqual({ at: "2026-01-02T03:05:00Z", of: attributes.Arn });
  const gaps = arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index]?.atMs ?? 0));
  expect(new Set(gaps)).toEqual(new Set([60_000]));
  expect(arrivals[0]?.atMs).toBeLessThan(startAtMs + 120_000);
});

test("a call by a schedule is in the log under its role, with the statement that allowed it", async () => {
  const { local, schedule, pass } = world();
  schedule({ Arn: QUEUE });
  await pass(120);
  expect(local.calls.all()[0]).toMatchObject({
    principal: "arn:aws:iam::111122223333:role/r",
    operation: "SendMessage",
    resource: QUEUE,
    statement: expect.stringContaining("r/p"),
  });
});

test("a role without permission reaches only its dead-letter queue", async () => {
  const { arrivals, schedule, pass } = world([DEAD]);
  const { attributes } = schedule({ Arn: QUEUE, DeadLetterConfig: { Arn: DEAD } });
  await pass(120);
  expect(arrivals[0]).toMatchObject({
    arn: DEAD,
    attributes: {
      SCHEDULE_ARN: { StringValue: attributes.Arn },
      ERROR_CODE: { StringValue: expect.stringMatching(/AccessDenied/) },
    },
  });
});

test("a role that does not trust the scheduler reaches nothing", async () => {
  const { arrivals, schedule, pass } = world([QUEUE], "lambda.amazonaws.com");
  schedule({ Arn: QUEUE });
  await pass(180);
  expect(arrivals).toEqual([]);
});

test("a throttled target is tried again", async () => {
  const { arrivals, local, schedule, pass } = world();
  schedule({ Arn: QUEUE }, { ScheduleExpression: "at(2026-01-02T03:05:00)" });
  local.faults.add({ service: "sqs", operation: "SendMessage", kind: "throttle", times: 3 });
  await pass(300);
  expect(arrivals).toHaveLength(1);
});

test("retries end, and the dead letter says which limit ended them", async () => {
  const { arrivals, local, schedule, pass } = world();
  const limits = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: DEAD } };
  schedule({ Arn: FUNCTION, ...limits }, { ScheduleExpression: "at(2026-01-02T03:05:00)" });
  schedule({ Arn: QUEUE, ...limits }, { ScheduleExpression: "at(2026-01-02T03:05:00)" });
  local.faults.add({ service: "sqs", operation: "SendMessage", kind: "throttle", times: 3 });
  await pass(600);
  expect(arrivals).toMatchObject([
    {
      arn: DEAD,
      attributes: {
        EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
        RETRY_ATTEMPTS: { StringValue: "2" },
      },
    },
  ]);
});

test("a function is invoked with a Scheduled Event when there is no input", async () => {
  const { arrivals, schedule, pass } = world();
  schedule({ Arn: FUNCTION });
  await pass(120);
  expect(JSON.parse(arrivals[0]?.body ?? "")).toMatchObject({
    source: "aws.scheduler",
    "detail-type": "Scheduled Event",
  });
});

test("a disabled schedule and one whose end has passed stay silent", async () => {
  const disabled = world();
  disabled.schedule({ Arn: QUEUE }, { State: "DISABLED" });
  await disabled.pass(180);
  const ended = world();
  ended.schedule({ Arn: QUEUE }, { EndDate: "2026-01-02T03:05:30Z" });
  await ended.pass(600);
  expect([disabled.arrivals.length, ended.arrivals.length]).toEqual([0, 1]);
});

test("schedules can be made, told, changed and removed by calls", async () => {
  const { arrivals, ask, pass } = world();
  const request = {
    Name: "once",
    ScheduleExpression: "rate(1 minute)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn: QUEUE, RoleArn: "arn:aws:iam::111122223333:role/r" },
  };
  await ask("CreateSchedule", request);
  await expect(ask("CreateSchedule", request)).rejects.toMatchObject({ code: "ConflictException" });
  expect(await ask("GetSchedule", { Name: "once" })).toMatchObject({
    State: "ENABLED",
    ScheduleExpression: "rate(1 minute)",
  });
  await ask("UpdateSchedule", { ...request, State: "DISABLED" });
  await pass(180);
  expect(arrivals).toEqual([]);
  await ask("DeleteSchedule", { Name: "once" });
  await expect(ask("GetSchedule", { Name: "once" })).rejects.toMatchObject({ code: "ResourceNotFoundException" });
});

test("a schedule without FlexibleTimeWindow, of an unknown group or with a bad expression is refused", () => {
  const { schedule } = world();
  expect(() => schedule({ Arn: QUEUE }, { FlexibleTimeWindow: null })).toThrow(/FlexibleTimeWindow is missing/);
  expect(() => schedule({ Arn: QUEUE }, { GroupName: "g" })).toThrow(/group g does not exist/);
  expect(() => schedule({ Arn: QUEUE }, { ScheduleExpression: "rate(1 minutes)" })).toThrow(
    /Invalid Schedule Expression/,
  );
});
