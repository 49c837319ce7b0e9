/** What the operations ask of IAM. Source: service authorization reference of ECS, September 2026. */
import { arnOf, type JsonObject, type Need, type Principal } from "../../../contract.ts";
import { structure, structures, text } from "../input.ts";
import { nameIn } from "../services.ts";
import type { Ecs, TaskDefinition } from "../state.ts";
import { requestTagContext, resourceTagContext } from "../tags.ts";

type Context = NonNullable<Need["context"]>;

/** The ARN that a name or ARN of a cluster means. */
export const clusterArn = (ecs: Ecs, reference: string | undefined): string =>
  reference?.startsWith("arn:") ? reference : arnOf(ecs.cloud, "ecs", `cluster/${reference ?? "default"}`);

/** The ARN that `service` and `cluster` of a request name, whether or not there is such a service. */
export const serviceArn = (ecs: Ecs, input: JsonObject, reference: string): string =>
  reference.startsWith("arn:")
    ? reference
    : arnOf(ecs.cloud, "ecs", `service/${nameIn(text(input, "cluster") ?? "default")}/${reference}`);

/** The ARN that `task` and `cluster` of a request name. */
export const taskArn = (ecs: Ecs, input: JsonObject, reference: string): string =>
  reference.startsWith("arn:")
    ? reference
    : arnOf(ecs.cloud, "ecs", `task/${nameIn(text(input, "cluster") ?? "default")}/${reference}`);

/** `ecs:cluster` of a request. */
export const inCluster = (ecs: Ecs, input: JsonObject): Context => ({
  "ecs:cluster": clusterArn(ecs, text(input, "cluster")),
});

/** A need on one service with its tags. */
export function serviceNeed(ecs: Ecs, action: string, arn: string, context: Context = {}): Need {
  const [, cluster = "", name = ""] = arn.split("/");
  const tags = ecs.clusters.get(cluster)?.services.get(name)?.tags;
  return {
    action,
    resource: arn,
    context: { "ecs:cluster": arnOf(ecs.cloud, "ecs", `cluster/${cluster}`), ...resourceTagContext(tags), ...context },
  };
}

/** A need on one task with its tags. */
export const taskNeed = (ecs: Ecs, action: string, input: JsonObject, reference: string): Need => {
  const arn = taskArn(ecs, input, reference);
  return {
    action,
    resource: arn,
    context: { ...inCluster(ecs, input), ...resourceTagContext(ecs.tasks.get(arn)?.tags) },
  };
};

/**
 * Needs on something below a service, `service-deployment/C/S/ID` or `service-revision/C/S/ID`: AWS lists both the
 * thing and its service as resources of these actions.
 */
export function belowServiceNeeds(ecs: Ecs, action: string, arn: string): readonly Need[] {
  const [head = "", cluster = "", name = ""] = arn.split("/");
  const service = `${head.replace(/:service-(deployment|revision)$/, ":service")}/${cluster}/${name}`;
  const need = serviceNeed(ecs, action, service, { "ecs:service": service });
  return [need, { ...need, resource: arn }];
}

/** Keys of the revision that a request names. */
export const definitionContext = (definition: TaskDefinition | undefined): Context =>
  definition === undefined
    ? {}
    : {
        "ecs:task-definition": definition.arn,
        "ecs:task-cpu": definition.cpuUnits,
        "ecs:task-memory": definition.memoryMiB,
      };

/** The right to hand a role to a service. */
export const passRole = (ecs: Ecs, role: string, service: string): Need => ({
  action: "iam:PassRole",
  resource: role.startsWith("arn:") ? role : `arn:${ecs.cloud.partition}:iam::${ecs.cloud.account}:role/${role}`,
  context: { "iam:PassedToService": service },
});

/** Roles that a service hands to ECS: those of its hooks, and those that shift its traffic. */
export const deploymentRoles = (ecs: Ecs, input: JsonObject): readonly Need[] => {
  const hooks = structures(structure(input, "deploymentConfiguration") ?? {}, "lifecycleHooks") ?? [];
  const shifting = (structures(input, "loadBalancers") ?? []).map(
    (each) => structure(each, "advancedConfiguration") ?? {},
  );
  const roles = [...hooks, ...shifting].flatMap((each) => text(each, "roleArn") ?? []);
  return [...new Set(roles)].map((role) => passRole(ecs, role, "ecs.amazonaws.com"));
};

/** A resource that is created with tags needs the right to tag it. */
export const tagOnCreate = (input: JsonObject, resource: string, createAction: string): readonly Need[] =>
  (structures(input, "tags") ?? []).length === 0
    ? []
    : [
        {
          action: "ecs:TagResource",
          resource,
          context: { "ecs:CreateAction": createAction, ...requestTagContext(input) },
        },
      ];

/** The ARN under which a caller appears in `createdBy` and `registeredBy`. */
export const callerArn = (ecs: Ecs, principal: Principal): string => {
  const { partition, account } = ecs.cloud;
  if (principal.kind === "owner") return `arn:${partition}:iam::${account}:root`;
  if (principal.kind === "service") return `arn:${partition}:iam::${account}:role/${principal.service}`;
  return `arn:${partition}:sts::${account}:assumed-role/${nameIn(principal.roleArn)}/${principal.sessionName}`;
};
