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
const JSON_TYPE = "application/json; charset=utf-8";
const METADATA_TYPE = "ecs_reflex_incident";

/** How many of a channel's newest messages are searched for one that was posted without our knowing. */
const SEARCHED = 100;

/** Slack's clock and ours may differ by as much. */
const CLOCKS_DIFFER_MS = 60_000;

/** The most that Slack lists at once. Source: docs.slack.dev, conversations.list. */
const CHANNELS_PER_PAGE = 999;

/** Refusals that pass by themselves; every other one is for an operator. */
const PASSING: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
]);

/** Refusals of an edit that no later try changes: the message is gone, or is not ours to edit any more. */
const LOST: ReadonlySet<string> = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly ts?: string;
  readonly channel?: string;
  readonly channels?: readonly { readonly id: string; readonly name?: string }[];
  readonly response_metadata?: { readonly next_cursor?: string };
  readonly messages?: readonly {
    readonly ts: string;
    readonly metadata?: { readonly event_payload?: { readonly incident?: string } };
  }[];
}

export const slackMessenger = ({ apiUrl, token, fetch }: SlackOptions): Messenger => {
  /** What Slack said; a body that breaks off, or a proxy's page, is no answer either. */
  const heard = async (response: Response, doing: string): Promise<Answer> => {
    const answer: unknown = await response.json().catch((error: unknown) => {
      throw new ReflexError("unavailable", `${doing}: no answer in the body`, { cause: error });
    });
    if (typeof answer !== "object" || answer === null)
      throw new ReflexError("unavailable", `${doing}: the body is no answer of Slack's`);
    return answer as Answer;
  };

  const call = async (method: string, body: string | URLSearchParams): Promise<Answer> => {
    const doing = `asking Slack for ${method}`;
    const bearer = await token();
    if (!bearer) throw new ReflexError("unavailable", `${doing}: no bot token in the secret yet`);
    let response: Response;
    try {
      response = await fetch(`${apiUrl}/${method}`, {
        method: "POST",
        // A form brings its own type.
        headers: { authorization: `Bearer ${bearer}`, ...(typeof body === "string" && { "content-type": JSON_TYPE }) },
        body,
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
    const answer = await heard(response, doing);
    const refusal = answer.error ?? "no reason given";
    if (answer.ok || (method === "chat.update" && LOST.has(refusal))) return answer;
    if (refusal === "ratelimited") throw new ReflexError("throttled", `${doing}: ${refusal}`);
    throw new ReflexError(PASSING.has(refusal) ? "unavailable" : "denied", `${doing}: ${refusal}`);
  };

  const write = (method: string, body: Readonly<Record<string, unknown>>) => call(method, JSON.stringify(body));

  /** Every reading method takes a form; only some take JSON. */
  const read = (method: string, fields: Readonly<Record<string, string>>) => call(method, new URLSearchParams(fields));

  /** A message can be posted to a channel's name; everything else asks for its id. Undefined when there is no such channel. */
  const idOf = async (channel: string): Promise<string | undefined> => {
    if (!channel.startsWith("#")) return channel;
    let cursor = "";
    do {
      const types = "public_channel,private_channel";
      const fields = { types, exclude_archived: "true", limit: String(CHANNELS_PER_PAGE), ...(cursor && { cursor }) };
      const { channels = [], response_metadata } = await read("conversations.list", fields);
      const found = channels.find(({ name }) => name === channel.slice(1));
      if (found) return found.id;
      cursor = response_metadata?.next_cursor ?? "";
    } while (cursor);
    return undefined;
  };

  return {
    async post(channel, { text, blocks }, incident) {
      const metadata = { event_type: METADATA_TYPE, event_payload: { incident } };
      const sent = { channel, text, blocks, metadata, unfurl_links: false, unfurl_media: false };
      const { ts, channel: id = channel } = await write("chat.postMessage", sent);
      if (!ts) throw new ReflexError("defect", "posting to Slack: the answer has no ts");
      return { channel: id, ts };
    },

    async update({ channel, ts }, { text, blocks }) {
      const { ok } = await write("chat.update", { channel, ts, text, blocks });
      return ok;
    },

    async find(channel, incident, since) {
      const id = await idOf(channel);
      if (id === undefined) return undefined;
      const { messages = [] } = await read("conversations.history", {
        channel: id,
        oldest: String((since.getTime() - CLOCKS_DIFFER_MS) / 1000),
        include_all_metadata: "true",
        limit: String(SEARCHED),
      });
      const found = messages.find(({ metadata }) => metadata?.event_payload?.incident === incident);
      return found && { channel: id, ts: found.ts };
    },
  };
};
