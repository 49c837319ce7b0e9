/** What CodeDeploy is answered, given the verdict of what it is about to start. */
import type { Mode } from "#shared/domain/plan.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import type { HookResult } from "#shared/ports/code-deployments.ts";

export interface ResultFacts {
  readonly mode: Mode;
  readonly isRollback: boolean;
  readonly verdict: DeploymentVerdict | undefined;
}

/**
 * Undefined: not yet. A hook cannot wait for a person, so where one would be asked the answer is no. A way back is never
 * blocked, and observing lets everything on.
 */
export function decideResult({ mode, isRollback, verdict }: ResultFacts): HookResult | undefined {
  if (mode === "off" || mode === "observe" || isRollback) return "Succeeded";
  if (verdict === undefined) return "Failed";
  if (verdict.isPending) return undefined;
  return verdict.outcome === "allow" ? "Succeeded" : "Failed";
}
