/** `Metrics` on Amazon CloudWatch. */
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { ReflexError } from "#shared/errors.ts";
import type { Metrics, QueueMinute } from "#shared/ports/metrics.ts";
import { readingOf } from "./reading.ts";

const PERIOD_SECONDS = 60;

/** Where workers say how long a message takes. */
const WORKERS = "EcsReflex/Workers";

const ofQueue = (Id: string, Namespace: string, MetricName: string, queueName: string, Stat: "Sum" | "Average") => ({
  Id,
  MetricStat: {
    Metric: { Namespace, MetricName, Dimensions: [{ Name: "QueueName", Value: queueName }] },
    Period: PERIOD_SECONDS,
    Stat,
  },
});

/** Values by the second at which their minute began. */
const byMinute = (results: readonly MetricDataResult[], id: string): ReadonlyMap<number, number> => {
  const { Timestamps = [], Values = [] } = results.find(({ Id }) => Id === id) ?? {};
  return new Map(Timestamps.map((at, index) => [at.getTime() / 1000, Values[index] ?? 0]));
};

/** The CloudWatch of one account and region. */
export const cloudwatchMetrics = (cloudwatch: CloudWatchClient): Metrics => ({
  queueMinutes: (queueName, { from, to, isReported }) =>
    readingOf({ doing: `reading the metrics of queue ${queueName}`, gone: [] }, async () => {
      const { MetricDataResults = [] } = await cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: from,
          EndTime: to,
          ScanBy: "TimestampAscending",
          MetricDataQueries: [
            ofQueue("sent", "AWS/SQS", "NumberOfMessagesSent", queueName, "Sum"),
            ofQueue("deleted", "AWS/SQS", "NumberOfMessagesDeleted", queueName, "Sum"),
            ...(isReported ? [ofQueue("seconds", WORKERS, "SecondsPerMessage", queueName, "Average")] : []),
          ],
        }),
      );
      // A series that breaks off would look like a queue that fell silent.
      const broken = MetricDataResults.find(({ StatusCode }) => StatusCode !== "Complete");
      if (broken)
        throw new ReflexError("unavailable", `reading ${broken.Id} of queue ${queueName}: ${broken.StatusCode}`);
      const sent = byMinute(MetricDataResults, "sent");
      const deleted = byMinute(MetricDataResults, "deleted");
      const seconds = byMinute(MetricDataResults, "seconds");
      // A minute that only one of the two has is still on its way.
      return [...sent.keys()]
        .filter((startSeconds) => deleted.has(startSeconds))
        .sort((a, b) => a - b)
        .map((startSeconds): QueueMinute => {
          const secondsPerMessage = seconds.get(startSeconds);
          return {
            startSeconds,
            sentMessages: sent.get(startSeconds) ?? 0,
            deletedMessages: deleted.get(startSeconds) ?? 0,
            ...(secondsPerMessage !== undefined && { secondsPerMessage }),
          };
        });
    }),
});
