/** What the doors of the gate need to judge a deployment. */
import type { Permission } from "#shared/domain/permission.ts";

/** What every door needs. */
export const judgingPermissions: readonly Permission[] = [
  {
    actions: ["ecs:DescribeServices"],
    on: "service",
    because: "the service, its deployment, its hooks and its tags are read",
  },
  {
    actions: ["ecs:DescribeTaskDefinition"],
    on: "any",
    because: "the images of a revision and its platform; IAM does not limit it to one family",
  },
  {
    actions: ["ecr:BatchGetImage"],
    on: "repository",
    because: "a tag is followed to its digest and an index to the image of the task's platform",
  },
  { actions: ["ecr:DescribeImageScanFindings"], on: "repository", because: "the verdict rests on the findings" },
  {
    actions: ["ecr:DescribeRepositories"],
    on: "repository",
    because: "whether a tag may be moved, where the policy asks",
  },
];

/** What tells of a deployment of ECS's own which images it brings and which run. */
export const revisionPermissions: readonly Permission[] = [
  {
    actions: ["ecs:DescribeServiceRevisions"],
    on: "service-revision",
    because: "what a deployment brings and what it replaces",
  },
];
