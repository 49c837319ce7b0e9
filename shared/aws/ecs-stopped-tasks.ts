/** `StoppedTasks` on Amazon ECS, which shows a stopped task for about an hour. */
import { DescribeTasksCommand, type ECSClient, paginateListTasks } from "@aws-sdk/client-ecs";
import type { StoppedTask, StoppedTasks } from "#shared/ports/stopped-tasks.ts";
import { isNamed, translate } from "./errors.ts";

/** Both ListTasks and DescribeTasks take at most this many. Source: ECS API reference. */
const TASKS_PER_CALL = 100;

export const ecsStoppedTasks = (ecs: ECSClient): StoppedTasks => ({
  async between(cluster, from, to) {
    const found: StoppedTask[] = [];
    try {
      const pages = paginateListTasks({ client: ecs, pageSize: TASKS_PER_CALL }, { cluster, desiredStatus: "STOPPED" });
      for await (const { taskArns = [] } of pages) {
        if (taskArns.length === 0) continue;
        const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
        const inTime = tasks.filter(({ stoppedAt }) => stoppedAt && stoppedAt >= from && stoppedAt < to);
        for (const task of inTime) found.push(JSON.parse(JSON.stringify(task)) as StoppedTask);
      }
      return found;
    } catch (error) {
      if (isNamed(error, "ClusterNotFoundException")) return [];
      throw translate(error, `listing the stopped tasks of cluster ${cluster}`);
    }
  },
});
