/** A service that follows a queue, as the configuration names both; the stacks make its alarms of it. */
export interface FollowedQueue {
  /** CLUSTER/SERVICE. */
  readonly service: string;
  readonly cluster: string;
  readonly name: string;
  readonly queueName: string;
  /** Seconds within which a message is to be worked on. */
  readonly latencySeconds: number;
}
