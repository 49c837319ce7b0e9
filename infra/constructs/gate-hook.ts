import { join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { HOOK_FUNCTION_NAME } from "#shared/gate/hook-function.ts";
import type { JustifiedStatement } from "./permissions.ts";
import { acknowledgeWildcards } from "./wildcards.ts";

/** Folder in `functions/` and of the bundle. */
export const GATE_HOOK = "gate-hook";

export interface GateHookProps {
  /** Folder with one bundle per function. */
  readonly bundlesFolder: string;
  readonly statements: readonly JustifiedStatement[];
  /** Names of what its statements let it use. */
  readonly environment: Readonly<Record<string, string>>;
  readonly operators: ITopic;
}

/**
 * The Lambda deployment hook. ECS rolls every deployment back whose hook it cannot call, so function, role and policy
 * stay when the stack is removed; `npm run gate -- --before-removal` names the services that still use them.
 */
export class GateHook extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { bundlesFolder, statements, environment, operators }: GateHookProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${HOOK_FUNCTION_NAME}`,
      retention: RetentionDays.THREE_MONTHS,
    });
    const summary = "Tells ECS whether the images of a deployment may run, before its first task starts";
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: summary,
    });
    this.function = new LambdaFunction(this, "Function", {
      functionName: HOOK_FUNCTION_NAME,
      description: summary,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: Code.fromAsset(join(bundlesFolder, GATE_HOOK)),
      timeout: Duration.seconds(30),
      memorySize: 512,
      role,
      logGroup,
      environment: { ...environment, REFLEX_FUNCTION: GATE_HOOK, POWERTOOLS_SERVICE_NAME: GATE_HOOK },
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: "WritesLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [logGroup.logGroupArn],
      }),
    );
    for (const { statement } of statements) role.addToPolicy(statement);
    acknowledgeWildcards(
      role,
      statements.flatMap(({ statement, wildcard }) =>
        wildcard === undefined ? [] : [{ resources: statement.resources, reason: wildcard }],
      ),
    );
    this.function.applyRemovalPolicy(RemovalPolicy.RETAIN);
    for (const child of role.node.findAll().filter((each) => "applyRemovalPolicy" in each))
      (child as Role).applyRemovalPolicy(RemovalPolicy.RETAIN);
    new Alarm(this, "Errors", {
      alarmName: `reflex ${GATE_HOOK} Errors`,
      alarmDescription: `${GATE_HOOK} failed, which ECS takes as no: deployments of the services that use it go back`,
      metric: this.function.metricErrors({ period: Duration.minutes(5) }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operators));
    new CfnOutput(this, "FunctionArn", { value: this.function.functionArn });
  }
}
