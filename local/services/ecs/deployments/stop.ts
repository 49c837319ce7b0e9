/** StopServiceDeployment's two ways, and the end of a deployment whose service goes away. */

import type { Ecs } from "../state.ts";
import type { ServiceDeployment } from "./deployment.ts";
import { stopHooks } from "./hooks.ts";
import { abandon, rollBack } from "./walk.ts";

/** Seconds until a request to stop is acted upon. */
const NOTICE_SECONDS = 1;

/** Asks a running deployment to go back, or to stop where it is. */
export function requestStop(ecs: Ecs, walk: ServiceDeployment, stopType: "ROLLBACK" | "ABORT"): void {
  walk.status = stopType === "ROLLBACK" ? "ROLLBACK_REQUESTED" : "STOP_REQUESTED";
  walk.updatedAtMs = ecs.cloud.clock.now();
  stopHooks(walk);
  walk.stepTimer?.cancel();
  walk.stepTimer = ecs.cloud.clock.at(
    ecs.cloud.clock.now() + NOTICE_SECONDS * 1000,
    `stop of ${walk.deployment.id}`,
    () => {
      const failure = `ECS deployment ${walk.deployment.id} was stopped by a user.`;
      if (stopType === "ROLLBACK") rollBack(ecs, walk, "Service deployment rolled back by user request.", failure);
      else abandon(ecs, walk, "STOPPED", "Service deployment stopped by user request.", failure);
    },
  );
}

/** Nothing more happens on behalf of the deployment. */
export function stopWalk(ecs: Ecs, walk: ServiceDeployment): void {
  if (walk.finishedAtMs !== undefined) return;
  stopHooks(walk);
  walk.stepTimer?.cancel();
  walk.status = "STOPPED";
  walk.finishedAtMs = ecs.cloud.clock.now();
  walk.stoppedAtMs = ecs.cloud.clock.now();
}
