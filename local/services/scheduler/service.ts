import {
  AwsError,
  arnOf,
  type Cloud,
  type JsonObject,
  type Need,
  type Operation,
  type Service,
} from "../../contract.ts";
import { Input } from "../events/input.ts";
import { follow } from "./invocation.ts";
import { scheduleFrom, scheduleView } from "./schedules.ts";
import type { NamedSchedule, Schedules } from "./state.ts";

const read = (input: JsonObject): Input => new Input(input, "ValidationException");
const keyOf = (request: Input): string => `${request.optionalText("GroupName") ?? "default"}/${request.text("Name")}`;

/** Amazon EventBridge Scheduler: rate, cron and one-time schedules that act as a role of their own. */
export const createSchedulerService = (cloud: Cloud): Service => {
  const schedules: Schedules = { all: new Map(), groups: new Set(["default"]) };

  const found = (request: Input): NamedSchedule => {
    const schedule = schedules.all.get(keyOf(request));
    if (schedule) return schedule;
    throw new AwsError("ResourceNotFoundException", `Schedule ${keyOf(request)} does not exist.`, { status: 404 });
  };
  const keep = (schedule: NamedSchedule): JsonObject => {
    const key = `${schedule.groupName}/${schedule.name}`;
    schedules.all.get(key)?.timer?.cancel();
    schedules.all.set(key, schedule);
    return { ScheduleArn: schedule.arn };
  };
  const need = (action: string, request: Input): Need => ({
    action: `scheduler:${action}`,
    resource: arnOf(cloud, "scheduler", `schedule/${keyOf(request)}`),
  });
  const passRole = (request: Input): Need => ({
    action: "iam:PassRole",
    resource: request.object("Target")?.text("RoleArn") ?? "*",
    context: { "iam:PassedToService": "scheduler.amazonaws.com" },
  });
  const write = (action: string, isNew: boolean): Operation => ({
    needs: (input) => [need(action, read(input)), passRole(read(input))],
    run: (input) => {
      const request = read(input);
      if (isNew && schedules.all.has(keyOf(request)))
        throw new AwsError("ConflictException", `Schedule ${keyOf(request)} already exists.`, { status: 409 });
      if (!isNew) found(request);
      const schedule = scheduleFrom(request, cloud, schedules);
      const answer = keep(schedule);
      follow(cloud, schedule);
      return answer;
    },
  });

  return {
    name: "scheduler",
    operations: {
      CreateSchedule: write("CreateSchedule", true),
      UpdateSchedule: write("UpdateSchedule", false),
      GetSchedule: {
        needs: (input) => [need("GetSchedule", read(input))],
        run: (input) => scheduleView(found(read(input))),
      },
      DeleteSchedule: {
        needs: (input) => [need("DeleteSchedule", read(input))],
        run: (input) => {
          found(read(input)).timer?.cancel();
          schedules.all.delete(keyOf(read(input)));
          return {};
        },
      },
      ListSchedules: {
        needs: () => [{ action: "scheduler:ListSchedules", resource: "*" }],
        run: () => ({ Schedules: [...schedules.all.values()].map(scheduleView) }),
      },
    },
    restRoutes: [
      { method: "POST", path: "/schedules/{Name}", operation: "CreateSchedule" },
      { method: "PUT", path: "/schedules/{Name}", operation: "UpdateSchedule" },
      { method: "GET", path: "/schedules/{Name}", operation: "GetSchedule", query: { groupName: "GroupName" } },
      { method: "DELETE", path: "/schedules/{Name}", operation: "DeleteSchedule", query: { groupName: "GroupName" } },
      { method: "GET", path: "/schedules", operation: "ListSchedules" },
    ],
    resources: {
      "AWS::Scheduler::ScheduleGroup": ({ properties, generatedName }) => {
        const name = read(properties).optionalText("Name") ?? generatedName.slice(0, 64);
        schedules.groups.add(name);
        return { ref: name, attributes: { Arn: arnOf(cloud, "scheduler", `schedule-group/${name}`), State: "ACTIVE" } };
      },
      "AWS::Scheduler::Schedule": ({ properties, generatedName, stackName, logicalId }) => {
        const members = { ...properties, Name: properties.Name ?? generatedName.slice(0, 64) };
        const input = new Input(members, `ValidationException of ${stackName}/${logicalId}`);
        const schedule = scheduleFrom(input, cloud, schedules);
        keep(schedule);
        return { ref: schedule.name, attributes: { Arn: schedule.arn } };
      },
    },
    start: () => {
      for (const schedule of schedules.all.values()) follow(cloud, schedule);
    },
  };
};
