/** What happened in a minute: the source of the queue's CloudWatch metrics. */
export interface Activity {
  sent: number;
  sentBytes: number;
  received: number;
  deleted: number;
  emptyReceives: number;
}

/** Nothing happened. */
export const noActivity = (): Activity => ({ sent: 0, sentBytes: 0, received: 0, deleted: 0, emptyReceives: 0 });
