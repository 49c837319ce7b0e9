/** The service scheduler: brings what runs to what is wanted, a moment after anything changed. */

import type { IamDoor } from "../../../neighbours.ts";
import type { Deployment } from "../deployments/deployment.ts";
import { text, whole } from "../input.ts";
import type { Ecs, EcsService } from "../state.ts";
import { between } from "../tasks/change.ts";
import { stopTask } from "../tasks/stop.ts";
import type { Task } from "../tasks/task.ts";
import { counts, isLive, isPending, isPresent, primaryOf, tasksOf } from "./counts.ts";
import { breakerThreshold } from "./failures.ts";
import { mayLaunch, startTask, stopOrder } from "./placement.ts";
import { note, serviceAction } from "./say.ts";
import { checkSteady } from "./steady.ts";

/** The scheduler looks again within this. */
const LEAST_SECONDS = 0.3;
const MOST_SECONDS = 1.5;
const ROLE_RETRY_SECONDS = 60;

/** Asks the scheduler to look at the service soon, or after the given seconds. */
export function wake(ecs: Ecs, service: EcsService, afterSeconds = between(ecs, LEAST_SECONDS, MOST_SECONDS)): void {
  const atMs = ecs.cloud.clock.now() + Math.ceil(afterSeconds * 1000);
  if (service.wake !== undefined && service.wake.atMs <= atMs) return;
  service.wake?.timer.cancel();
  const timer = ecs.cloud.clock.at(atMs, `scheduler of ${service.name}`, () => {
    service.wake = undefined;
    reconcile(ecs, service);
  });
  service.wake = { timer, atMs };
}

/** How the service's deployments replace each other. */
export const strategyOf = (service: EcsService): string =>
  text(service.deploymentConfiguration, "strategy") ?? "ROLLING";

function reconcile(ecs: Ecs, service: EcsService): void {
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

function launch(ecs: Ecs, deployment: Deployment, count: number): void {
  const { service } = deployment;
  if (!deployment.launching) return;
  const nowMs = ecs.cloud.clock.now();
  if (deployment.launchAfterMs > nowMs) {
    wake(ecs, service, (deployment.launchAfterMs - nowMs) / 1000);
    return;
  }
  const untrusting = rolesOf(deployment).find(
    (role) => !ecs.cloud.neighbour<IamDoor>("iam").trusts(role, "ecs-tasks.amazonaws.com"),
  );
  if (untrusting !== undefined) {
    refuseRole(ecs, deployment, untrusting);
    return;
  }
  // While starts keep failing, one task at a time finds out whether it works again.
  const attempts = deployment.impairedReported ? 1 : count;
  const started: Task[] = [];
  while (started.length < attempts && mayLaunch(ecs)) started.push(startTask(ecs, deployment));
  if (started.length > 0) note(ecs, service, `has started ${taskWords(started)}.`);
  if (started.length < attempts) wake(ecs, service, 1);
}

const rolesOf = ({ revision: { definition } }: Deployment): readonly string[] =>
  [definition.executionRoleArn, definition.taskRoleArn].filter((role) => role !== undefined);

/** Without a role that it may assume for the task, ECS makes no task at all. */
function refuseRole(ecs: Ecs, deployment: Deployment, role: string): void {
  const { service } = deployment;
  deployment.failedTasks += 1;
  deployment.launchAfterMs = ecs.cloud.clock.now() + ROLE_RETRY_SECONDS * 1000;
  note(
    ecs,
    service,
    `failed to launch a task with (error ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`,
  );
  serviceAction(ecs, service, "ERROR", "SERVICE_TASK_CONFIGURATION_FAILURE");
  wake(ecs, service, ROLE_RETRY_SECONDS);
}

function stopSurplus(ecs: Ecs, deployment: Deployment, live: readonly Task[], count: number): void {
  const leaving = stopOrder(ecs, live, count);
  stopAll(ecs, deployment, leaving);
  if (leaving.length < count) reportProtected(ecs, deployment);
}

function stopAll(ecs: Ecs, deployment: Deployment, tasks: readonly Task[]): void {
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
  for (const task of tasks)
    stopTask(
      ecs,
      task,
      "ServiceSchedulerInitiated",
      `Scaling activity initiated by (deployment ${task.deployment?.id ?? deployment.id})`,
    );
  if (running.length > 0)
    note(ecs, deployment.service, `has stopped ${running.length} running ${taskWords(running).replace(/^\d+ /, "")}.`);
}

const taskWords = (tasks: readonly Task[]): string =>
  `${tasks.length} tasks: ${tasks.map(({ id }) => `(task ${id})`).join(" ")}`;

function reportBlocked(ecs: Ecs, service: EcsService): void {
  if (service.blockedReported) return;
  service.blockedReported = true;
  note(
    ecs,
    service,
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
  );
}

function reportProtected(ecs: Ecs, deployment: Deployment): void {
  const { service } = deployment;
  const ends = [...service.tasks].flatMap(({ protectedUntilMs }) =>
    protectedUntilMs === undefined ? [] : [protectedUntilMs],
  );
  const nowMs = ecs.cloud.clock.now();
  const next = Math.min(...ends.filter((atMs) => atMs > nowMs));
  if (Number.isFinite(next)) wake(ecs, service, (next - nowMs) / 1000);
  if (service.blockedReported) return;
  service.blockedReported = true;
  note(
    ecs,
    service,
    `was unable to reach steady state because task set (${deployment.id}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks`,
  );
}

/** Running and pending tasks of the whole service. */
export const serviceCounts = (service: EcsService) => counts(service.tasks);
