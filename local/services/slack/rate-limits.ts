/** How often Slack lets an app call. Source: docs.slack.dev, "Rate limits". */

/** Calls a minute by method; posting has a limit of its own, by channel. */
const perMinute: Readonly<Record<string, number>> = {
  "chat.update": 50,
  "chat.delete": 50,
  "chat.postEphemeral": 100,
  "conversations.list": 20,
  "conversations.history": 50,
  "conversations.replies": 50,
  "users.info": 100,
};
const otherwisePerMinute = 100;

/** Slack says one message a second and "short bursts"; how short it does not say. Chosen here: three. */
const posting = { perSecond: 1, burst: 3 };

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets on virtual time. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /** Seconds to wait, or 0 when the call may go ahead and counts. */
  take(method: string, channelId: string | undefined, nowMs: number): number {
    if (method === "chat.postMessage")
      return this.#take(`${method} ${channelId}`, posting.perSecond, posting.burst, nowMs);
    const calls = perMinute[method] ?? otherwisePerMinute;
    return this.#take(method, calls / 60, calls, nowMs);
  }

  #take(name: string, perSecond: number, burst: number, nowMs: number): number {
    const bucket = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    this.#buckets.set(name, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
    bucket.tokens -= 1;
    return 0;
  }
}
