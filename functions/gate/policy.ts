/** What the gate does about a deployment whose images are judged, or the reason why nothing. */

import { act, type Decision, type Evidence, escalate, hold } from "#shared/domain/decision.ts";
import type { Mode, PlanDraft } from "#shared/domain/plan.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { type Instant, secondsBetween } from "#shared/domain/time.ts";
import { isStrictlyBetter } from "#shared/gate/better.ts";
import { verdictEvidence } from "#shared/gate/evidence.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import type { ServiceDeploymentStatus } from "#shared/ports/deployments.ts";
import type { GateEscalation, GateHold } from "./reasons.ts";

export type GateDecision = Decision<PlanDraft, GateHold, GateEscalation>;

/** A decision, and how far to go with it. */
export interface Decided {
  readonly decision: GateDecision;
  readonly mode: Mode;
}

export interface GateSwitches {
  readonly mode: Mode;
  readonly paused: boolean;
  readonly answersPauseHooks: boolean;
  readonly rollingMode: Mode;
  readonly promoteMode: Mode;
  readonly gateSteadyWithinSeconds: number;
}

const MODES = ["off", "observe", "ask", "act"] as const satisfies readonly Mode[];

/** The lesser of two modes. */
export const lesser = (one: Mode, other: Mode): Mode => (MODES.indexOf(one) < MODES.indexOf(other) ? one : other);

const held = (reason: GateHold, mode: Mode, evidence: Evidence = {}): Decided => ({
  decision: hold(reason, evidence),
  mode,
});

export interface HookFacts {
  readonly subject: ServiceRef;
  readonly deployment: string;
  readonly hookId: string;
  readonly isPaused: boolean;
  readonly service: { readonly isActive: boolean; readonly deployment: string | undefined } | undefined;
  /** ARN of the revision that the deployment brings. */
  readonly taskDefinitionArn: string | undefined;
  readonly verdict: DeploymentVerdict | undefined;
}

function notThisHook(facts: HookFacts, { mode, paused, answersPauseHooks }: GateSwitches): Decided | undefined {
  if (mode === "off") return held("not-enrolled", mode);
  if (!facts.service?.isActive) return held("service-gone", mode);
  if (!answersPauseHooks) return held("not-our-hook", mode);
  if (paused || facts.isPaused) return held("paused", mode, { by: paused ? "settings" : "account" });
  return facts.service.deployment !== undefined && facts.service.deployment !== facts.deployment
    ? held("deployment-over", mode)
    : undefined;
}

/** The answer to a PAUSE hook. Only observing lets everything on, and says what it would have said. */
export function decideHook(facts: HookFacts, switches: GateSwitches): Decided {
  const no = notThisHook(facts, switches);
  if (no) return no;
  const { mode } = switches;
  const { verdict, subject, deployment, hookId, taskDefinitionArn } = facts;
  if (verdict === undefined || taskDefinitionArn === undefined) return held("deployment-over", mode);
  const evidence: Evidence = {
    ...verdictEvidence(verdict),
    door: "hook",
    revision: taskDefinitionArn,
    deployment,
    hookId,
  };
  if (verdict.isPending && mode !== "observe") return held("scan-in-progress", mode, evidence);
  const answer = (action: "CONTINUE" | "ROLLBACK"): PlanDraft => ({
    kind: action === "CONTINUE" ? "let-deployment-on" : "send-deployment-back",
    service: subject,
    decidedFor: taskDefinitionArn,
    steps: [{ do: "continue-deployment", deployment, hookId, action }],
    usdPerMonth: 0,
  });
  if (mode === "observe") {
    return { decision: act(answer("CONTINUE"), { ...evidence, observed: verdict.outcome }), mode: "act" };
  }
  if (verdict.outcome === "allow") return { decision: act(answer("CONTINUE"), evidence), mode: "act" };
  if (verdict.outcome === "ask") return { decision: act(answer("CONTINUE"), evidence), mode: "ask" };
  return { decision: act(answer("ROLLBACK"), evidence), mode };
}

export interface RollingFacts {
  readonly subject: ServiceRef;
  readonly now: Instant;
  readonly isPaused: boolean;
  readonly service: { readonly isActive: boolean; readonly controller: string; readonly isHooked: boolean } | undefined;
  /** The event says that it goes back. */
  readonly isRollback: boolean;
  /** Its rollback was offered before, and only its end makes another offer of that. */
  readonly isAskedAgain: boolean;
  readonly deployment:
    | {
        readonly arn: string;
        readonly status: ServiceDeploymentStatus;
        readonly createdAt: string;
      }
    | undefined;
  /** ARN of the revision that the deployment brings. */
  readonly taskDefinitionArn: string | undefined;
  readonly verdict: DeploymentVerdict | undefined;
  /** The verdict had been bad before the deployment began. */
  readonly wasKnownBad: boolean;
  /** A finding that counts is critical and has an exploit. */
  readonly isCriticalAndExploitable: boolean;
  /** A plan of ours registered the revision. */
  readonly isOurs: boolean;
  /** Where a rollback would go, what is said of it, and its images by digest. */
  readonly target:
    | {
        readonly taskDefinitionArn: string;
        readonly verdict: DeploymentVerdict;
        readonly images: Readonly<Record<string, string>>;
      }
    | undefined;
  /** The service revision that runs now. */
  readonly serviceRevision: string | undefined;
  /** Images of the deployment by digest, to come back to if going back fails. */
  readonly images: Readonly<Record<string, string>>;
}

function notThisDeployment(facts: RollingFacts, { mode, paused }: GateSwitches): Decided | undefined {
  const { service, deployment } = facts;
  if (mode === "off") return held("not-enrolled", mode);
  if (facts.isRollback || deployment?.status === "rolling-back") return held("rolling-back", mode);
  if (!service?.isActive) return held("service-gone", mode);
  if (service.controller !== "ECS") return held("other-controller", mode, { controller: service.controller });
  if (service.isHooked) return held("hooked", mode);
  if (deployment === undefined || deployment.status === "ended" || deployment.status === "rollback-failed")
    return held("deployment-over", mode);
  return paused || facts.isPaused ? held("paused", mode, { by: paused ? "settings" : "account" }) : undefined;
}

/** What is done about a deployment that no hook held: told, offered, or, with every reason for it, taken back. */
export function decideRolling(facts: RollingFacts, switches: GateSwitches): Decided {
  const no = notThisDeployment(facts, switches);
  if (no) return no;
  const mode = lesser(switches.mode, switches.rollingMode);
  const { verdict, deployment, taskDefinitionArn, target } = facts;
  if (verdict === undefined || deployment === undefined || taskDefinitionArn === undefined)
    return held("deployment-over", mode);
  const evidence: Evidence = {
    ...verdictEvidence(verdict),
    door: "event",
    revision: taskDefinitionArn,
    deployment: deployment.arn,
    startedAt: deployment.createdAt,
    exposedSeconds: secondsBetween(deployment.createdAt, facts.now),
  };
  if (facts.isAskedAgain && deployment.status !== "completed") return held("already-under-way", mode, evidence);
  if (verdict.passes !== undefined) return held(verdict.passes, mode, evidence);
  if (verdict.isPending) return held("scan-in-progress", mode, evidence);
  if (verdict.outcome === "allow") return held("passed", mode, evidence);
  if (target === undefined) return { decision: escalate("nothing-to-go-back-to", evidence), mode };
  const told = { ...evidence, target: target.taskDefinitionArn, targetVerdict: target.verdict.outcome };
  if (!isStrictlyBetter(target.verdict, verdict)) return { decision: escalate("no-better-target", told), mode };
  if (deployment.status === "completed") return tooLate(facts, target, taskDefinitionArn, told, switches);
  const mayActAlone =
    verdict.outcome === "block" && !facts.isOurs && (facts.wasKnownBad || facts.isCriticalAndExploitable);
  const plan: PlanDraft = {
    kind: "roll-back-deployment",
    service: facts.subject,
    decidedFor: taskDefinitionArn,
    steps: [
      { do: "stop-deployment", deployment: deployment.arn },
      { do: "wait-until-rolled-back", deployment: deployment.arn, atMostSeconds: switches.gateSteadyWithinSeconds },
    ],
    usdPerMonth: 0,
  };
  const why = { wasKnownBad: facts.wasKnownBad, isCriticalAndExploitable: facts.isCriticalAndExploitable };
  return { decision: act(plan, { ...told, ...why }), mode: mayActAlone ? mode : lesser(mode, "ask") };
}

/** The deployment is complete, so going back is a deployment of its own, of the earlier images by digest. */
function tooLate(
  { subject, serviceRevision, images }: RollingFacts,
  target: NonNullable<RollingFacts["target"]>,
  taskDefinitionArn: string,
  evidence: Evidence,
  { mode, gateSteadyWithinSeconds }: GateSwitches,
): Decided {
  const plan: PlanDraft = {
    kind: "return-to-earlier-image",
    service: subject,
    decidedFor: taskDefinitionArn,
    steps: [
      { do: "deploy-image", basedOn: target.taskDefinitionArn, images: target.images, goesBack: true },
      {
        do: "deploy-revision",
        replaces: taskDefinitionArn,
        ...(serviceRevision && { serviceRevision }),
        backTo: images,
      },
      { do: "wait-until-steady", atMostSeconds: gateSteadyWithinSeconds },
    ],
    usdPerMonth: 0,
  };
  return { decision: act(plan, { ...evidence, tooLate: true }), mode: lesser(mode, "ask") };
}
