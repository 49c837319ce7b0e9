/** What ECS is answered, given the verdict of what it is about to start. */
import type { Mode } from "#shared/domain/plan.ts";
import { type HookAnswer, hookAnswer } from "#shared/gate/hook-answer.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";

/** ECS asks again after IN_PROGRESS. */
const STATUSES = { "let-on": "SUCCEEDED", "send-back": "FAILED", "not-yet": "IN_PROGRESS" } as const satisfies Readonly<
  Record<HookAnswer, string>
>;

export type HookStatus = (typeof STATUSES)[HookAnswer];

/** The answer in ECS's words. */
export const decideAnswer = (verdict: DeploymentVerdict | undefined, { mode }: { readonly mode: Mode }): HookStatus =>
  STATUSES[hookAnswer(verdict, mode)];
