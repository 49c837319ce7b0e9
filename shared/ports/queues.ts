/** What a queue service must be able to tell of the queues that workers work. */
import type { Reading } from "./reading.ts";

/** SQS counts: approximate, and some seconds old. */
export interface QueueCounts {
  readonly visibleMessages: number;
  readonly inFlightMessages: number;
}

export interface Queues {
  /** The counts of the queue of that name in our account and region. */
  counts(queueName: string): Promise<Reading<QueueCounts>>;
}
