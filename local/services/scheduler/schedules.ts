import { AwsError, arnOf, type Cloud, type JsonObject } from "../../contract.ts";
import { Input } from "../events/input.ts";
import { scheduleOf } from "./expression.ts";
import type { NamedSchedule, Schedules, ScheduleTarget } from "./state.ts";

const MODELLED_TARGETS: ReadonlySet<string> = new Set(["sqs", "lambda", "sns", "events"]);

const targetFrom = (input: Input): ScheduleTarget => {
  const arn = input.text("Arn");
  const service = arn.split(":")[2] ?? "";
  if (!MODELLED_TARGETS.has(service)) throw input.refusal(`targets of service '${service}' are not modelled: ${arn}`);
  if (input.object("SqsParameters")?.members.MessageGroupId !== undefined)
    throw input.refusal(`FIFO queues are not modelled as targets: ${arn}`);
  const retries = input.object("RetryPolicy") ?? new Input({}, "ValidationException");
  const event = input.object("EventBridgeParameters");
  if (service === "events" && !event) throw input.refusal(`EventBridgeParameters is missing for ${arn}`);
  return {
    arn,
    roleArn: input.text("RoleArn"),
    input: input.optionalText("Input"),
    deadLetterArn: input.object("DeadLetterConfig")?.optionalText("Arn"),
    mostRetries: retries.wholeNumber("MaximumRetryAttempts", 0, 185, 185),
    mostAgeSeconds: retries.wholeNumber("MaximumEventAgeInSeconds", 60, 86_400, 86_400),
    event: event && { detailType: event.text("DetailType"), source: event.text("Source") },
  };
};

const flexibleMinutesOf = (input: Input): number => {
  const window = input.object("FlexibleTimeWindow");
  if (!window) throw input.refusal("FlexibleTimeWindow is missing");
  if (window.word("Mode", ["OFF", "FLEXIBLE"]) === "OFF") return 0;
  return window.wholeNumber("MaximumWindowInMinutes", 1, 1_440);
};

/** A schedule from the members of CreateSchedule. */
export const scheduleFrom = (input: Input, cloud: Cloud, { groups }: Schedules): NamedSchedule => {
  const name = input.text("Name");
  if (!/^[0-9a-zA-Z\-_.]{1,64}$/.test(name)) throw input.refusal(`Name '${name}' must match [0-9a-zA-Z-_.]{1,64}`);
  const groupName = input.optionalText("GroupName") ?? "default";
  if (!groups.has(groupName))
    throw new AwsError("ResourceNotFoundException", `Schedule group ${groupName} does not exist.`, { status: 404 });
  const expression = input.text("ScheduleExpression");
  const timeZone = input.optionalText("ScheduleExpressionTimezone") ?? "UTC";
  const schedule = scheduleOf(expression, timeZone);
  if (!schedule) throw input.refusal(`Invalid Schedule Expression ${expression} in ${timeZone}.`);
  const target = input.object("Target");
  if (!target) throw input.refusal("Target is missing");
  const state = input.optionalText("State") ?? "ENABLED";
  if (state !== "ENABLED" && state !== "DISABLED")
    throw input.refusal(`State must be ENABLED or DISABLED, is ${state}`);
  return {
    name,
    groupName,
    arn: arnOf(cloud, "scheduler", `schedule/${groupName}/${name}`),
    expression,
    timeZone,
    schedule,
    state,
    flexibleMinutes: flexibleMinutesOf(input),
    fromMs: input.instantMs("StartDate"),
    untilMs: input.instantMs("EndDate"),
    createdAtMs: cloud.clock.now(),
    target: targetFrom(target),
    timer: undefined,
  };
};

/** A schedule as GetSchedule tells it. */
export const scheduleView = (schedule: NamedSchedule): JsonObject => {
  const { target } = schedule;
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: schedule.groupName,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    State: schedule.state,
    CreationDate: schedule.createdAtMs / 1000,
    FlexibleTimeWindow:
      schedule.flexibleMinutes === 0
        ? { Mode: "OFF" }
        : { Mode: "FLEXIBLE", MaximumWindowInMinutes: schedule.flexibleMinutes },
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      Input: target.input,
      RetryPolicy: { MaximumEventAgeInSeconds: target.mostAgeSeconds, MaximumRetryAttempts: target.mostRetries },
      ...(target.deadLetterArn !== undefined && { DeadLetterConfig: { Arn: target.deadLetterArn } }),
    },
  };
};
