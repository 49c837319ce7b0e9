/** A deployment's walk from step to step, to its end or back. */

import { deniedNetworking, deniedShift } from "../balancers.ts";
import { flag, structure, text, whole } from "../input.ts";
import { isPresent, primaryOf, tasksOf } from "../scheduler/counts.ts";
import { breakerOf } from "../scheduler/failures.ts";
import { deploymentEvent, note } from "../scheduler/say.ts";
import { wake } from "../scheduler/wake.ts";
import type { Ecs } from "../state.ts";
import type { Deployment, ServiceDeployment } from "./deployment.ts";
import { runHooks, stopHooks } from "./hooks.ts";
import { rollbackSteps } from "./steps.ts";

/** Seconds that a stage without hooks takes in blue/green deployments. */
const STAGE_SECONDS = 3;
const NO_CANDIDATE = "No rollback candidate was found to run the rollback.";

const isRolling = ({ configuration }: ServiceDeployment): boolean =>
  (text(configuration, "strategy") ?? "ROLLING") === "ROLLING";

const turnBack = (ecs: Ecs, walk: ServiceDeployment, reason: string): void =>
  rollBack(ecs, walk, reason, `ECS deployment ${walk.deployment.id} failed: ${reason}`);

/** The first step, if ECS may read what the deployment is to move. */
export function begin(ecs: Ecs, walk: ServiceDeployment): void {
  const denied = isRolling(walk) ? undefined : deniedNetworking(ecs, walk.deployment.revision.settings);
  if (denied === undefined) enter(ecs, walk, 0);
  else turnBack(ecs, walk, denied);
}

/** Goes to a step; past the last one the deployment is over. */
function enter(ecs: Ecs, walk: ServiceDeployment, index: number): void {
  walk.stepTimer?.cancel();
  walk.stepTimer = undefined;
  walk.stepIndex = index;
  walk.updatedAtMs = ecs.cloud.clock.now();
  const step = walk.steps[index];
  if (step === undefined) {
    finish(ecs, walk);
    return;
  }
  const rolling = isRolling(walk);
  // The published list of stages lacks PRE_PRODUCTION_TRAFFIC_SHIFT, although hooks are called there.
  const shown = step.stage === "PRE_PRODUCTION_TRAFFIC_SHIFT" ? "PRODUCTION_TRAFFIC_SHIFT" : step.stage;
  walk.lifecycleStage = rolling && step.kind !== "hooks" && step.kind !== "wait" ? undefined : shown;
  const next = (): void => enter(ecs, walk, index + 1);
  if (step.kind === "hooks") {
    const moves = step.stage === "TEST_TRAFFIC_SHIFT" || step.targetPercent !== undefined;
    const denied = moves ? deniedShift(ecs, walk.deployment.revision.settings, step.stage) : undefined;
    if (denied !== undefined && walk.rollback === undefined) {
      turnBack(ecs, walk, denied);
      return;
    }
    if (step.stage === "TEST_TRAFFIC_SHIFT") walk.testShifted = true;
    if (step.targetPercent !== undefined) walk.targetWeight = step.targetPercent;
    runHooks(ecs, walk, step.stage, STAGE_SECONDS, (failure) => {
      if (failure === undefined || walk.rollback !== undefined) return next();
      turnBack(ecs, walk, failure);
    });
  } else if (step.kind === "wait") {
    const atMs = ecs.cloud.clock.now() + step.minutes * 60_000;
    walk.stepTimer = ecs.cloud.clock.at(atMs, `${step.stage} of ${walk.deployment.id}`, next);
  } else if (step.kind === "clean-up") {
    for (const old of walk.service.deployments) if (old !== walk.deployment) old.wanted = false;
    wake(ecs, walk.service);
  } else {
    const scaling = walk.rollback === undefined ? walk.deployment : primaryOf(walk.service);
    if (scaling) {
      scaling.launching = true;
      scaling.wanted = true;
    }
    wake(ecs, walk.service);
  }
}

/** After each look of the scheduler: may the walk go on? */
export function checkWalk(ecs: Ecs, walk: ServiceDeployment): void {
  const step = walk.steps[walk.stepIndex];
  if (walk.finishedAtMs !== undefined || step === undefined) return;
  const others = walk.service.deployments.filter(({ status }) => status !== "PRIMARY");
  const othersGone = others.every((other) => !tasksOf(other).some(isPresent));
  if (step.kind === "clean-up" && othersGone) {
    enter(ecs, walk, walk.stepIndex + 1);
    return;
  }
  if (step.kind !== "scale-up") return;
  const primary = primaryOf(walk.service);
  if (primary === undefined) return;
  const early = structure(walk.configuration, "earlySuccessCriteria") ?? {};
  const isEarly = walk.rollback === undefined && flag(early, "enable") === true;
  const wanted = walk.service.desiredCount;
  const needed = isEarly ? Math.ceil((wanted * (whole(early, "healthyPercent") ?? 100)) / 100) : wanted;
  if (tasksOf(primary).filter(({ healthy }) => healthy).length < needed) return;
  const rolling = isRolling(walk);
  const mayOthersStay =
    walk.rollback === undefined &&
    (!rolling || (isEarly && text(early, "sourceServiceRevisionCleanup") === "DEFERRED"));
  if (mayOthersStay || othersGone) enter(ecs, walk, walk.stepIndex + 1);
}

function finish(ecs: Ecs, walk: ServiceDeployment): void {
  const nowMs = ecs.cloud.clock.now();
  const { service } = walk;
  const done: Deployment | undefined = walk.rollback === undefined ? walk.deployment : walk.fallback;
  walk.status = walk.rollback === undefined ? "SUCCESSFUL" : "ROLLBACK_SUCCESSFUL";
  walk.finishedAtMs = nowMs;
  walk.lifecycleStage = undefined;
  walk.targetWeight = walk.rollback === undefined ? 100 : 0;
  if (done === undefined) return;
  if (done.breaker === "MONITORING") done.breaker = "MONITORING_COMPLETE";
  service.lastCompleted = done;
  deploymentEvent(ecs, done, "COMPLETED", `ECS deployment ${done.id} completed.`);
  note(ecs, service, `(deployment ${done.id}) deployment completed.`);
  wake(ecs, service);
}

/** The circuit breaker: no more launches, and back to what last worked if the service asks for it. */
export function tripBreaker(ecs: Ecs, walk: ServiceDeployment): void {
  const { deployment, service } = walk;
  const failed = [...service.tasks].some((task) => task.deployment === deployment && task.failedHealth);
  const what = failed ? "tasks failed health checks" : "tasks failed to start";
  deployment.breaker = "TRIGGERED";
  note(ecs, service, `(deployment ${deployment.id}) deployment failed: ${what}.`);
  const reason = `ECS deployment circuit breaker: ${what}.`;
  if (flag(breakerOf(service), "rollback")) {
    rollBack(ecs, walk, "Service deployment rolled back because the circuit breaker threshold was exceeded.", reason);
    return;
  }
  abandon(ecs, walk, "STOPPED", "Circuit breaker threshold exceeded.", reason);
}

/** Goes back to the last completed deployment; without one there is nothing to go back to. */
export function rollBack(ecs: Ecs, walk: ServiceDeployment, reason: string, failure: string): void {
  const { deployment, fallback, service } = walk;
  if (fallback === undefined) {
    abandon(ecs, walk, "ROLLBACK_FAILED", `${reason} ${NO_CANDIDATE}`, failure);
    return;
  }
  stopHooks(walk);
  walk.status = "ROLLBACK_IN_PROGRESS";
  walk.statusReason = reason;
  walk.rollback = { reason, startedAtMs: ecs.cloud.clock.now(), revision: fallback.revision };
  deployment.launching = false;
  deployment.wanted = false;
  if (deployment.breaker === "TRIGGERED") deploymentEvent(ecs, deployment, "FAILED", failure);
  else {
    deployment.rolloutState = "FAILED";
    deployment.rolloutStateReason = failure;
  }
  deployment.status = "ACTIVE";
  fallback.status = "PRIMARY";
  fallback.launching = true;
  fallback.wanted = true;
  fallback.launchAfterMs = 0;
  service.deployments = [fallback, ...service.deployments.filter((each) => each !== fallback)];
  note(ecs, service, `rolling back to deployment ${fallback.id}.`);
  const prefix = deployment.breaker === "TRIGGERED" ? "ECS deployment circuit breaker: " : "ECS deployment: ";
  deploymentEvent(ecs, fallback, "IN_PROGRESS", `${prefix}rolling back to deploymentId ${fallback.id}.`);
  walk.steps = rollbackSteps(walk.testShifted, walk.targetWeight > 0);
  enter(ecs, walk, 0);
}

/** Ends a deployment where it stands: what runs goes on, nothing new starts. */
export function abandon(
  ecs: Ecs,
  walk: ServiceDeployment,
  status: "STOPPED" | "ROLLBACK_FAILED",
  statusReason: string,
  failure: string,
): void {
  stopHooks(walk);
  walk.stepTimer?.cancel();
  walk.status = status;
  walk.statusReason = statusReason;
  walk.finishedAtMs = ecs.cloud.clock.now();
  walk.stoppedAtMs = ecs.cloud.clock.now();
  walk.deployment.launching = false;
  walk.deployment.wanted = false;
  const announced = walk.deployment.breaker === "TRIGGERED";
  if (announced) deploymentEvent(ecs, walk.deployment, "FAILED", failure);
  else {
    walk.deployment.rolloutState = "FAILED";
    walk.deployment.rolloutStateReason = failure;
  }
  wake(ecs, walk.service);
}
