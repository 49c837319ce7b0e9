import type { Cloud, JsonObject, Operation } from "../../contract.ts";
import { Input } from "../events/input.ts";
import { alarmView, compositeAlarmFrom, metricAlarmFrom } from "./alarms/alarm.ts";
import type { Alarms } from "./alarms/alarms.ts";
import { parseRule } from "./alarms/composite.ts";

const read = (input: JsonObject): Input => new Input(input, "ValidationError");
const STATES = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;

/** Operations on alarms. */
export const alarmOperations = (cloud: Cloud, alarms: Alarms): Readonly<Record<string, Operation>> => {
  const arnNamed = (name: string): string =>
    `arn:${cloud.partition}:cloudwatch:${cloud.region}:${cloud.account}:alarm:${name}`;

  const on = (
    action: string,
    names: (request: Input) => readonly string[],
    run: (request: Input) => JsonObject,
  ): Operation => ({
    needs: (input) => names(read(input)).map((name) => ({ action: `cloudwatch:${action}`, resource: arnNamed(name) })),
    run: (input) => run(read(input)),
  });
  const one = (request: Input): readonly string[] => [request.text("AlarmName")];
  const many = (request: Input): readonly string[] => request.texts("AlarmNames");

  const switched = (action: string, actionsEnabled: boolean): Operation =>
    on(action, many, (request) => {
      for (const name of many(request)) alarms.named(name).actionsEnabled = actionsEnabled;
      return {};
    });

  return {
    PutMetricAlarm: on("PutMetricAlarm", one, (request) => {
      alarms.put(metricAlarmFrom(request, cloud, alarms.all.get(request.text("AlarmName"))));
      return {};
    }),
    PutCompositeAlarm: on("PutCompositeAlarm", one, (request) => {
      alarms.put(compositeAlarmFrom(request, cloud, parseRule, alarms.all.get(request.text("AlarmName"))));
      return {};
    }),
    DeleteAlarms: on("DeleteAlarms", many, (request) => {
      for (const name of many(request)) alarms.named(name);
      for (const name of many(request)) alarms.all.delete(name);
      return {};
    }),
    EnableAlarmActions: switched("EnableAlarmActions", true),
    DisableAlarmActions: switched("DisableAlarmActions", false),
    SetAlarmState: on("SetAlarmState", one, (request) => {
      alarms.move(alarms.named(request.text("AlarmName")), {
        value: request.word("StateValue", STATES),
        reason: request.text("StateReason"),
        reasonData: request.optionalText("StateReasonData"),
        atMs: cloud.clock.now(),
      });
      return {};
    }),
    DescribeAlarms: {
      needs: (input) => {
        const names = many(read(input));
        const resources = names.length > 0 ? names.map(arnNamed) : [arnNamed("*")];
        return resources.map((resource) => ({ action: "cloudwatch:DescribeAlarms", resource }));
      },
      run: (input) => describe(read(input), alarms),
    },
  };
};

const describe = (request: Input, alarms: Alarms): JsonObject => {
  const names = request.texts("AlarmNames");
  const prefix = request.optionalText("AlarmNamePrefix") ?? "";
  const state = request.optionalText("StateValue");
  // Without AlarmTypes only metric alarms are told, as on AWS.
  const types = request.texts("AlarmTypes");
  const isAsked = (kind: string): boolean => types.includes(kind) || (types.length === 0 && kind === "MetricAlarm");
  const most = request.wholeNumber("MaxRecords", 1, 100, 50);
  const from = Number(request.optionalText("NextToken") ?? 0);
  const found = [...alarms.all.values()]
    .filter(({ name }) => (names.length === 0 ? name.startsWith(prefix) : names.includes(name)))
    .filter((alarm) => state === undefined || alarm.state.value === state)
    .filter(({ kind }) => isAsked(kind === "metric" ? "MetricAlarm" : "CompositeAlarm"))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const page = found.slice(from, from + most);
  return {
    MetricAlarms: page.filter(({ kind }) => kind === "metric").map(alarmView),
    CompositeAlarms: page.filter(({ kind }) => kind === "composite").map(alarmView),
    ...(from + most < found.length && { NextToken: String(from + most) }),
  };
};
