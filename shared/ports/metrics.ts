/** What a metrics service must be able to tell. */
import type { Reading } from "./reading.ts";

/** A whole minute of a queue's metrics, as published. */
export interface QueueMinute {
  readonly startSeconds: number;
  readonly sentMessages: number;
  readonly deletedMessages: number;
  /** Mean seconds of a message as the workers themselves published them. */
  readonly secondsPerMessage?: number;
}

export interface MinuteSpan {
  readonly from: Date;
  readonly to: Date;
  readonly isReported: boolean;
}

export interface Metrics {
  /**
   * The minutes of the queue that begin at or after `from` and before `to`, oldest first; what is not published yet is left out.
   * Every metric that is asked for costs, so what workers report is asked for only where they do.
   */
  queueMinutes(queueName: string, span: MinuteSpan): Promise<Reading<readonly QueueMinute[]>>;
}
