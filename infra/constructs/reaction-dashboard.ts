import { Duration } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IMetric, type IWidget, TextWidget } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { Reaction } from "./reaction.ts";

const graph = (title: string, left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 8, height: 5 });

/** One row per reaction: what came in, how it went, what was given up. */
export class ReactionDashboard extends Construct {
  constructor(scope: Construct, id: string, reactions: ReadonlyMap<string, Reaction>) {
    super(scope, id);
    const five = { period: Duration.minutes(5) };
    new Dashboard(this, "Dashboard", {
      dashboardName: "ecs-reflex",
      widgets: [...reactions].flatMap(([name, { function: run, queue }]) => [
        [new TextWidget({ markdown: `## ${name}`, width: 24, height: 1 })],
        [
          graph("Events: arrived, waiting seconds", [
            queue.queue.metricNumberOfMessagesSent({ ...five, label: "arrived" }),
            queue.queue.metricApproximateAgeOfOldestMessage({ ...five, label: "oldest (s)", statistic: "max" }),
          ]),
          graph("Runs: invocations, errors, throttles", [
            run.metricInvocations(five),
            run.metricErrors(five),
            run.metricThrottles(five),
          ]),
          graph("Given up: dead letters; longest run (ms)", [
            queue.deadLetters.metricApproximateNumberOfMessagesVisible({ ...five, label: "dead", statistic: "max" }),
            run.metricDuration({ ...five, label: "longest", statistic: "max" }),
          ]),
        ],
      ]),
    });
  }
}
