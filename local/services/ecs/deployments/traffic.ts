/** Moving traffic between the two revisions of a service: ECS changes the listener's rule under the role it was given. */
import type { CallsDoor } from "../../../neighbours.ts";
import { structure, text } from "../input.ts";
import type { Ecs } from "../state.ts";
import type { ServiceDeployment } from "./deployment.ts";

/** Why the traffic cannot be moved; undefined when it can. Source: ECS developer guide, AmazonECSInfrastructureRolePolicyForLoadBalancers. */
export function deniedShift(ecs: Ecs, walk: ServiceDeployment): string | undefined {
  const calls = ecs.cloud.neighbour<CallsDoor>("calls");
  for (const balancer of walk.deployment.revision.settings.loadBalancers) {
    const advanced = structure(balancer, "advancedConfiguration") ?? {};
    const [roleArn, rule] = [text(advanced, "roleArn"), text(advanced, "productionListenerRule")];
    if (roleArn === undefined || rule === undefined) continue;
    const principal = { kind: "role", roleArn, sessionName: "ECSServiceDeployment" } as const;
    const need = { action: "elasticloadbalancing:ModifyRule", resource: rule };
    if (!calls.check(principal, "elasticloadbalancing", "ModifyRule", [need]))
      return `the role ${roleArn} is not authorized to perform: ${need.action} on resource: ${rule}`;
  }
  return undefined;
}
