/** How every SDK client of ours is made: one retry layer, short timeouts, nothing read from the environment but by the SDK. */
export const clientDefaults = {
  /** The SDK's standard mode; a message that still fails is retried by its queue. Source: reliability of the SDK's
   *  "standard" retry mode, AWS SDKs and Tools reference guide. */
  maxAttempts: 3,
} as const;

/** For calls that change the world and that AWS cannot tell from their repetition: when the answer is lost, the SDK must
 *  not send them again. The interpreter of plans looks first whether they were carried out. */
export const withoutRetry = { maxAttempts: 1 } as const;
