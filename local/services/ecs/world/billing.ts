/** What a service's tasks cost: vCPU- and GB-seconds from the start of the pull to the end, at least a minute each. */
import type { EcsService } from "../state.ts";
import type { Task } from "../tasks/task.ts";

const LEAST_SECONDS = 60;
const GB_MIB = 1024;

/** Fargate bills a task from its first pull until it is gone. Source: aws.amazon.com/fargate/pricing. */
const billedSeconds = (task: Task, nowMs: number): number => {
  if (task.pullStartedAtMs === undefined) return 0;
  const seconds = ((task.stoppedAtMs ?? nowMs) - task.pullStartedAtMs) / 1000;
  return task.stoppedAtMs === undefined ? seconds : Math.max(LEAST_SECONDS, seconds);
};

/** Adds a stopped task to its service's bill. */
export function billStopped(task: Task, nowMs: number): void {
  const { service } = task;
  if (service === undefined || task.lastStatus !== "STOPPED") return;
  service.bill.vcpuSeconds += (billedSeconds(task, nowMs) * task.cpuUnits) / 1024;
  service.bill.gbSeconds += (billedSeconds(task, nowMs) * task.memoryMiB) / GB_MIB;
}

/** The bill so far, tasks at work included. */
export function billOf(
  service: EcsService,
  nowMs: number,
): { readonly vcpuSeconds: number; readonly gbSeconds: number } {
  let { vcpuSeconds, gbSeconds } = service.bill;
  for (const task of service.tasks) {
    vcpuSeconds += (billedSeconds(task, nowMs) * task.cpuUnits) / 1024;
    gbSeconds += (billedSeconds(task, nowMs) * task.memoryMiB) / GB_MIB;
  }
  return { vcpuSeconds, gbSeconds };
}
