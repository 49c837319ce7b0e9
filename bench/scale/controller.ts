/** What one minute of CloudWatch says about the queue and its service. */
export interface MinuteMetrics {
  readonly startSeconds: number;
  readonly sent: number;
  readonly deleted: number;
  readonly visibleMax: number;
  readonly visibleMean: number;
  readonly inFlightMean: number;
  readonly runningMean: number;
  readonly oldestSeconds: number;
  /** Busy slots over all slots, 0 to 1: the CPU of a worker that computes. */
  readonly cpu: number;
}

/** What any scaler can see at a tick: AWS's counts, as late and as noisy as AWS gives them. */
export interface View {
  readonly nowSeconds: number;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** One GetQueueAttributes; undefined when the call fails. */
  counts(): { readonly visible: number; readonly inFlight: number } | undefined;
  /** The minute with this number, once CloudWatch shows it. */
  minute(index: number): MinuteMetrics | undefined;
  /** The number of the newest minute that CloudWatch shows; -1 before the first. */
  readonly newestMinute: number;
  /** Waiting messages and running tasks at an instant, as a metric of high resolution would keep them. */
  sample(second: number): { readonly visible: number; readonly running: number };
  /** Exactly what is there now; only the causal limit looks. */
  readonly exact: { readonly visible: number; readonly inFlight: number };
}

/** A scaler: told at every tick what it can see, answers the count it wants. */
export interface Controller {
  readonly name: string;
  readonly variant: string;
  readonly periodSeconds: number;
  /** What it costs to run for a month, USD, for one queue. */
  readonly usdPerMonth: number;
  decide(view: View): number;
}
