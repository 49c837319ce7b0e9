/** How every SDK client of ours is made: one retry layer, short timeouts, nothing read from the environment but by the SDK. */

/** Without these the SDK waits for ever, and takes the whole batch with it when the function is stopped. */
const endingAfterMs = (requestTimeout: number) =>
  ({ connectionTimeout: 3000, requestTimeout, throwOnRequestTimeout: true }) as const;

/** For calls that may be repeated. */
export const clientDefaults = {
  /** The SDK's standard mode; a message that still fails is retried by its queue. Source: reliability of the SDK's
   *  "standard" retry mode, AWS SDKs and Tools reference guide. */
  maxAttempts: 3,
  /** Three tries fit into a function's 30 seconds. */
  requestHandler: endingAfterMs(5000),
} as const;

/** For calls that change the world and that AWS cannot tell from their repetition: when the answer is lost, the SDK must
 *  not send them again. The interpreter of plans looks first whether they were carried out. */
export const withoutRetry = {
  maxAttempts: 1,
  /** The interpreter keeps ten seconds for a write, in which its answer has to be remembered as well. */
  requestHandler: endingAfterMs(8000),
} as const;
