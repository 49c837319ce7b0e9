/** ListTasks, DescribeTasks, RunTask, StopTask. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { AwsError } from "../../../contract.ts";
import { clientError, invalidParameter } from "../errors.ts";
import { cpuUnitsOf, memoryMiBOf } from "../fargate.ts";
import { compact, flag, oneOf, page, required, structure, structures, text, texts, whole } from "../input.ts";
import { mayLaunch, subnetsOf, zoneOf } from "../scheduler/placement.ts";
import { findCluster, nameIn } from "../services.ts";
import type { Cluster, Ecs } from "../state.ts";
import { requestTagContext, tagsOf } from "../tags.ts";
import { usableTaskDefinition } from "../task-definitions.ts";
import { launchTask } from "../tasks/launch.ts";
import { roleRefusal } from "../tasks/roles.ts";
import { stopTask } from "../tasks/stop.ts";
import type { Task } from "../tasks/task.ts";
import { describedTask } from "../tasks/view.ts";
import { definitionContext, inCluster, passRole, taskArn, taskNeed } from "./needs.ts";

const MOST_DESCRIBED = 100;
const MOST_RUN = 10;

const taskIn = (ecs: Ecs, cluster: Cluster, input: JsonObject, reference: string): Task | undefined => {
  const task = ecs.tasks.get(taskArn(ecs, input, reference));
  return task?.cluster === cluster ? task : undefined;
};

/** The operations on tasks. */
export const taskOperations = (ecs: Ecs): Record<string, Operation> => ({
  ListTasks: {
    needs: (input) => [{ action: "ecs:ListTasks", resource: "*", context: inCluster(ecs, input) }],
    run: (input) => {
      const cluster = findCluster(ecs, input);
      const name = text(input, "serviceName");
      const family = text(input, "family");
      const startedBy = text(input, "startedBy");
      if (name !== undefined && !cluster.services.has(nameIn(name)))
        throw new AwsError("ServiceNotFoundException", "Service not found.");
      const wanted = oneOf(input, "desiredStatus", ["RUNNING", "PENDING", "STOPPED"]) ?? "RUNNING";
      const tasks = [...cluster.tasks].filter(
        (task) =>
          (wanted === "STOPPED") === (task.desiredStatus === "STOPPED") &&
          wanted !== "PENDING" &&
          (name === undefined || task.service?.name === nameIn(name)) &&
          (family === undefined || task.definition.family === family) &&
          (startedBy === undefined || task.startedBy === startedBy),
      );
      const { items, nextToken } = page(tasks, input, 100);
      return compact({ taskArns: items.map(({ arn }) => arn), nextToken });
    },
  },
  DescribeTasks: {
    needs: (input) =>
      (texts(input, "tasks") ?? []).map((reference) => taskNeed(ecs, "ecs:DescribeTasks", input, reference)),
    run: (input) => {
      const references = texts(input, "tasks") ?? [];
      if (references.length === 0) throw invalidParameter("Tasks cannot be empty.");
      if (references.length > MOST_DESCRIBED)
        throw invalidParameter(`Tasks: at most ${MOST_DESCRIBED} can be described at once, not ${references.length}.`);
      const cluster = findCluster(ecs, input);
      const withTags = texts(input, "include")?.includes("TAGS") ?? false;
      const asked = references.map((reference) => ({ reference, task: taskIn(ecs, cluster, input, reference) }));
      return {
        tasks: asked.flatMap(({ task }) => (task ? [describedTask(task, withTags)] : [])),
        failures: asked.flatMap(({ reference, task }) =>
          task ? [] : [{ arn: taskArn(ecs, input, reference), reason: "MISSING" }],
        ),
      };
    },
  },
  RunTask: {
    needs: (input) => {
      const definition = usableTaskDefinition(ecs, required(input, "taskDefinition"));
      const overrides = structure(input, "overrides") ?? {};
      const roles = [
        text(overrides, "executionRoleArn") ?? definition.executionRoleArn,
        text(overrides, "taskRoleArn") ?? definition.taskRoleArn,
      ];
      const context = { ...inCluster(ecs, input), ...requestTagContext(input), ...definitionContext(definition) };
      return [
        { action: "ecs:RunTask", resource: definition.arn, context },
        ...[...new Set(roles)].flatMap((role) => (role ? [passRole(ecs, role, "ecs-tasks.amazonaws.com")] : [])),
      ];
    },
    run: (input) => runTask(ecs, input),
  },
  StopTask: {
    needs: (input) => [taskNeed(ecs, "ecs:StopTask", input, required(input, "task"))],
    run: (input) => {
      const task = taskIn(ecs, findCluster(ecs, input), input, required(input, "task"));
      if (task === undefined) throw invalidParameter("The referenced task was not found.");
      stopTask(ecs, task, "UserInitiated", text(input, "reason") ?? "Task stopped by user");
      return { task: describedTask(task, true) };
    },
  },
});

function runTask(ecs: Ecs, input: JsonObject): JsonObject {
  const cluster = findCluster(ecs, input);
  const definition = usableTaskDefinition(ecs, required(input, "taskDefinition"));
  const refusal = roleRefusal(ecs, definition);
  if (refusal !== undefined) throw clientError(refusal);
  const count = whole(input, "count") ?? 1;
  if (count < 1 || count > MOST_RUN) throw invalidParameter(`count must be between 1 and ${MOST_RUN}, not ${count}.`);
  const subnets = subnetsOf(structure(input, "networkConfiguration") ?? {});
  if (subnets.length === 0)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const overrides = structure(input, "overrides") ?? {};
  const containerOverrides = structures(overrides, "containerOverrides") ?? [];
  const unknown = containerOverrides.find((each) => !definition.containers.some(({ name }) => name === each.name));
  if (unknown)
    throw invalidParameter(
      `Override for container named ${String(unknown.name)} is not a container in the TaskDefinition.`,
    );
  const [strategy] = structures(input, "capacityProviderStrategy") ?? cluster.defaultStrategy;
  const provider = text(input, "launchType") === undefined ? text(strategy ?? {}, "capacityProvider") : undefined;
  const tasks: Task[] = [];
  for (let index = 0; index < count && mayLaunch(ecs); index += 1)
    tasks.push(
      launchTask(ecs, {
        cluster,
        definition,
        group: text(input, "group") ?? `family:${definition.family}`,
        startedBy: text(input, "startedBy"),
        capacityProviderName: provider,
        enableExecuteCommand: flag(input, "enableExecuteCommand") ?? false,
        containerOverrides,
        cpuUnits: cpuUnitsOf(text(overrides, "cpu") ?? "") ?? definition.cpuUnits ?? 0,
        memoryMiB: memoryMiBOf(text(overrides, "memory") ?? "") ?? definition.memoryMiB ?? 0,
        subnetId: subnets[index % subnets.length] ?? "",
        zone: zoneOf(ecs, index % subnets.length),
        tags: tagsOf(input),
      }),
    );
  return {
    tasks: tasks.map((task) => describedTask(task, true)),
    failures:
      tasks.length < count
        ? [
            {
              reason:
                "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            },
          ]
        : [],
  };
}
