/**
 * What ECS does at a load balancer under the role that a service gives it. Source: ECS developer guide, "Troubleshooting Amazon
 * ECS blue/green deployments", permission issues. Without such a role it is ECS's own service-linked one, which may all of this.
 */
import type { JsonObject } from "../../contract.ts";
import type { CallsDoor, IamDoor } from "../../neighbours.ts";
import { identityOf } from "../../refusals.ts";
import { structure, text } from "./input.ts";
import type { Ecs, RevisionSettings } from "./state.ts";

/** Sessions under which CloudTrail shows it. */
const SCHEDULER = "ecs-service-scheduler";
const NETWORKING = "ECSNetworkingWithELB";

interface Balancer {
  readonly roleArn: string;
  /** The two that take turns. */
  readonly targetGroups: readonly string[];
  readonly advanced: JsonObject;
}

const managedBalancers = ({ loadBalancers }: RevisionSettings): readonly Balancer[] =>
  loadBalancers.flatMap((balancer) => {
    const advanced = structure(balancer, "advancedConfiguration") ?? {};
    const roleArn = text(advanced, "roleArn");
    const targetGroups = [text(balancer, "targetGroupArn"), text(advanced, "alternateTargetGroupArn")];
    return roleArn === undefined ? [] : [{ roleArn, targetGroups: targetGroups.flatMap((arn) => arn ?? []), advanced }];
  });

/** Why the role may not, in IAM's words; undefined when it may. */
function refusal(
  ecs: Ecs,
  { roleArn }: Balancer,
  sessionName: string,
  operation: string,
  resource: string,
): string | undefined {
  const principal = { kind: "role", roleArn, sessionName } as const;
  const action = `elasticloadbalancing:${operation}`;
  const calls = ecs.cloud.neighbour<CallsDoor>("calls");
  if (calls.check(principal, "elasticloadbalancing", operation, [{ action, resource }])) return undefined;
  const on = resource === "*" ? "" : ` on resource: ${resource}`;
  return `User: ${identityOf(principal, ecs.cloud.account, ecs.cloud.partition)} is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`;
}

const READS = ["DescribeListeners", "DescribeRules", "DescribeTargetGroups"];

/** Why a deployment cannot begin; undefined when its balancers can be read. */
export function deniedNetworking(ecs: Ecs, settings: RevisionSettings): string | undefined {
  const iam = ecs.cloud.neighbour<IamDoor>("iam");
  const refused = managedBalancers(settings).find(
    (balancer) =>
      !iam.trusts(balancer.roleArn, "ecs.amazonaws.com") ||
      READS.some((operation) => refusal(ecs, balancer, NETWORKING, operation, "*") !== undefined),
  );
  return refused === undefined
    ? undefined
    : `Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${refused.roleArn}'.`;
}

const RULE_OF_STAGE: Readonly<Record<string, string>> = {
  TEST_TRAFFIC_SHIFT: "testListenerRule",
  PRODUCTION_TRAFFIC_SHIFT: "productionListenerRule",
};

/** Why the stage cannot move traffic; undefined when it can, or moves none. */
export function deniedShift(ecs: Ecs, settings: RevisionSettings, stage: string): string | undefined {
  for (const balancer of managedBalancers(settings)) {
    const rule = text(balancer.advanced, RULE_OF_STAGE[stage] ?? "");
    if (rule === undefined) continue;
    // A network load balancer has listeners only.
    const operation = rule.includes(":listener/") ? "ModifyListener" : "ModifyRule";
    const because = refusal(ecs, balancer, NETWORKING, operation, rule);
    if (because !== undefined)
      return `Service deployment rolled back because ${stage} lifecycle hook(s) failed. ${because}`;
  }
  return undefined;
}

const WORDS = {
  RegisterTargets: "register targets in",
  DeregisterTargets: "deregister targets from",
  DescribeTargetHealth: "describe target health on",
} as const;

/** Why the scheduler cannot do this at the service's target groups, as its event stream says it; undefined when it can. */
export function deniedAtTargets(
  ecs: Ecs,
  settings: RevisionSettings,
  operation: keyof typeof WORDS,
): string | undefined {
  for (const balancer of managedBalancers(settings))
    for (const targetGroup of balancer.targetGroups) {
      const resource = operation === "DescribeTargetHealth" ? "*" : targetGroup;
      const because = refusal(ecs, balancer, SCHEDULER, operation, resource);
      if (because !== undefined)
        return `failed to ${WORDS[operation]} target-group ${targetGroup.split("/")[1]} with (error ${because})`;
    }
  return undefined;
}
