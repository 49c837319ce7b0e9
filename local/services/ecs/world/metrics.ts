/** What CloudWatch hears of the services each minute. Source: ECS developer guide, "cloudwatch-metrics"; Container Insights metrics. */
import type { CloudWatchDoor } from "../../../neighbours.ts";
import { counts } from "../scheduler/counts.ts";
import type { Cluster, Ecs, EcsService } from "../state.ts";
import { taskMemoryUsedMiB } from "../tasks/memory.ts";
import { cpuPercentOf } from "./consumers.ts";

const MINUTE_MS = 60_000;

/** Starts the minutes; they go on as long as time does. */
export function startMetrics(ecs: Ecs): void {
  const nextMs = (Math.floor(ecs.cloud.clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
  const minute = (atMs: number): void => {
    ecs.cloud.clock.at(atMs, "metrics of ECS", () => {
      for (const cluster of ecs.clusters.values())
        for (const service of cluster.services.values()) publish(ecs, cluster, service);
      minute(atMs + MINUTE_MS);
    });
  };
  minute(nextMs);
}

const hasInsights = ({ settings }: Cluster): boolean =>
  settings.some(({ name, value }) => name === "containerInsights" && (value === "enabled" || value === "enhanced"));

function publish(ecs: Ecs, cluster: Cluster, service: EcsService): void {
  if (service.status !== "ACTIVE") return;
  const metrics = ecs.cloud.neighbour<CloudWatchDoor>("cloudwatch");
  const dimensions = { ClusterName: cluster.name, ServiceName: service.name };
  const nowMs = ecs.cloud.clock.now();
  // One sample per task: a service without running tasks has no utilization at all.
  for (const task of service.tasks) {
    if (task.lastStatus !== "RUNNING") continue;
    const memoryPercent = (taskMemoryUsedMiB(task, nowMs) / task.memoryMiB) * 100;
    metrics.put("AWS/ECS", "CPUUtilization", dimensions, cpuPercentOf(ecs, task), "Percent");
    metrics.put("AWS/ECS", "MemoryUtilization", dimensions, memoryPercent, "Percent");
  }
  if (!hasInsights(cluster)) return;
  const { runningCount, pendingCount } = counts(service.tasks);
  metrics.put("ECS/ContainerInsights", "DesiredTaskCount", dimensions, service.desiredCount, "Count");
  metrics.put("ECS/ContainerInsights", "RunningTaskCount", dimensions, runningCount, "Count");
  metrics.put("ECS/ContainerInsights", "PendingTaskCount", dimensions, pendingCount, "Count");
}
