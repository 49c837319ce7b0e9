import { join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Role } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { CODEDEPLOY_HOOK_FUNCTION_NAME, HOOK_FUNCTION_NAME } from "#shared/gate/hook-function.ts";
import { ownFunction } from "./own-function.ts";
import type { JustifiedStatement } from "./permissions.ts";

/** Folders in `functions/` and of the bundles. */
export const GATE_HOOK = "gate-hook";
export const CODEDEPLOY_HOOK = "gate-codedeploy";

export interface HookDeclaration {
  readonly folder: string;
  readonly functionName: string;
  readonly summary: string;
  readonly timeoutSeconds: number;
  /** What it means that the function failed. */
  readonly failureMeans: string;
}

/** ECS's own hook: asked again until it answers. */
export const ECS_HOOK: HookDeclaration = {
  folder: GATE_HOOK,
  functionName: HOOK_FUNCTION_NAME,
  summary: "Tells ECS whether the images of a deployment may run, before its first task starts",
  timeoutSeconds: 30,
  failureMeans: "ECS takes as no: deployments of the services that use it go back",
};

/** CodeDeploy's hook: asked once, so it waits for a scan as long as a function may last. */
export const BEFORE_INSTALL_HOOK: HookDeclaration = {
  folder: CODEDEPLOY_HOOK,
  functionName: CODEDEPLOY_HOOK_FUNCTION_NAME,
  summary: "Tells CodeDeploy whether the images of a deployment may run, before its first task starts",
  timeoutSeconds: 900,
  failureMeans: "CodeDeploy hears as no, or after an hour without an answer takes as no",
};

/** Stays when the stack goes; what a first deployment that failed has made goes, for its names would be taken. */
const OUTLIVES = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

export interface GateHookProps {
  readonly hook: HookDeclaration;
  /** Folder with one bundle per function. */
  readonly bundlesFolder: string;
  readonly statements: readonly JustifiedStatement[];
  /** Names of what its statements let it use. */
  readonly environment: Readonly<Record<string, string>>;
  readonly operators: ITopic;
}

/**
 * A Lambda deployment hook. Every deployment goes back whose hook cannot be called, so function, role and policy
 * stay when the stack is removed; `npm run gate -- --before-removal` names the services that still use them.
 */
export class GateHook extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: GateHookProps) {
    super(scope, id);
    const { hook, bundlesFolder, statements, environment, operators } = props;
    const { folder, functionName, summary } = hook;
    const own = ownFunction(this, {
      functionName,
      folder,
      bundleFolder: join(bundlesFolder, folder),
      summary,
      timeoutSeconds: hook.timeoutSeconds,
      memoryMiB: 512,
      environment,
      logRemoval: OUTLIVES,
    });
    own.allow(...statements);
    this.function = own.function;
    this.function.applyRemovalPolicy(OUTLIVES);
    for (const child of own.role.node.findAll().filter((each) => "applyRemovalPolicy" in each))
      (child as Role).applyRemovalPolicy(OUTLIVES);
    new Alarm(this, "Errors", {
      alarmName: `ecs-reflex ${folder} Errors`,
      alarmDescription: `${folder} failed, which ${hook.failureMeans}`,
      metric: this.function.metricErrors({ period: Duration.minutes(5) }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operators));
    new CfnOutput(this, "FunctionArn", { value: this.function.functionArn });
  }
}
