import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { JustifiedStatement } from "./permissions.ts";
import { acknowledgeWildcards } from "./wildcards.ts";

export interface OwnFunctionProps {
  readonly functionName: string;
  /** Its name in `functions/`, in logs and in metrics. */
  readonly folder: string;
  /** Folder with the bundle and the resolved configuration. */
  readonly bundleFolder: string;
  readonly summary: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  /** Names of what it uses. */
  readonly environment: Readonly<Record<string, string>>;
  /** What becomes of its log when it goes. */
  readonly logRemoval: RemovalPolicy;
}

/** A function of ours, and what lets it do more. */
export interface OwnFunction {
  readonly function: LambdaFunction;
  readonly role: Role;
  /** Adds statements to its role. */
  allow(...statements: readonly JustifiedStatement[]): void;
}

/** Gives a construct its one function, with a log and a role that may at first do nothing but write that log. */
export function ownFunction(scope: Construct, props: OwnFunctionProps): OwnFunction {
  const { functionName, folder, summary } = props;
  const logGroup = new LogGroup(scope, "Logs", {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: props.logRemoval,
  });
  const role = new Role(scope, "Role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    description: summary,
  });
  const made = new LambdaFunction(scope, "Function", {
    functionName,
    description: summary,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code: Code.fromAsset(props.bundleFolder),
    timeout: Duration.seconds(props.timeoutSeconds),
    memorySize: props.memoryMiB,
    role,
    logGroup,
    environment: { ...props.environment, REFLEX_FUNCTION: folder, POWERTOOLS_SERVICE_NAME: folder },
  });
  const allow = (...statements: readonly JustifiedStatement[]): void => {
    for (const { statement } of statements) role.addToPolicy(statement);
    acknowledgeWildcards(
      role,
      statements.flatMap(({ statement, wildcard }) =>
        wildcard === undefined ? [] : [{ resources: statement.resources, reason: wildcard }],
      ),
    );
  };
  allow({
    statement: new PolicyStatement({
      sid: "WritesLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    }),
  });
  return { function: made, role, allow };
}
