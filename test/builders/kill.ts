/** Events of a task that was killed for memory, in the shape that reaches a queue. */
import type { Message } from "#shared/runtime/inbox.ts";
import { PREFIX } from "../fakes/services.ts";

interface KillOptions {
  readonly task?: string;
  readonly revision?: number;
  readonly service?: string;
  readonly at?: string;
  /** Seconds from the start to the death; below ten minutes is an early death. */
  readonly ranSeconds?: number;
  readonly version?: number;
}

/** A kill of `order-service` five minutes after its start, now. */
export const killEvent = ({
  task = "0".repeat(32),
  revision = 1,
  service = "order-service",
  at = "2026-11-23T03:00:00.000Z",
  ranSeconds = 300,
  version = 5,
}: KillOptions = {}): Message => ({
  kind: "event",
  detailType: "ECS Task State Change",
  event: {
    id: "6c4f9f5a-0000-4000-8000-000000000000",
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    time: at,
    detail: {
      taskArn: `${PREFIX}:task/production/${task}`,
      clusterArn: `${PREFIX}:cluster/production`,
      taskDefinitionArn: `${PREFIX}:task-definition/${service}:${revision}`,
      group: `service:${service}`,
      version,
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      startedAt: new Date(Date.parse(at) - ranSeconds * 1000).toISOString(),
      executionStoppedAt: at,
      stoppingAt: at,
      stoppedAt: at,
      containers: [
        {
          name: service,
          image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/${service}:v1`,
          lastStatus: "STOPPED",
          exitCode: 137,
          reason: "OutOfMemoryError: Container killed due to memory usage",
        },
      ],
    },
  },
});
