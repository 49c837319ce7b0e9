/** What a hook that is asked before the first task starts answers, given the verdict on the images. */
import type { Mode } from "#shared/domain/plan.ts";
import type { DeploymentVerdict } from "./judge-deployment.ts";

export type HookAnswer = "let-on" | "send-back" | "not-yet";

/** Whether the gate only looks on: whatever it sees, it lets on. */
export const onlyLooksOn = (mode: Mode): boolean => mode === "off" || mode === "observe";

/**
 * A function cannot wait for a person as long as a PAUSE hook can, so where a person would be asked the answer is no. Only
 * observing, and a service for which the gate is off, lets everything on.
 */
export function hookAnswer(verdict: DeploymentVerdict | undefined, mode: Mode): HookAnswer {
  if (onlyLooksOn(mode)) return "let-on";
  if (verdict === undefined) return "send-back";
  if (verdict.isPending) return "not-yet";
  return verdict.outcome === "allow" ? "let-on" : "send-back";
}
