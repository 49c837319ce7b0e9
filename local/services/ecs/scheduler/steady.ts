/** The steady state of a service: reported when it is reached, and every six hours while it lasts. */
import type { Ecs, EcsService } from "../state.ts";
import { counts, isLive, isPresent, primaryOf } from "./counts.ts";
import { note, serviceAction } from "./say.ts";

const REPEAT_HOURS = 6;

/** Reports the steady state once it holds; forgets it when it does not. */
export function checkSteady(ecs: Ecs, service: EcsService, wanted: number): void {
  const { runningCount, pendingCount } = counts(service.tasks);
  const present = [...service.tasks].filter(isPresent);
  const holds =
    service.status === "ACTIVE" &&
    runningCount === wanted &&
    pendingCount === 0 &&
    present.every(isLive) &&
    primaryOf(service)?.rolloutState === "COMPLETED";
  if (!holds) {
    service.steady = false;
    service.steadyTimer?.cancel();
    service.steadyTimer = undefined;
  } else if (!service.steady) report(ecs, service);
}

function report(ecs: Ecs, service: EcsService): void {
  service.steady = true;
  service.blockedReported = false;
  note(ecs, service, "has reached a steady state.");
  serviceAction(ecs, service, "INFO", "SERVICE_STEADY_STATE");
  const nextMs = ecs.cloud.clock.now() + REPEAT_HOURS * 3_600_000;
  service.steadyTimer = ecs.cloud.clock.at(nextMs, `steady state of ${service.name}`, () => report(ecs, service));
}
