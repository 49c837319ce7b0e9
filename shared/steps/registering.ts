/** What every step that registers a revision shares: its tags and its permissions. */
import type { Permission } from "#shared/domain/permission.ts";
import type { Plan } from "#shared/domain/plan.ts";
import { BASED_ON_TAG, PLAN_TAG, type Tags, WAY_BACK_TAG } from "#shared/domain/tags.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";

/** Names the plan and the base, so that a revision whose registration was not recorded is found again. */
export const planTag = (plan: Plan, base: TaskDefinition): string => `${plan.id}/${base.revision}`;

/** The base's own tags without those that speak of that revision alone. */
const without = (tags: Tags, dropped: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !dropped.includes(key)));

/** The base's own tags and ours. `dropped` are keys that a change of its images makes void. */
export const planTags = (plan: Plan, base: TaskDefinition, dropped: readonly string[] = []): Tags => ({
  ...without(base.tags, [WAY_BACK_TAG, ...dropped]),
  [PLAN_TAG]: planTag(plan, base),
  [BASED_ON_TAG]: base.arn,
});

export const registerPermissions: readonly Permission[] = [
  {
    actions: ["ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"],
    on: "any",
    because:
      "the base is copied, and a revision registered by an interrupted attempt is found again; IAM does not limit these to one family",
  },
  {
    actions: ["ecs:RegisterTaskDefinition"],
    on: "task-definition",
    because: "a revision with the new size is registered",
  },
  { actions: ["ecs:TagResource"], on: "task-definition", because: "the revision names its plan and its base" },
  {
    actions: ["iam:PassRole"],
    on: "task-role",
    because: "a new revision names the same task and execution roles as its base",
  },
];
