/** The awslogs driver: whether the execution role may write a task's logs, and the words of ECS when it may not. */
import { arnOf } from "../../../contract.ts";
import type { CallsDoor } from "../../../neighbours.ts";
import type { Ecs } from "../state.ts";
import type { Task } from "./task.ts";

/** Why the task's log streams cannot be made; undefined when they can. Source: ECS developer guide, resource-initialization-error. */
export function deniedLogs(ecs: Ecs, task: Task): string | undefined {
  const roleArn = task.definition.executionRoleArn;
  if (roleArn === undefined) return undefined;
  const calls = ecs.cloud.neighbour<CallsDoor>("calls");
  const principal = { kind: "role", roleArn, sessionName: task.id } as const;
  for (const group of new Set(task.containers.flatMap(({ spec }) => spec.logGroup ?? []))) {
    const resource = arnOf(ecs.cloud, "logs", `log-group:${group}:log-stream:*`);
    for (const operation of ["CreateLogStream", "PutLogEvents"])
      if (!calls.check(principal, "logs", operation, [{ action: `logs:${operation}`, resource }]))
        return `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: not authorized to perform: logs:${operation} on resource: ${resource} : exit status 1`;
  }
  return undefined;
}
