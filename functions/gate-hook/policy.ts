/** What ECS is answered, given the verdict of what it is about to start. */
import type { Mode } from "#shared/domain/plan.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";

export type HookStatus = "SUCCEEDED" | "FAILED" | "IN_PROGRESS";

/**
 * A hook cannot wait for a person as long as a PAUSE hook can, so where a person would be asked the answer is no.
 * Only observing, and a service for which the gate is off, lets everything on.
 */
export function decideAnswer(verdict: DeploymentVerdict | undefined, { mode }: { readonly mode: Mode }): HookStatus {
  if (mode === "off" || mode === "observe") return "SUCCEEDED";
  if (verdict === undefined) return "FAILED";
  if (verdict.isPending) return "IN_PROGRESS";
  return verdict.outcome === "allow" ? "SUCCEEDED" : "FAILED";
}
