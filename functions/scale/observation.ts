/** One minute of the queue's CloudWatch metrics, as published. */
export interface QueueMinute {
  readonly startSeconds: number;
  readonly sentMessages: number;
  readonly deletedMessages: number;
}

/** What the function can read at a tick. A part that could not be read is absent, never zero. */
export interface ScaleObservation {
  /** Now, in seconds since the epoch. */
  readonly nowSeconds: number;
  /** SQS GetQueueAttributes: approximate and some seconds old. */
  readonly counts?: { readonly visibleMessages: number; readonly inFlightMessages: number };
  /** ECS DescribeServices. */
  readonly tasks?: { readonly desiredCount: number; readonly runningCount: number; readonly pendingCount: number };
  /** Minutes of CloudWatch that were read at this tick, oldest first; read every few minutes. */
  readonly minutes?: readonly QueueMinute[];
  /** Mean seconds of a message as the worker itself reports them. */
  readonly reportedSecondsPerMessage?: number;
  /** The service's newest tasks were killed for memory: more of the same would be killed as well. */
  readonly killedForMemory?: boolean;
  /** Somebody else's deployment moves tasks: counts of running tasks say little. */
  readonly deploymentInProgress?: boolean;
}
