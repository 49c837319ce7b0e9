import { join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { FunctionUrlAuthType } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { ownFunction } from "./own-function.ts";
import type { JustifiedStatement } from "./permissions.ts";

/** Folder in `functions/` and of the bundle. */
export const CONVERSE = "converse";

/** Slack waits three seconds for an answer; one that takes longer is a person who sees a warning sign. */
const SLACK_WAITS_MS = 3000;

export interface RequestUrlProps {
  /** Folder with one bundle per function. */
  readonly bundlesFolder: string;
  readonly statements: readonly JustifiedStatement[];
  /** Names of what its statements let it use. */
  readonly environment: Readonly<Record<string, string>>;
  readonly operators: ITopic;
}

/**
 * The one address that Slack sends clicks to. Anybody may call it, for Slack has no AWS credentials: the function
 * refuses whatever Slack has not signed before it reads anything but its secret.
 */
export class RequestUrl extends Construct {
  constructor(scope: Construct, id: string, { bundlesFolder, statements, environment, operators }: RequestUrlProps) {
    super(scope, id);
    const own = ownFunction(this, {
      functionName: `reflex-${CONVERSE}`,
      folder: CONVERSE,
      bundleFolder: join(bundlesFolder, CONVERSE),
      summary: "Hears what people answer in Slack, and writes it where the plan's owner finds it",
      timeoutSeconds: 10,
      // memory is CPU, and a cold start has to fit into Slack's three seconds
      memoryMiB: 1024,
      environment: { ...environment, POWERTOOLS_METRICS_NAMESPACE: "EcsReflex" },
      logRemoval: RemovalPolicy.DESTROY,
    });
    own.allow(...statements);
    const { function: converse } = own;
    // AWS asks for lambda:InvokeFunctionUrl and lambda:InvokeFunction; CDK adds both
    const { url } = converse.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    new CfnOutput(this, "Url", { value: url, description: "Slack's request URL for interactivity and commands" });

    const five = { period: Duration.minutes(5) };
    this.alarm(
      "Errors",
      converse.metricErrors(five),
      0,
      `${CONVERSE} failed: a click may not have been heard`,
      operators,
    );
    this.alarm(
      "SlowAnswers",
      converse.metricDuration({ ...five, statistic: "max" }),
      SLACK_WAITS_MS,
      `${CONVERSE} took longer than Slack waits: people see a warning sign, although the click counted`,
      operators,
    );
    this.alarm(
      "Throttles",
      converse.metricThrottles(five),
      0,
      `${CONVERSE} is called more often than Lambda lets it: clicks are lost, perhaps somebody floods its URL`,
      operators,
    );
  }

  private alarm(id: string, metric: IMetric, threshold: number, says: string, operators: ITopic): void {
    new Alarm(this, id, {
      alarmName: `ecs-reflex ${CONVERSE} ${id}`,
      alarmDescription: says,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operators));
  }
}
