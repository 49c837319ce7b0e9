/** What CloudWatch is told of every queue, once a minute. */
import type { Cloud } from "../../contract.ts";
import type { CloudWatchDoor } from "../../neighbours.ts";
import type { Activity } from "./activity.ts";
import type { Queue } from "./queue.ts";
import type { Queues } from "./queues.ts";

const minuteMs = 60_000;
/** A queue without messages and calls falls silent after this. Source: SQS developer guide, "Available CloudWatch metrics". */
const silentAfterMs = 6 * 3600_000;
/** It takes up to this long until one that was silent is heard of again. Source: the same page. */
const wakesWithinMs = 15 * minuteMs;

/** Publishes the metrics of the queues that are not silent. */
export class QueueMetrics {
  readonly #cloud: Cloud;
  readonly #queues: Queues;
  readonly #silentUntilMs = new Map<Queue, number>();

  constructor(cloud: Cloud, queues: Queues) {
    this.#cloud = cloud;
    this.#queues = queues;
  }

  /** Measures at the end of each minute, so that a value counts for the minute it tells of. */
  start(): void {
    const nowMs = this.#cloud.clock.now();
    const endOfMinuteMs = (Math.floor((nowMs + 1) / minuteMs) + 1) * minuteMs - 1;
    this.#cloud.clock.at(endOfMinuteMs, "sqs: metrics of a minute", () => {
      for (const queue of this.#queues.all()) {
        const activity = queue.takeActivity();
        if (!this.#isSilent(queue)) this.#publish(queue, activity);
      }
      this.start();
    });
  }

  #isSilent(queue: Queue): boolean {
    const nowMs = this.#cloud.clock.now();
    const isIdle = queue.isEmpty && nowMs - queue.lastUsedAtMs >= silentAfterMs;
    const untilMs = this.#silentUntilMs.get(queue);
    if (isIdle) {
      this.#silentUntilMs.set(queue, Number.POSITIVE_INFINITY);
      return true;
    }
    if (untilMs === undefined) return false;
    if (untilMs === Number.POSITIVE_INFINITY) {
      this.#silentUntilMs.set(queue, nowMs + this.#cloud.random.next() * wakesWithinMs);
      return true;
    }
    if (nowMs < untilMs) return true;
    this.#silentUntilMs.delete(queue);
    return false;
  }

  #publish(queue: Queue, activity: Activity): void {
    const cloudWatch = this.#cloud.neighbour<CloudWatchDoor>("cloudwatch");
    const { visible, inFlight, delayed } = queue.counts;
    const put = (name: string, value: number, unit: string) =>
      cloudWatch.put("AWS/SQS", name, { QueueName: queue.name }, value, unit);
    put("ApproximateNumberOfMessagesVisible", visible, "Count");
    put("ApproximateNumberOfMessagesNotVisible", inFlight, "Count");
    put("ApproximateNumberOfMessagesDelayed", delayed, "Count");
    put("ApproximateAgeOfOldestMessage", queue.oldestAgeSeconds, "Seconds");
    put("NumberOfMessagesSent", activity.sent, "Count");
    put("NumberOfMessagesReceived", activity.received, "Count");
    put("NumberOfMessagesDeleted", activity.deleted, "Count");
    put("NumberOfEmptyReceives", activity.emptyReceives, "Count");
    if (activity.sent > 0) put("SentMessageSize", activity.sentBytes / activity.sent, "Bytes");
  }
}
