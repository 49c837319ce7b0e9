/** `RunningImages` on Amazon ECS: tasks in, digests out. */
import { DescribeTasksCommand, type ECSClient, ListTasksCommand } from "@aws-sdk/client-ecs";
import type { RunningImages } from "#shared/ports/running-images.ts";
import { translate } from "./errors.ts";

export const ecsRunningImages = (ecs: ECSClient): RunningImages => ({
  async digests({ cluster, name }) {
    try {
      // Without a size, a page is as long as DescribeTasks takes: a hundred. Source: ECS API reference, ListTasks.
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: name }));
      if (taskArns.length === 0) return new Set();
      const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
      const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
      const containers = running.flatMap((task) => task.containers ?? []);
      return new Set(containers.flatMap(({ imageDigest }) => imageDigest ?? []));
    } catch (error) {
      throw translate(error, `reading what the tasks of ${cluster}/${name} run`);
    }
  },
});
