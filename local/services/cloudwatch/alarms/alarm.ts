import { arnOf, type Cloud, type JsonObject } from "../../../contract.ts";
import type { Input } from "../../events/input.ts";
import { dimensionsFrom, metricView, periodFrom, periodOf, type Query, queryFrom, statisticFrom } from "../queries.ts";
import type { Rule } from "./composite.ts";
import { type AlarmState, type StateValue, unchecked } from "./state.ts";

interface Common {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  actionsEnabled: boolean;
  readonly actions: Readonly<Record<StateValue, readonly string[]>>;
  state: AlarmState;
}

/** An alarm over one metric or over metric math. */
export interface MetricAlarm extends Common {
  readonly kind: "metric";
  readonly queries: readonly Query[];
  /** The query whose values are compared. */
  readonly watched: Query;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly missing: MissingData;
  /** As PutMetricAlarm had it, for DescribeAlarms. */
  readonly given: JsonObject;
}

/** An alarm over other alarms. */
export interface CompositeAlarm extends Common {
  readonly kind: "composite";
  readonly ruleText: string;
  readonly rule: Rule;
}

export type Alarm = MetricAlarm | CompositeAlarm;

/** How missing data counts. */
export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

/** The comparisons with a threshold, with the words of a state's reason. */
export const COMPARISONS = {
  GreaterThanThreshold: { breaches: (value: number, threshold: number) => value > threshold, words: "greater than" },
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value >= threshold,
    words: "greater than or equal to",
  },
  LessThanThreshold: { breaches: (value: number, threshold: number) => value < threshold, words: "less than" },
  LessThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value <= threshold,
    words: "less than or equal to",
  },
} as const;
type Comparison = keyof typeof COMPARISONS;
const COMPARISON_NAMES = Object.keys(COMPARISONS) as Comparison[];

const MISSING: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];

const commonFrom = (input: Input, cloud: Cloud, replaced: Alarm | undefined): Common => {
  const name = input.text("AlarmName");
  return {
    name,
    arn: arnOf(cloud, "cloudwatch", `alarm:${name}`),
    description: input.optionalText("AlarmDescription"),
    actionsEnabled: input.flag("ActionsEnabled", true),
    actions: {
      ALARM: input.texts("AlarmActions"),
      OK: input.texts("OKActions"),
      INSUFFICIENT_DATA: input.texts("InsufficientDataActions"),
    },
    state: replaced?.state ?? unchecked(cloud.clock.now()),
  };
};

const singleQuery = (input: Input, id: string): Query => {
  const statisticName = input.optionalText("ExtendedStatistic") ?? input.text("Statistic");
  return {
    id,
    label: undefined,
    returnData: true,
    kind: "metric",
    metric: { namespace: input.text("Namespace"), name: input.text("MetricName"), dimensions: dimensionsFrom(input) },
    statisticName,
    statistic: statisticFrom(input, statisticName),
    periodSeconds: periodFrom(input),
  };
};

/** An alarm from the members of PutMetricAlarm; one of the same name keeps its state. */
export const metricAlarmFrom = (input: Input, cloud: Cloud, replaced?: Alarm): MetricAlarm => {
  const listed = input.objects("Metrics");
  const queries = listed.length > 0 ? listed.map(queryFrom) : [singleQuery(input, cloud.random.uuid())];
  const returned = queries.filter(({ returnData }) => returnData);
  const [watched] = returned;
  if (!watched || returned.length > 1)
    throw input.refusal(`Exactly one element of the metrics list should return data, ${returned.length} do.`);
  const evaluationPeriods = input.wholeNumber("EvaluationPeriods", 1, 8_640);
  const missing = input.optionalText("TreatMissingData") ?? "missing";
  const known = MISSING.find((each) => each === missing);
  if (!known) throw input.refusal(`The value ${missing} is not supported for TreatMissingData`);
  const periodSeconds = periodOf(queries);
  if (periodSeconds * evaluationPeriods > Math.max(86_400, periodSeconds === 86_400 ? 604_800 : 0))
    throw input.refusal(
      "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
    );
  return {
    ...commonFrom(input, cloud, replaced),
    kind: "metric",
    queries,
    watched,
    periodSeconds,
    evaluationPeriods,
    datapointsToAlarm: input.wholeNumber("DatapointsToAlarm", 1, evaluationPeriods, evaluationPeriods),
    threshold: input.number("Threshold"),
    comparison: input.word("ComparisonOperator", COMPARISON_NAMES),
    missing: known,
    given: input.members,
  };
};

/** A composite alarm from the members of PutCompositeAlarm. */
export const compositeAlarmFrom = (
  input: Input,
  cloud: Cloud,
  parse: (text: string) => Rule,
  replaced?: Alarm,
): CompositeAlarm => {
  const ruleText = input.text("AlarmRule");
  if (input.optionalText("ActionsSuppressor") !== undefined)
    throw input.refusal("ActionsSuppressor is not modelled; leave it out");
  try {
    return { ...commonFrom(input, cloud, replaced), kind: "composite", ruleText, rule: parse(ruleText) };
  } catch (error) {
    if (error instanceof SyntaxError) throw input.refusal(`AlarmRule: ${error.message}`);
    throw error;
  }
};

/** What an alarm watches, as its events tell it. */
export const configurationOf = (alarm: Alarm): JsonObject => {
  const description = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.kind === "composite") return { ...description, alarmRule: alarm.ruleText };
  const metrics = alarm.queries.map((query) => ({
    ...(query.kind === "expression" && { expression: query.text }),
    id: query.id,
    ...(query.label !== undefined && { label: query.label }),
    ...(query.kind === "metric" && {
      metricStat: {
        metric: {
          dimensions: query.metric.dimensions,
          name: query.metric.name,
          namespace: query.metric.namespace,
        },
        period: query.periodSeconds,
        stat: query.statisticName,
      },
    }),
    returnData: query.returnData,
  }));
  return { ...description, metrics };
};

const stateView = ({ state, actions, ...alarm }: Alarm): JsonObject => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  AlarmDescription: alarm.description,
  ActionsEnabled: alarm.actionsEnabled,
  AlarmActions: actions.ALARM,
  OKActions: actions.OK,
  InsufficientDataActions: actions.INSUFFICIENT_DATA,
  StateValue: state.value,
  StateReason: state.reason,
  StateReasonData: state.reasonData,
  StateUpdatedTimestamp: state.atMs / 1000,
});

/** An alarm as DescribeAlarms tells it. */
export const alarmView = (alarm: Alarm): JsonObject => {
  if (alarm.kind === "composite") return { ...stateView(alarm), AlarmRule: alarm.ruleText };
  const { watched, given } = alarm;
  const single = Array.isArray(given.Metrics) && given.Metrics.length > 0 ? undefined : watched;
  return {
    ...stateView(alarm),
    ...(single?.kind === "metric" && {
      ...metricView(single.metric),
      Period: single.periodSeconds,
      [given.ExtendedStatistic === undefined ? "Statistic" : "ExtendedStatistic"]: single.statisticName,
    }),
    ...(!single && { Metrics: given.Metrics }),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missing,
  };
};
