/** `TaskCounts` on Amazon ECS. */
import { DescribeServicesCommand, type ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import type { TaskCounts } from "#shared/ports/task-counts.ts";
import { stateOf } from "./ecs-services.ts";
import { readingOf } from "./reading.ts";

const NO_SUCH_SERVICE = ["ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException"];

/** The ECS of one account and region. */
export const ecsTaskCounts = (ecs: ECSClient): TaskCounts => ({
  read: (ref) =>
    readingOf({ doing: `describing service ${ref.arn}`, gone: NO_SUCH_SERVICE }, async () => {
      const { services = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.name], include: ["TAGS"] }),
      );
      const [service] = services;
      return service && stateOf(ref, service);
    }),

  set: (ref, desiredCount) =>
    readingOf(
      { doing: `setting the desired count of ${ref.arn} to ${desiredCount}`, gone: NO_SUCH_SERVICE },
      async () => {
        await ecs.send(new UpdateServiceCommand({ cluster: ref.cluster, service: ref.name, desiredCount }));
        return true as const;
      },
    ),
});
