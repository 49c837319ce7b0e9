/** The service scheduler: brings what runs to what is wanted, a moment after anything changed. */

import type { Deployment } from "../deployments/deployment.ts";
import { text, whole } from "../input.ts";
import type { Ecs, EcsService } from "../state.ts";
import type { Task } from "../tasks/task.ts";
import { isLive, isPending, isPresent, primaryOf, tasksOf } from "./counts.ts";
import { breakerThreshold } from "./failures.ts";
import { stopOrder } from "./placement.ts";
import { launch } from "./start-tasks.ts";
import { checkSteady } from "./steady.ts";
import { reportBlocked, stopAll, stopSurplus } from "./stop-tasks.ts";

/** How the service's deployments replace each other. */
const strategyOf = (service: EcsService): string => text(service.deploymentConfiguration, "strategy") ?? "ROLLING";

/** One look at a service: stop and start what is needed, then see whether its deployment can go on. */
export function reconcile(ecs: Ecs, service: EcsService): void {
  if (service.status === "INACTIVE") return;
  const wanted = service.status === "DRAINING" ? 0 : service.desiredCount;
  const current = service.currentServiceDeployment;
  const { deployment } = current ?? {};
  if (
    current?.status === "IN_PROGRESS" &&
    deployment?.breaker === "MONITORING" &&
    deployment.failedTasks >= breakerThreshold(service)
  )
    ecs.listeners.tripped(current);
  if (strategyOf(service) === "ROLLING") rollTowards(ecs, service, wanted);
  else for (const each of service.deployments) keepAt(ecs, each, each.wanted ? wanted : 0);
  const held = primaryOf(service)?.launching === false;
  service.deployments = service.deployments.filter((each) => {
    const serves = each.wanted || (held && each.rolloutState === "COMPLETED");
    const stays = each.status === "PRIMARY" || serves || tasksOf(each).some(isPresent);
    if (!stays) each.status = "INACTIVE";
    return stays;
  });
  if (service.status === "DRAINING" && service.tasks.size === 0) {
    service.status = "INACTIVE";
    service.deployments = [];
    return;
  }
  if (current) ecs.listeners.reconciled(current);
  checkSteady(ecs, service, wanted);
}

/** A deployment that has a number of tasks to itself. */
function keepAt(ecs: Ecs, deployment: Deployment, wanted: number): void {
  const live = tasksOf(deployment).filter(isLive);
  if (live.length < wanted) launch(ecs, deployment, wanted - live.length);
  if (live.length > wanted) stopSurplus(ecs, deployment, live, live.length - wanted);
}

/**
 * A rolling update: never more than maximumPercent of the desired tasks running or pending, never fewer than
 * minimumHealthyPercent of them healthy by our own doing. Source: ECS API, DeploymentConfiguration.
 */
function rollTowards(ecs: Ecs, service: EcsService, wanted: number): void {
  const primary = primaryOf(service);
  if (primary === undefined) return;
  const mine = tasksOf(primary).filter(isLive);
  const old = [...service.tasks].filter((task) => task.deployment !== primary && isLive(task));
  if (mine.length > wanted) stopSurplus(ecs, primary, mine, mine.length - wanted);
  if (!primary.launching) {
    keepOld(ecs, service, old, wanted);
    return;
  }
  if (old.length === 0) {
    if (mine.length < wanted) launch(ecs, primary, wanted - mine.length);
    return;
  }
  const configuration = service.deploymentConfiguration;
  const atMost = Math.floor((wanted * (whole(configuration, "maximumPercent") ?? 200)) / 100);
  const atLeast = Math.ceil((wanted * (whole(configuration, "minimumHealthyPercent") ?? 100)) / 100);
  const room = Math.max(0, atMost - mine.length - old.length);
  const missing = Math.max(0, wanted - mine.length);
  if (Math.min(missing, room) > 0) launch(ecs, primary, Math.min(missing, room));
  const healthy = [...mine, ...old].filter((task) => task.healthy).length;
  // Old tasks that do not serve can go at once; healthy ones as far as the rest keeps the minimum.
  const idle = old.filter((task) => !task.healthy);
  const spare = Math.max(0, healthy - atLeast);
  const leaving = [
    ...stopOrder(ecs, idle, idle.length),
    ...stopOrder(
      ecs,
      old.filter((task) => task.healthy),
      spare,
    ),
  ];
  stopAll(ecs, primary, leaving);
  const waiting = mine.some((task) => isPending(task) || !task.healthy) || leaving.length > 0;
  if (missing > 0 && room === 0 && !waiting) reportBlocked(ecs, service);
}

/** While new tasks may not start, the old deployment goes on as before. */
function keepOld(ecs: Ecs, service: EcsService, old: readonly Task[], wanted: number): void {
  const keeper = service.deployments.find(
    ({ status, rolloutState }) => status === "ACTIVE" && rolloutState === "COMPLETED",
  );
  if (keeper && old.length < wanted) launch(ecs, keeper, wanted - old.length);
  if (keeper && old.length > wanted) stopSurplus(ecs, keeper, old, old.length - wanted);
}
