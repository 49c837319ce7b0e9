/** What CodeDeploy is answered, given the verdict of what it is about to start. */
import type { Mode } from "#shared/domain/plan.ts";
import { type HookAnswer, hookAnswer } from "#shared/gate/hook-answer.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import type { HookResult } from "#shared/ports/code-deployments.ts";

export interface ResultFacts {
  readonly mode: Mode;
  readonly isRollback: boolean;
  readonly verdict: DeploymentVerdict | undefined;
}

/** CodeDeploy asks once: what is not to be said yet is not said. */
const RESULTS: Readonly<Record<HookAnswer, HookResult | undefined>> = {
  "let-on": "Succeeded",
  "send-back": "Failed",
  "not-yet": undefined,
};

/** Undefined: not yet. A way back is never blocked. */
export const decideResult = ({ mode, isRollback, verdict }: ResultFacts): HookResult | undefined =>
  isRollback ? "Succeeded" : RESULTS[hookAnswer(verdict, mode)];
