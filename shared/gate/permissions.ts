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
  { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], on: "ledger-images", because: "scans are kept by digest" },
  { actions: ["dynamodb:Query"], on: "ledger-waivers", because: "waivers given at runtime are read" },
  { actions: ["dynamodb:GetItem"], on: "ledger-threats", because: "known exploits given at runtime are read" },
  { actions: ["dynamodb:Query"], on: "ledger-vulnerabilities", because: "what Inspector said is read" },
];

/** What the hooks need besides: they answer the same question the same. */
export const answeringPermissions: readonly Permission[] = [
  { actions: ["dynamodb:GetItem", "dynamodb:PutItem"], on: "ledger-answers", because: "the answer is remembered" },
  { actions: ["dynamodb:PutItem"], on: "ledger-incidents", because: "the answer is recorded" },
];

/** What tells of a deployment of ECS's own which images it brings and which run. */
export const revisionPermissions: readonly Permission[] = [
  {
    actions: ["ecs:DescribeServiceRevisions"],
    on: "service-revision",
    because: "what a deployment brings and what it replaces",
  },
];
