/** When the scheduler looks at a service again. */
import type { Ecs, EcsService } from "../state.ts";
import { between } from "../tasks/change.ts";

/** The scheduler looks again within this. */
const LEAST_SECONDS = 0.3;
const MOST_SECONDS = 1.5;

/** Asks the scheduler to look at the service soon, or after the given seconds. */
export function wake(ecs: Ecs, service: EcsService, afterSeconds = between(ecs, LEAST_SECONDS, MOST_SECONDS)): void {
  const atMs = ecs.cloud.clock.now() + Math.ceil(afterSeconds * 1000);
  if (service.wake !== undefined && service.wake.atMs <= atMs) return;
  service.wake?.timer.cancel();
  const timer = ecs.cloud.clock.at(atMs, `scheduler of ${service.name}`, () => {
    service.wake = undefined;
    ecs.listeners.woken(service);
  });
  service.wake = { timer, atMs };
}
