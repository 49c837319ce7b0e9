/** Why the oom reaction does nothing now, or calls a person; each with its meaning for the reference page. */

import type { Decision, Escalate, Hold } from "#shared/domain/decision.ts";
import type { PlanDraft } from "#shared/domain/plan.ts";

export type OomDecision = Decision<PlanDraft, OomHold, OomEscalation>;

/** Every answer but a plan. */
export type No = Hold<OomHold> | Escalate<OomEscalation>;

/** The closed list of holds, in the order in which they are asked. */
export type OomHold =
  | "not-enrolled"
  | "paused"
  | "standalone-task"
  | "stale"
  | "being-stopped"
  | "injected-container"
  | "already-under-way"
  | "service-gone"
  | "other-controller"
  | "ec2-launch-type"
  | "windows"
  | "already-replaced"
  | "below-threshold"
  | "correlation"
  | "deployment-in-progress"
  | "stack-in-progress"
  | "cooldown"
  | "budget-service"
  | "budget-account";

/** The closed list of escalations. */
export type OomEscalation =
  | "deployment-never-ends"
  | "breaker-open"
  | "revision-unknown"
  | "at-ceiling"
  | "digest-unknown";

/** What each hold means, in a sentence. */
export const holdMeanings: Readonly<Record<OomHold, string>> = {
  "not-enrolled": "The service's mode is off: nothing is decided for it.",
  paused: "The account's pause switch is on, or the service's tag or block says paused.",
  "standalone-task": "The task belongs to no service, so there is nothing to give a new revision to.",
  stale: "The kill is older than the configured age, so the world it tells of may be gone.",
  "being-stopped": "The task was being stopped anyway, or the reason is an old one that rides on a later event.",
  "injected-container":
    "The killed container was added by AWS with a limit of its own that no revision of ours can raise.",
  "already-under-way": "A plan for this service is under way.",
  "service-gone": "The service does not exist any more or is being deleted.",
  "other-controller": "CodeDeploy or an external controller decides what this service runs.",
  "ec2-launch-type": "The task does not run on Fargate, where its memory would be the instance's affair.",
  windows: "Windows tasks are not raised: the sizes and prices known here are those of Linux.",
  "already-replaced": "The service runs another revision now than the one that was killed.",
  "below-threshold": "Too few kills so far: recorded, and counted from now on.",
  correlation: "Many services are in trouble at once, which has one cause, and it is not their memory.",
  "deployment-in-progress": "Someone else's deployment is under way; it is waited for, up to a limit.",
  "stack-in-progress": "The service's CloudFormation stack is being updated.",
  cooldown: "The service was changed a short while ago and has to show its effect first.",
  "budget-service": "The service was raised as often today as is allowed.",
  "budget-account": "The account's acts this hour or added dollars this month are used up.",
};

/** What each escalation means, in a sentence. */
export const escalationMeanings: Readonly<Record<OomEscalation, string>> = {
  "deployment-never-ends":
    "Someone else's deployment did not end within the limit while its tasks are killed for memory.",
  "breaker-open": "Our own fixes for this service failed repeatedly, so it is left to a person.",
  "revision-unknown": "The running revision cannot be read or has no task size, so no next one can be made from it.",
  "at-ceiling": "The memory that should hold is above what is allowed, affordable or sold; a leak is likely.",
  "digest-unknown": "What code runs now is not known by digest, so a new revision might ship other code.",
};
