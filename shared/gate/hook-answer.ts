/** What a hook that is asked before the first task starts answers, given the verdict on the images. */
import type { Mode } from "#shared/domain/plan.ts";
import type { DeploymentVerdict } from "./judge-deployment.ts";

export type HookAnswer = "let-on" | "send-back" | "not-yet";

/**
 * A function cannot wait for a person as long as a PAUSE hook can, so where a person would be asked the answer is no. Only
 * observing, and a service for which the gate is off, lets everything on.
 */
export function hookAnswer(verdict: DeploymentVerdict | undefined, mode: Mode): HookAnswer {
  if (mode === "off" || mode === "observe") return "let-on";
  if (verdict === undefined) return "send-back";
  if (verdict.isPending) return "not-yet";
  return verdict.outcome === "allow" ? "let-on" : "send-back";
}
