import { AwsError, type BusEvent, type Cloud, type JsonObject } from "../../contract.ts";
import { nextDueMs, scheduleOf } from "../scheduler/expression.ts";
import type { Delivery } from "./delivery.ts";
import { Input } from "./input.ts";
import { compilePattern, isRefused, type Pattern } from "./pattern/compile.ts";
import { isPath } from "./shape.ts";
import type { Bus, Rule, Target, TargetShape } from "./state.ts";

/** Source: EventBridge quotas, "Event pattern size" and "Targets". */
const LONGEST_PATTERN = 2_048;
const MOST_TARGETS = 5;
const MODELLED_TARGETS: ReadonlySet<string> = new Set(["sqs", "lambda", "sns", "events"]);

const invalidPattern = (reason: string): AwsError =>
  new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);

/** Compiles the text of a rule's pattern, or refuses it in EventBridge's words. */
export const patternOf = (text: string): Pattern => {
  if (text.length > LONGEST_PATTERN)
    throw invalidPattern(`the pattern has ${text.length} characters, at most ${LONGEST_PATTERN} may be`);
  const compiled = compilePattern(text);
  if (isRefused(compiled)) throw invalidPattern(`${compiled.message} (${compiled.refused})`);
  return compiled;
};

/** A rule from the members of PutRule; its targets stay those of the rule it replaces. */
export const ruleFrom = (input: Input, bus: Bus, arn: string): Rule => {
  const name = input.text("Name");
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw input.refusal(`Name '${name}' must match [.\\-_A-Za-z0-9]{1,64}`);
  const patternText = input.optionalText("EventPattern");
  const scheduleText = input.optionalText("ScheduleExpression");
  if (patternText === undefined && scheduleText === undefined)
    throw input.refusal("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  const schedule = scheduleText === undefined ? undefined : scheduleOf(scheduleText);
  if (scheduleText !== undefined && (!schedule || schedule.kind === "at"))
    throw input.refusal("Parameter ScheduleExpression is not valid.");
  if (schedule && bus.name !== "default")
    throw input.refusal("ScheduleExpression is supported only on the default event bus.");
  const state = input.optionalText("State") ?? "ENABLED";
  if (state !== "ENABLED" && state !== "DISABLED") throw input.refusal(`State '${state}' is not modelled`);
  const replaced = bus.rules.get(name);
  replaced?.timer?.cancel();
  return {
    name,
    arn,
    busName: bus.name,
    description: input.optionalText("Description"),
    patternText,
    pattern: patternText === undefined ? undefined : patternOf(patternText),
    scheduleText,
    schedule,
    state,
    targets: replaced?.targets ?? new Map(),
    timer: undefined,
  };
};

const isJson = (text: string): boolean => {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
};

const shapeFrom = (input: Input): TargetShape => {
  const text = input.optionalText("Input");
  const path = input.optionalText("InputPath");
  const transformer = input.object("InputTransformer");
  if ([text, path, transformer].filter((each) => each !== undefined).length > 1)
    throw input.refusal("Only one of Input, InputPath, or InputTransformer must be provided");
  if (text !== undefined) {
    if (!isJson(text)) throw input.refusal(`JSON syntax error in input for target ${input.text("Id")}`);
    return { kind: "fixed", text };
  }
  if (path !== undefined) {
    if (!isPath(path)) throw input.refusal(`InputPath '${path}' is not a path such as $.detail`);
    return { kind: "path", path };
  }
  if (!transformer) return { kind: "event" };
  const paths = transformer.object("InputPathsMap") ?? new Input({}, "ValidationException");
  const names = Object.keys(paths.members);
  const wrong = names.find((name) => !isPath(paths.text(name)));
  if (wrong !== undefined) throw input.refusal(`Invalid InputTransformer: path of ${wrong} is not a path`);
  return {
    kind: "template",
    paths: Object.fromEntries(names.map((name) => [name, paths.text(name)])),
    template: transformer.text("InputTemplate"),
  };
};

/** A target from the members of PutTargets; services that this cloud cannot reach are refused by name. */
export const targetFrom = (input: Input): Target => {
  const arn = input.text("Arn");
  const service = arn.split(":")[2] ?? "";
  if (!MODELLED_TARGETS.has(service)) throw input.refusal(`targets of service '${service}' are not modelled: ${arn}`);
  if (input.object("SqsParameters")) throw input.refusal(`FIFO queues are not modelled as targets: ${arn}`);
  const retries = input.object("RetryPolicy") ?? new Input({}, "ValidationException");
  return {
    id: input.text("Id"),
    arn,
    roleArn: input.optionalText("RoleArn"),
    shape: shapeFrom(input),
    deadLetterArn: input.object("DeadLetterConfig")?.optionalText("Arn"),
    mostRetries: retries.wholeNumber("MaximumRetryAttempts", 0, 185, 185),
    mostAgeSeconds: retries.wholeNumber("MaximumEventAgeInSeconds", 60, 86_400, 86_400),
    given: input.members,
  };
};

/** Adds or replaces targets of a rule. */
export const putTargets = (rule: Rule, targets: readonly Target[]): void => {
  const ids = new Set([...rule.targets.keys(), ...targets.map(({ id }) => id)]);
  if (ids.size > MOST_TARGETS)
    throw new AwsError(
      "LimitExceededException",
      `The requested resource exceeds the maximum number allowed: ${ids.size} targets`,
    );
  for (const target of targets) rule.targets.set(target.id, target);
};

/** Starts or goes on with a scheduled rule: each due instant sends a `Scheduled Event` to its own targets. */
export const followSchedule = (cloud: Cloud, rule: Rule, delivery: Delivery): void => {
  const { schedule } = rule;
  if (!schedule) return;
  const sinceMs = cloud.clock.now();
  const wait = (): void => {
    const dueMs = nextDueMs(schedule, sinceMs, cloud.clock.now());
    if (dueMs === undefined) return;
    rule.timer = cloud.clock.at(dueMs, `schedule of rule ${rule.name}`, () => {
      if (rule.state === "ENABLED") delivery.toTargets(rule, scheduledEvent(cloud, rule));
      wait();
    });
  };
  rule.timer?.cancel();
  wait();
};

const scheduledEvent = ({ account, region, clock, random }: Cloud, rule: Rule): BusEvent => ({
  version: "0",
  id: random.uuid(),
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account,
  time: wireTime(clock.now()),
  region,
  resources: [rule.arn],
  detail: {},
});

/** A time as event envelopes carry it: ISO 8601 with whole seconds. */
export const wireTime = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** A rule as DescribeRule and ListRules tell it. */
export const ruleView = (rule: Rule): JsonObject => ({
  Name: rule.name,
  Arn: rule.arn,
  ...(rule.patternText !== undefined && { EventPattern: rule.patternText }),
  ...(rule.scheduleText !== undefined && { ScheduleExpression: rule.scheduleText }),
  State: rule.state,
  ...(rule.description !== undefined && { Description: rule.description }),
  EventBusName: rule.busName,
});
