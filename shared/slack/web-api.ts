/** `Messenger` on Slack's Web API, by fetch alone. */
import { ReflexError } from "#shared/errors.ts";
import type { Messenger } from "#shared/ports/messenger.ts";

/** What `fetch` is here, so that a test or another transport can stand in. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface SlackOptions {
  /** `https://slack.com/api`, or GovSlack's. */
  readonly apiUrl: string;
  /** The bot token; undefined while nobody has put one into the secret. */
  readonly token: () => Promise<string | undefined>;
  readonly fetch: Fetch;
}

const TIMEOUT_MS = 8000;
const METADATA_TYPE = "ecs_reflex_incident";

/** How many of a channel's newest messages are searched for one that was posted without our knowing. */
const SEARCHED = 100;

/** Refusals that pass by themselves; every other one is for an operator. */
const PASSING: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly ts?: string;
  readonly channel?: string;
  readonly messages?: readonly {
    readonly ts: string;
    readonly metadata?: { readonly event_payload?: { readonly incident?: string } };
  }[];
}

export const slackMessenger = ({ apiUrl, token, fetch }: SlackOptions): Messenger => {
  const call = async (method: string, body: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const doing = `asking Slack for ${method}`;
    const bearer = await token();
    if (!bearer) throw new ReflexError("unavailable", `${doing}: no bot token in the secret yet`);
    let response: Response;
    try {
      response = await fetch(`${apiUrl}/${method}`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new ReflexError("unavailable", `${doing}: no answer`, { cause: error });
    }
    if (response.status === 429) {
      throw new ReflexError("throttled", `${doing}: wait ${response.headers.get("retry-after") ?? "?"} seconds`);
    }
    if (!response.ok) throw new ReflexError("unavailable", `${doing}: status ${response.status}`);
    const answer = (await response.json()) as Answer;
    if (answer.ok) return answer;
    const refusal = answer.error ?? "no reason given";
    if (refusal === "ratelimited") throw new ReflexError("throttled", `${doing}: ${refusal}`);
    throw new ReflexError(PASSING.has(refusal) ? "unavailable" : "denied", `${doing}: ${refusal}`);
  };

  return {
    async post(channel, { text, blocks }, incident) {
      const metadata = { event_type: METADATA_TYPE, event_payload: { incident } };
      const sent = { channel, text, blocks, metadata, unfurl_links: false, unfurl_media: false };
      const { ts, channel: id = channel } = await call("chat.postMessage", sent);
      if (!ts) throw new ReflexError("defect", "posting to Slack: the answer has no ts");
      return { channel: id, ts };
    },

    async update({ channel, ts }, { text, blocks }) {
      await call("chat.update", { channel, ts, text, blocks });
    },

    async find(channel, incident, since) {
      const { messages = [] } = await call("conversations.history", {
        channel,
        oldest: String(since.getTime() / 1000),
        include_all_metadata: true,
        limit: SEARCHED,
      });
      const found = messages.find(({ metadata }) => metadata?.event_payload?.incident === incident);
      return found && { channel, ts: found.ts };
    },
  };
};
