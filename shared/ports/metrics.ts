/** What a metrics service must be able to tell. */
import type { Reading } from "./reading.ts";

/** A whole minute of a queue's metrics, as published. */
export interface QueueMinute {
  readonly startSeconds: number;
  readonly sentMessages: number;
  readonly deletedMessages: number;
}

export interface Metrics {
  /** The minutes of the queue that begin at or after `from` and before `to`, oldest first; what is not published yet is left out. */
  queueMinutes(queueName: string, from: Date, to: Date): Promise<Reading<readonly QueueMinute[]>>;
}
