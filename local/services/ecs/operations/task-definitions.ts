/** RegisterTaskDefinition, DescribeTaskDefinition, ListTaskDefinitions, ListTaskDefinitionFamilies, DeregisterTaskDefinition. */
import { arnOf, type JsonObject, type Operation } from "../../../contract.ts";
import { clientError } from "../errors.ts";
import { cpuUnitsOf, memoryMiBOf } from "../fargate.ts";
import { compact, flag, oneOf, page, required, structures, text, texts } from "../input.ts";
import type { Ecs } from "../state.ts";
import { requestTagContext, tagList, tagsOf } from "../tags.ts";
import { describedTaskDefinition, findTaskDefinition, registerTaskDefinition } from "../task-definitions.ts";
import { callerArn, passRole, tagOnCreate } from "./needs.ts";

const registerNeeds = (ecs: Ecs, input: JsonObject) => {
  const resource = arnOf(ecs.cloud, "ecs", `task-definition/${text(input, "family") ?? ""}:*`);
  const roles = [...new Set([text(input, "executionRoleArn"), text(input, "taskRoleArn")])];
  return [
    {
      action: "ecs:RegisterTaskDefinition",
      resource,
      context: {
        ...requestTagContext(input),
        "ecs:compute-compatibility": texts(input, "requiresCompatibilities"),
        "ecs:privileged": (structures(input, "containerDefinitions") ?? []).some((container) =>
          flag(container, "privileged"),
        )
          ? "enabled"
          : "disabled",
        "ecs:task-cpu": cpuUnitsOf(text(input, "cpu") ?? ""),
        "ecs:task-memory": memoryMiBOf(text(input, "memory") ?? ""),
      },
    },
    ...tagOnCreate(input, resource, "RegisterTaskDefinition"),
    ...roles.flatMap((role) => (role === undefined ? [] : [passRole(ecs, role, "ecs-tasks.amazonaws.com")])),
  ];
};

/** The operations on task definitions. */
export const taskDefinitionOperations = (ecs: Ecs): Record<string, Operation> => ({
  RegisterTaskDefinition: {
    needs: (input) => registerNeeds(ecs, input),
    run: (input, { principal }) => {
      const definition = registerTaskDefinition(ecs, input, tagsOf(input), callerArn(ecs, principal));
      return { taskDefinition: describedTaskDefinition(definition), tags: tagList(definition.tags) };
    },
  },
  DescribeTaskDefinition: {
    needs: () => [{ action: "ecs:DescribeTaskDefinition", resource: "*" }],
    run: (input) => {
      const definition = findTaskDefinition(ecs, required(input, "taskDefinition"));
      if (definition === undefined) throw clientError("Unable to describe task definition.");
      const withTags = texts(input, "include")?.includes("TAGS") ?? false;
      return compact({
        taskDefinition: describedTaskDefinition(definition),
        tags: withTags ? tagList(definition.tags) : undefined,
      });
    },
  },
  ListTaskDefinitions: {
    needs: () => [{ action: "ecs:ListTaskDefinitions", resource: "*" }],
    run: (input) => {
      const prefix = text(input, "familyPrefix");
      const status = oneOf(input, "status", ["ACTIVE", "INACTIVE"]) ?? "ACTIVE";
      const families = [...ecs.families.keys()]
        .toSorted()
        .filter((family) => prefix === undefined || family === prefix);
      const arns = families
        .flatMap((family) => ecs.families.get(family)?.revisions ?? [])
        .filter((definition) => definition.status === status)
        .map(({ arn }) => arn);
      if (oneOf(input, "sort", ["ASC", "DESC"]) === "DESC") arns.reverse();
      const { items, nextToken } = page(arns, input, 100);
      return compact({ taskDefinitionArns: items, nextToken });
    },
  },
  ListTaskDefinitionFamilies: {
    needs: () => [{ action: "ecs:ListTaskDefinitionFamilies", resource: "*" }],
    run: (input) => {
      const prefix = text(input, "familyPrefix") ?? "";
      const status = oneOf(input, "status", ["ACTIVE", "INACTIVE", "ALL"]) ?? "ALL";
      const isActive = (family: string): boolean =>
        ecs.families.get(family)?.revisions.some((definition) => definition.status === "ACTIVE") ?? false;
      const families = [...ecs.families.keys()]
        .toSorted()
        .filter(
          (family) => family.startsWith(prefix) && (status === "ALL" || isActive(family) === (status === "ACTIVE")),
        );
      const { items, nextToken } = page(families, input, 100);
      return compact({ families: items, nextToken });
    },
  },
  DeregisterTaskDefinition: {
    needs: () => [{ action: "ecs:DeregisterTaskDefinition", resource: "*" }],
    run: (input) => {
      const reference = required(input, "taskDefinition");
      const definition = reference.split("/").at(-1)?.includes(":") ? findTaskDefinition(ecs, reference) : undefined;
      if (definition === undefined)
        throw clientError("The specified task definition does not exist. Give family:revision.");
      if (definition.status === "ACTIVE") {
        definition.status = "INACTIVE";
        definition.deregisteredAtMs = ecs.cloud.clock.now();
      }
      return { taskDefinition: describedTaskDefinition(definition) };
    },
  },
});
