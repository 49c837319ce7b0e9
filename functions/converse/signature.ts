/** Whether a request comes from Slack: HMAC-SHA256 over its raw bytes. Source: docs.slack.dev, "Verifying requests from Slack". */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Older than this, or as far ahead, is refused: a request that was recorded is worth nothing after it. */
export const VALID_SECONDS = 300;

export interface SignedRequest {
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** The body as it came, byte for byte. */
  readonly body: Uint8Array;
}

export type Verdict = "genuine" | "no-secret" | "unsigned" | "stale" | "forged";

const TIMESTAMP = /^\d{1,12}$/;
const SIGNATURE = /^v0=([0-9a-f]{64})$/;

/** What holds of the request. Every secret is tried in full, so that time tells nothing of which one fits or how far. */
export const verify = (
  { timestamp = "", signature = "", body }: SignedRequest,
  secrets: readonly string[],
  now: Date,
): Verdict => {
  const usable = secrets.filter((secret) => secret !== "");
  if (usable.length === 0) return "no-secret";
  const [, given] = SIGNATURE.exec(signature) ?? [];
  if (given === undefined || !TIMESTAMP.test(timestamp)) return "unsigned";
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > VALID_SECONDS) return "stale";
  const givenBytes = Buffer.from(given, "hex");
  const fits = usable.map((secret) =>
    timingSafeEqual(createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest(), givenBytes),
  );
  return fits.includes(true) ? "genuine" : "forged";
};
