import { AwsError, arnOf, type Cloud, type Json, type JsonObject, type Principal } from "../../contract.ts";
import type { CallsDoor, IamDoor, LambdaDoor, SqsDoor } from "../../neighbours.ts";
import { Input } from "../events/input.ts";
import { nextDueMs } from "./expression.ts";
import type { NamedSchedule, ScheduleTarget } from "./state.ts";

type Role = Extract<Principal, { kind: "role" }>;

/** Scheduler keeps time to the minute: a schedule of 13:00 runs somewhere between 13:00:00 and 13:00:59. */
const PRECISION_MS = 60_000;

const RETRIED = /Throttl|TooManyRequests|ServiceUnavailable|InternalFailure|InternalError|ServiceException/;

const isoTime = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

const inputOf = (
  cloud: Cloud,
  schedule: NamedSchedule,
  dueMs: number,
  executionId: string,
  attempt: number,
): string => {
  const words: Readonly<Record<string, string>> = {
    "schedule-arn": schedule.arn,
    "scheduled-time": isoTime(dueMs),
    "execution-id": executionId,
    "attempt-number": String(attempt),
  };
  if (schedule.target.input !== undefined)
    return schedule.target.input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (all, word: string) => words[word] ?? all);
  return JSON.stringify({
    version: "0",
    id: executionId,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: cloud.account,
    time: isoTime(dueMs),
    region: cloud.region,
    resources: [schedule.arn],
    detail: "{}",
  });
};

/** Calls a target as the schedule's role; whatever that role may not do is refused as the target's service would. */
const callTarget = async (
  cloud: Cloud,
  { target, groupName }: NamedSchedule,
  role: Role,
  input: string,
): Promise<void> => {
  // The source that Scheduler states is the schedule's group.
  const groupArn = arnOf(cloud, "scheduler", `schedule-group/${groupName}`);
  if (!cloud.neighbour<IamDoor>("iam").trusts(role.roleArn, "scheduler.amazonaws.com", groupArn))
    throw new AwsError("AccessDeniedException", `${role.roleArn} does not trust scheduler.amazonaws.com`);
  switch (target.arn.split(":")[2]) {
    case "sqs":
      await sendMessage(cloud, role, target.arn, input, undefined);
      return;
    case "sns":
      await cloud.call(role, "sns", "Publish", { TopicArn: target.arn, Message: input });
      return;
    case "events":
      await putEvent(cloud, role, target, input);
      return;
    default: {
      const need = { action: "lambda:InvokeFunction", resource: target.arn };
      if (!cloud.neighbour<CallsDoor>("calls").check(role, "lambda", "Invoke", [need]))
        throw new AwsError("AccessDeniedException", `${role.roleArn} may not invoke ${target.arn}`);
      cloud.neighbour<LambdaDoor>("lambda").invokeAsync(target.arn, JSON.parse(input) as Json);
    }
  }
};

const putEvent = async (cloud: Cloud, role: Role, { arn, event }: ScheduleTarget, input: string): Promise<void> => {
  const entry = { EventBusName: arn, DetailType: event?.detailType, Source: event?.source, Detail: input };
  const answer = await cloud.call(role, "events", "PutEvents", { Entries: [entry] });
  const [result] = new Input(answer, "InternalFailure").objects("Entries");
  const code = result?.optionalText("ErrorCode");
  if (code !== undefined) throw new AwsError(code, result?.optionalText("ErrorMessage") ?? code);
};

const sendMessage = async (
  cloud: Cloud,
  role: Role,
  queueArn: string,
  body: string,
  attributes: Readonly<Record<string, string>> | undefined,
): Promise<void> => {
  const queue = cloud
    .neighbour<SqsDoor>("sqs")
    .queues()
    .find(({ arn }) => arn === queueArn);
  if (!queue) throw new AwsError("AWS.SimpleQueueService.NonExistentQueue", `there is no queue ${queueArn}`);
  const messageAttributes = Object.entries(attributes ?? {}).map(([name, value]): [string, JsonObject] => [
    name,
    { DataType: "String", StringValue: value },
  ]);
  await cloud.call(role, "sqs", "SendMessage", {
    QueueUrl: queue.url,
    MessageBody: body,
    ...(attributes && { MessageAttributes: Object.fromEntries(messageAttributes) }),
  });
};

/** Runs one due instant of a schedule, with retries until its target took it, or else to the dead-letter queue. */
const invoke = (cloud: Cloud, schedule: NamedSchedule, dueMs: number): Promise<void> => {
  const { clock, random } = cloud;
  const { target } = schedule;
  const executionId = random.uuid();
  const role: Role = { kind: "role", roleArn: target.roleArn, sessionName: "scheduler" };

  const giveUp = async (error: AwsError, attempt: number, exhausted: string | undefined): Promise<void> => {
    cloud.say(`scheduler: ${schedule.name} could not reach ${target.arn}: ${error.code} ${error.message}`);
    if (target.deadLetterArn === undefined) return;
    const attributes = {
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: target.arn,
      ERROR_CODE: error.code,
      ERROR_MESSAGE: error.message,
      RETRY_ATTEMPTS: String(attempt - 1),
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    };
    const body = inputOf(cloud, schedule, dueMs, executionId, attempt);
    await sendMessage(cloud, role, target.deadLetterArn, body, attributes).catch((failure: unknown) => {
      cloud.say(`scheduler: ${schedule.name} could not reach its dead-letter queue: ${String(failure)}`);
    });
  };

  const tryOnce = async (attempt: number): Promise<void> => {
    try {
      await callTarget(cloud, schedule, role, inputOf(cloud, schedule, dueMs, executionId, attempt));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const delayMs = Math.min(2 ** (attempt - 1) * 1_000, 600_000) * (0.5 + random.next() / 2);
      const tooOld = clock.now() + delayMs > dueMs + PRECISION_MS + target.mostAgeSeconds * 1_000;
      const mayRetry = error.status >= 500 || RETRIED.test(error.code);
      if (!mayRetry) await giveUp(error, attempt, undefined);
      else if (tooOld) await giveUp(error, attempt, "MaximumEventAgeInSeconds");
      else if (attempt > target.mostRetries) await giveUp(error, attempt, "MaximumRetryAttempts");
      else clock.at(clock.now() + delayMs, `schedule ${schedule.name} again`, () => tryOnce(attempt + 1));
    }
  };
  return tryOnce(1);
};

/** Starts a schedule: waits for each due instant in turn, at a second of the minute that is the schedule's own. */
export const follow = (cloud: Cloud, schedule: NamedSchedule): void => {
  const { clock, random } = cloud;
  const offsetMs = Math.floor(random.next() * PRECISION_MS);
  const sinceMs = schedule.fromMs ?? schedule.createdAtMs;
  const wait = (afterMs: number): void => {
    const dueMs = nextDueMs(schedule.schedule, sinceMs, afterMs);
    if (dueMs === undefined || (schedule.untilMs !== undefined && dueMs > schedule.untilMs)) return;
    const lateMs = offsetMs + Math.floor(random.next() * schedule.flexibleMinutes * 60_000);
    schedule.timer = clock.at(dueMs + lateMs, `schedule ${schedule.name}`, () => {
      wait(dueMs);
      return schedule.state === "ENABLED" ? invoke(cloud, schedule, dueMs) : undefined;
    });
  };
  schedule.timer?.cancel();
  wait(Math.max(clock.now(), sinceMs - 1));
};
