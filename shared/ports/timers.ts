/** Messages to ourselves that arrive later. */
export interface Timers {
  /** Sends them all, each to arrive after its own delay. */
  set(timers: readonly { readonly message: unknown; readonly delaySeconds: number }[]): Promise<void>;
}
