/** A container killed for memory, as the ledger remembers it. */
export interface Kill {
  readonly taskArn: string;
  readonly container: string;
  /** ARN of the task definition revision that was killed. */
  readonly revision: string;
  readonly at: string;
  /** Seconds from the container's start to its death, when known. */
  readonly ranSeconds: number | undefined;
  /** `detail.version` of the event that told it. */
  readonly version: number;
}
