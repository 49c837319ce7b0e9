/** Answers to the one person who pressed a button, over the address that came with the press. */
import type { Fetch } from "./web-api.ts";

/** The only origin that Slack's response addresses have. Source: docs.slack.dev, "Handling user interaction". */
const ORIGIN = "https://hooks.slack.com";

/** What is left of the three seconds in which the press itself must be answered. */
const TIMEOUT_MS = 1200;

/** Whether Slack took it. The press was heard either way, so a failure here is no failure of the press. */
export type Respond = (responseUrl: string, text: string) => Promise<boolean>;

const isSlacks = (address: string): boolean => {
  const url = URL.parse(address);
  return url !== null && url.origin === ORIGIN && url.username === "" && url.password === "";
};

export const slackResponder =
  (fetch: Fetch): Respond =>
  async (responseUrl, text) => {
    if (!isSlacks(responseUrl)) return false;
    try {
      const response = await fetch(responseUrl, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text }),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return response.ok;
    } catch {
      return false;
    }
  };
