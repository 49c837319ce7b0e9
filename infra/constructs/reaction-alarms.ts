import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { ReactionDeclaration } from "../reactions.ts";
import type { GuardedQueue } from "./guarded-queue.ts";

/** Where functions write metrics; Powertools names the function in the dimension `service`. */
const METRICS = "EcsReflex";
/** Oldest message an operator hears of; a healthy queue is empty within seconds. */
const OLDEST_MESSAGE_SECONDS = 900;
/** Share of the timeout that one invocation may take before somebody should look. */
const NEAR_TIMEOUT_FRACTION = 0.8;
/** Rounds of a schedule that may be missed before its heartbeat counts as lost. */
const MISSED_ROUNDS = 5;
/** A metric of the function's own has to last: three periods of ten minutes, none without it. */
const LASTING = { periodMinutes: 10, periods: 3 };

export interface ReactionAlarmsProps {
  readonly name: string;
  readonly function: LambdaFunction;
  readonly timeoutSeconds: number;
  readonly queue: GuardedQueue;
  readonly topic: ITopic;
  /** How often its schedule wakes it. @default - no heartbeat is expected */
  readonly everyMinutes?: number | undefined;
  /** @default - its function writes no metric that operators should hear of */
  readonly metricAlarm?: ReactionDeclaration["metricAlarm"] | undefined;
}

interface Threshold {
  readonly above?: number;
  readonly below?: number;
  /** @default 1 */
  readonly periods?: number;
  readonly says: string;
}

/** What wakes a person when a reaction itself is in trouble. */
export class ReactionAlarms extends Construct {
  private readonly props: ReactionAlarmsProps;

  constructor(scope: Construct, id: string, props: ReactionAlarmsProps) {
    super(scope, id);
    this.props = props;
    const { name, queue, timeoutSeconds, everyMinutes, metricAlarm } = props;
    const each = (minutes: number) => ({ period: Duration.minutes(minutes) });

    this.alarm(
      "DeadLetters",
      queue.deadLetters.metricApproximateNumberOfMessagesVisible({ ...each(1), statistic: "max" }),
      {
        above: 0,
        says: `${name} has dead letters: docs/operations.md says how to read and return them`,
      },
    );
    this.alarm("OldestMessage", queue.queue.metricApproximateAgeOfOldestMessage({ ...each(5), statistic: "max" }), {
      above: OLDEST_MESSAGE_SECONDS,
      says: `${name} leaves events waiting for more than ${OLDEST_MESSAGE_SECONDS} s`,
    });
    this.alarm("Errors", props.function.metricErrors(each(5)), { above: 0, says: `${name} failed as a whole` });
    this.alarm("NearTimeout", props.function.metricDuration({ ...each(5), statistic: "max" }), {
      above: timeoutSeconds * 1000 * NEAR_TIMEOUT_FRACTION,
      says: `${name} takes more than ${NEAR_TIMEOUT_FRACTION * 100} % of its ${timeoutSeconds} s`,
    });
    if (metricAlarm) {
      const { metricName, says } = metricAlarm;
      const own = { namespace: METRICS, metricName, dimensionsMap: { service: name }, statistic: "sum" };
      const metric = new Metric({ ...own, ...each(LASTING.periodMinutes) });
      this.alarm(metricAlarm.name, metric, { above: 0, periods: LASTING.periods, says });
    }
    if (everyMinutes === undefined) return;
    this.alarm("Heartbeat", props.function.metricInvocations(each(everyMinutes * MISSED_ROUNDS)), {
      below: 1,
      says: `${name} has not run for ${everyMinutes * MISSED_ROUNDS} minutes`,
    });
  }

  private alarm(id: string, metric: IMetric, { above, below, periods = 1, says }: Threshold): void {
    const isHeartbeat = below !== undefined;
    const alarm = new Alarm(this, id, {
      alarmName: `ecs-reflex ${this.props.name} ${id}`,
      alarmDescription: says,
      metric,
      evaluationPeriods: periods,
      threshold: below ?? above ?? 0,
      comparisonOperator: isHeartbeat
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: isHeartbeat ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.props.topic));
  }
}
