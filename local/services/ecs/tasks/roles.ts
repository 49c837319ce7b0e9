/** Roles of a task: ECS must be able to assume them before it makes one. */
import type { IamDoor } from "../../../neighbours.ts";
import type { Ecs, TaskDefinition } from "../state.ts";

/** Why no task can be made of the revision, in ECS's words; undefined when its roles trust ECS tasks. */
export function roleRefusal(ecs: Ecs, { executionRoleArn, taskRoleArn }: TaskDefinition): string | undefined {
  const iam = ecs.cloud.neighbour<IamDoor>("iam");
  const refused = [executionRoleArn, taskRoleArn].find(
    (role) => role !== undefined && !iam.trusts(role, "ecs-tasks.amazonaws.com"),
  );
  return refused === undefined
    ? undefined
    : `ECS was unable to assume the role '${refused}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
