/** Families and revisions: registering, finding, describing. */
import { arnOf, type JsonObject } from "../../contract.ts";
import { containerSpec, describedContainer } from "./container-definitions.ts";
import { clientError } from "./errors.ts";
import { compact, structures, text } from "./input.ts";
import type { Ecs, Family, Tags, TaskDefinition } from "./state.ts";
import { checkTaskDefinition } from "./task-definition-rules.ts";
import { asSeconds, asSecondsIf } from "./time.ts";

const KEPT = [
  "taskRoleArn",
  "executionRoleArn",
  "networkMode",
  "requiresCompatibilities",
  "pidMode",
  "ipcMode",
  "proxyConfiguration",
  "inferenceAccelerators",
  "ephemeralStorage",
  "runtimePlatform",
  "enableFaultInjection",
] as const;

/** Makes the next revision of a family; the same input makes one more, as on AWS. */
export function registerTaskDefinition(ecs: Ecs, input: JsonObject, tags: Tags, registeredBy: string): TaskDefinition {
  const { family: name, cpuUnits, memoryMiB, fargate } = checkTaskDefinition(input);
  const family: Family = ecs.families.get(name) ?? { name, revisions: [] };
  ecs.families.set(name, family);
  const revision = family.revisions.length + 1;
  const containers = structures(input, "containerDefinitions") ?? [];
  const definition: TaskDefinition = {
    arn: arnOf(ecs.cloud, "ecs", `task-definition/${name}:${revision}`),
    family: name,
    revision,
    status: "ACTIVE",
    body: compact({
      containerDefinitions: containers.map((container) => describedContainer(container, text(input, "networkMode"))),
      ...Object.fromEntries(KEPT.map((field) => [field, input[field] ?? undefined])),
      volumes: structures(input, "volumes") ?? [],
      placementConstraints: structures(input, "placementConstraints") ?? [],
      compatibilities: fargate || text(input, "networkMode") === "awsvpc" ? ["EC2", "FARGATE"] : ["EXTERNAL", "EC2"],
      requiresAttributes: [
        { name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" },
        ...(text(input, "taskRoleArn") === undefined ? [] : [{ name: "com.amazonaws.ecs.capability.task-iam-role" }]),
        ...(text(input, "networkMode") === "awsvpc" ? [{ name: "ecs.capability.task-eni" }] : []),
      ],
      cpu: cpuUnits === undefined ? undefined : String(cpuUnits),
      memory: memoryMiB === undefined ? undefined : String(memoryMiB),
    }),
    tags,
    cpuUnits,
    memoryMiB,
    taskRoleArn: text(input, "taskRoleArn"),
    executionRoleArn: text(input, "executionRoleArn"),
    containers: containers.map(containerSpec),
    registeredAtMs: ecs.cloud.clock.now(),
    registeredBy,
    deregisteredAtMs: undefined,
  };
  family.revisions.push(definition);
  return definition;
}

/** The revision that `family`, `family:revision` or an ARN names; a bare family names its latest ACTIVE one. */
export function findTaskDefinition(ecs: Ecs, reference: string): TaskDefinition | undefined {
  const path = reference.startsWith("arn:") ? reference.slice(reference.indexOf("/") + 1) : reference;
  const [name = "", revision] = path.split(":");
  const revisions = ecs.families.get(name)?.revisions ?? [];
  if (revision === undefined) return revisions.findLast(({ status }) => status === "ACTIVE");
  return revisions[Number(revision) - 1];
}

/** The revision that a new task or deployment may use; INACTIVE ones may not. */
export function usableTaskDefinition(ecs: Ecs, reference: string): TaskDefinition {
  const definition = findTaskDefinition(ecs, reference);
  if (definition === undefined) throw clientError("TaskDefinition not found.");
  if (definition.status === "INACTIVE") throw clientError("TaskDefinition is inactive");
  return definition;
}

/** A revision as `DescribeTaskDefinition` answers it, tags left out: those stand beside it. */
export const describedTaskDefinition = (definition: TaskDefinition): JsonObject =>
  compact({
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: definition.status,
    ...definition.body,
    registeredAt: asSeconds(definition.registeredAtMs),
    deregisteredAt: asSecondsIf(definition.deregisteredAtMs),
    registeredBy: definition.registeredBy,
  });
