import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { Permission } from "#shared/domain/permission.ts";
import { AutomationStack } from "./automation-stack.ts";
import type { TaskCaps } from "./constructs/permissions.ts";
import type { FollowedQueue } from "./followed-queue.ts";
import { PlatformStack } from "./platform-stack.ts";

/** Where the roles of the platform's tasks live; the automation may pass these and no others. */
const DEFAULT_ROLE_PATH = "/reflex-platform/";
/** The cluster that the platform stack makes; the automation looks after those of the configuration. */
const PLATFORM_CLUSTER = "production";

/** Fixed here, not in cdk.json: `node infra/app.ts` and the CDK CLI must write the same templates. */
const FIXED_CONTEXT = {
  "aws:cdk:enable-path-metadata": true,
  "aws:cdk:enable-asset-metadata": false,
  "@aws-cdk/aws-ecs:arnFormatIncludesClusterName": true,
  "@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker": true,
  "@aws-cdk/aws-ecs:reduceEc2FargateCloudWatchPermissions": true,
  "@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm": true,
  "@aws-cdk/core:checkSecretUsage": true,
  // CloudFormation's own findings, such as a size Fargate does not sell, are errors
  "@aws-cdk/core:validateAgainstDefaultRules": true,
};

export interface AppInputs {
  /** Folder with one bundle per reaction. */
  readonly bundlesFolder: string;
  /** Names of the clusters that the configuration looks after. */
  readonly clusters: readonly string[];
  readonly caps: TaskCaps;
  /** The queues that services follow. */
  readonly queues: readonly FollowedQueue[];
  readonly permissions: Readonly<Record<string, readonly Permission[]>>;
  /** Whether cdk-nag's rules judge the templates as well. */
  readonly isJudged: boolean;
  /** Where the assembly goes. @default - where the CDK CLI says, else a temporary folder */
  readonly outputFolder?: string;
  /** Answers that would come from `-c key=value`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Both stacks, not yet synthesized; the context may name `rolePath`, `certificateArn` and `imageTag`. */
export const composeApp = ({
  bundlesFolder,
  clusters,
  caps,
  queues,
  permissions,
  isJudged,
  outputFolder,
  context,
}: AppInputs): App => {
  const app = new App({
    // synthesized once, by whoever composed it
    autoSynth: false,
    analyticsReporting: false,
    treeMetadata: false,
    context: { ...context },
    postCliContext: FIXED_CONTEXT,
    ...(outputFolder !== undefined && { outdir: outputFolder }),
  });
  const said = (key: string): string | undefined => app.node.tryGetContext(key);
  const rolePath = said("rolePath") ?? DEFAULT_ROLE_PATH;

  new PlatformStack(app, "ReflexPlatform", {
    description: "The platform: one cluster, one load balancer, four services",
    clusterName: PLATFORM_CLUSTER,
    rolePath,
    certificateArn: said("certificateArn"),
    imageTag: said("imageTag"),
    queues: queues.filter(({ cluster }) => cluster === PLATFORM_CLUSTER),
  });
  new AutomationStack(app, "ReflexAutomation", {
    description: "ecs-reflex: AWS events come in, careful reactions go out",
    clusters,
    rolePath,
    caps,
    queues,
    bundlesFolder,
    permissions,
  });
  if (isJudged) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
};
