/** Where a service's next task goes, and which of its tasks goes next. */
import type { JsonObject } from "../../../contract.ts";
import type { Deployment } from "../deployments/deployment.ts";
import { structure, texts } from "../input.ts";
import type { Ecs, Tags } from "../state.ts";
import { launchTask } from "../tasks/launch.ts";
import type { Task } from "../tasks/task.ts";
import { isLive, isPending } from "./counts.ts";

const LAUNCH_BURST = 100;
const LAUNCHES_PER_SECOND = 20;

/** Takes one of Fargate's launch tokens; false when the account must wait. */
export function mayLaunch(ecs: Ecs): boolean {
  const nowMs = ecs.cloud.clock.now();
  const { launches } = ecs;
  const refilled = ((nowMs - launches.filledAtMs) / 1000) * LAUNCHES_PER_SECOND;
  launches.tokens = Math.min(LAUNCH_BURST, launches.tokens + refilled);
  launches.filledAtMs = nowMs;
  if (launches.tokens < 1) return false;
  launches.tokens -= 1;
  return true;
}

/** The zone of a subnet: its place in the list, for templates know no more. */
export const zoneOf = (ecs: Ecs, index: number): string => `${ecs.cloud.region}${"abcdef"[index % 6]}`;

/** The subnets of an awsvpc configuration. */
export const subnetsOf = (networkConfiguration: JsonObject): readonly string[] =>
  texts(structure(networkConfiguration, "awsvpcConfiguration") ?? {}, "subnets") ?? [];

/** Starts one task of a deployment, in the zone that has fewest. */
export function startTask(ecs: Ecs, deployment: Deployment): Task {
  const { service, revision } = deployment;
  const { definition, settings } = revision;
  const subnets = subnetsOf(settings.networkConfiguration);
  const perSubnet = subnets.map(
    (subnet) => [...service.tasks].filter((task) => isLive(task) && task.placement.subnetId === subnet).length,
  );
  const index = Math.max(0, perSubnet.indexOf(Math.min(...perSubnet)));
  const [strategy] = settings.capacityProviderStrategy;
  return launchTask(ecs, {
    cluster: service.cluster,
    definition,
    service,
    deployment,
    group: `service:${service.name}`,
    startedBy: deployment.id,
    capacityProviderName: typeof strategy?.capacityProvider === "string" ? strategy.capacityProvider : undefined,
    enableExecuteCommand: service.enableExecuteCommand,
    containerOverrides: [],
    cpuUnits: definition.cpuUnits ?? 0,
    memoryMiB: definition.memoryMiB ?? 0,
    subnetId: subnets[index] ?? "",
    zone: zoneOf(ecs, index),
    tags: taskTags(deployment),
  });
}

const taskTags = ({ service, revision }: Deployment): Tags => {
  const managed: [string, string][] = service.enableECSManagedTags
    ? [
        ["aws:ecs:clusterName", service.cluster.name],
        ["aws:ecs:serviceName", service.name],
      ]
    : [];
  const source =
    service.propagateTags === "SERVICE"
      ? service.tags
      : service.propagateTags === "TASK_DEFINITION"
        ? revision.definition.tags
        : [];
  return new Map([...[...source].filter(([key]) => !key.startsWith("aws:cloudformation:")), ...managed]);
};

/**
 * The tasks to stop first when there are too many: those that do not run yet, then from the fullest zone, newest first.
 * Protected tasks stay. Source: ECS developer guide, "task-scale-in-protection" and "service-auto-scaling".
 */
export function stopOrder(ecs: Ecs, tasks: readonly Task[], count: number): readonly Task[] {
  const nowMs = ecs.cloud.clock.now();
  const free = tasks.filter(({ protectedUntilMs }) => protectedUntilMs === undefined || protectedUntilMs <= nowMs);
  if (count >= free.length) return free;
  const left = new Set(free);
  const chosen: Task[] = [];
  while (chosen.length < count && left.size > 0) {
    const perZone = Map.groupBy(left, ({ placement }) => placement.zone);
    const rank = (task: Task): readonly [number, number, number] => [
      isPending(task) ? 0 : 1,
      -(perZone.get(task.placement.zone)?.length ?? 0),
      -task.createdAtMs,
    ];
    const [next] = [...left].toSorted((one, other) => {
      const [a, b] = [rank(one), rank(other)];
      return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
    });
    if (next === undefined) break;
    chosen.push(next);
    left.delete(next);
  }
  return chosen;
}
