// Seconds per message as a metric, once a minute: one custom metric, whatever the number of tasks.
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";

const cloudwatch = new CloudWatchClient();
const EVERY_MS = Number(process.env.REPORT_EVERY_MS ?? 60_000);
/** PutMetricData takes so many values at once. */
const MOST_VALUES = 150;
let seconds: number[] = [];
let reportedAtMs = performance.now();

/** Notes one message, and publishes all of the last minute; what CloudWatch does not take is lost, and no reason to stop working.
 *  The scaler reads it where the configuration says `workerReports`. */
export const report = async (queueUrl: string, messageSeconds: number): Promise<void> => {
  seconds = [...seconds, messageSeconds].slice(-MOST_VALUES);
  if (performance.now() - reportedAtMs < EVERY_MS) return;
  const Dimensions = [{ Name: "QueueName", Value: queueUrl.slice(queueUrl.lastIndexOf("/") + 1) }];
  const MetricData = [{ MetricName: "SecondsPerMessage", Dimensions, Values: seconds, Unit: "Seconds" as const }];
  seconds = [];
  reportedAtMs = performance.now();
  await cloudwatch
    .send(new PutMetricDataCommand({ Namespace: "EcsReflex/Workers", MetricData }))
    .catch((error: unknown) => console.error(`reporting seconds per message: ${error}`));
};
