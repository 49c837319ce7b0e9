import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import type { SlackMessage } from "../../neighbours.ts";
import { signatureOf } from "./interaction.ts";
import { createSlackWorld, noonMs, type SlackWorld } from "./testing.ts";

let world: SlackWorld;
beforeEach(async () => {
  world = await createSlackWorld();
});
afterEach(() => world.stop());

const text = (words: string): JsonObject => ({ type: "mrkdwn", text: words });
const buttons: readonly JsonObject[] = [
  { type: "section", text: text("*order-service* ran out of memory") as never },
  {
    type: "actions",
    block_id: "answers",
    elements: [{ type: "button", text: { type: "plain_text", text: "Undo" }, action_id: "undo", value: "plan-1" }],
  },
];
const post = async (input: JsonObject = {}): Promise<{ ts: string; channel: string }> => {
  const answer = await world.call("chat.postMessage", { channel: "#alerts", text: "hello", ...input });
  expect(answer?.body).toMatchObject({ ok: true });
  return { ts: String(answer?.body.ts), channel: String(answer?.body.channel) };
};
const messages = (): readonly SlackMessage[] => world.slack.messages();

describe("posting", () => {
  test("a message by channel name is there, with an id to edit it by", async () => {
    const { ts, channel } = await post({ blocks: buttons });
    expect(channel).toMatch(/^C0/);
    expect(Math.floor(Number(ts) * 1000)).toBe(noonMs);
    expect(messages()).toEqual([
      { ts, threadTs: undefined, channel: "#alerts", text: "hello", blocks: buttons, edits: 0, deletedAt: undefined },
    ]);
  });

  test("a form body means the same as a JSON body", async () => {
    const answer = await world.call(
      "chat.postMessage",
      { channel: "alerts", text: "hi", blocks: buttons },
      { form: true },
    );
    expect(answer?.body).toMatchObject({ ok: true });
    expect(messages()).toMatchObject([{ text: "hi", blocks: buttons }]);
  });

  test("two messages of one instant have different, rising timestamps", async () => {
    const [first, second] = [await post(), await post()];
    expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
  });

  test.each<[string, JsonObject, string]>([
    ["nothing to say", { channel: "#alerts" }, "no_text"],
    ["a channel in words", { channel: "Our Channel", text: "a" }, "channel_not_found"],
    ["more text than a message holds", { channel: "#alerts", text: "x".repeat(40_001) }, "msg_too_long"],
    ["blocks that break a limit", { channel: "#alerts", blocks: [{ type: "banner" }] }, "invalid_blocks"],
    [
      "blocks too long together",
      { channel: "#alerts", blocks: Array(8).fill({ type: "section", text: text("x".repeat(2000)) }) },
      "msg_blocks_too_long",
    ],
    ["an answer to nothing", { channel: "#alerts", text: "a", thread_ts: "1.000001" }, "thread_not_found"],
    [
      "metadata without a type",
      { channel: "#alerts", text: "a", metadata: { event_payload: {} } },
      "invalid_metadata_format",
    ],
    [
      "metadata beyond 8 KiB",
      { channel: "#alerts", text: "a", metadata: { event_type: "e", event_payload: { x: "x".repeat(8192) } } },
      "metadata_too_large",
    ],
  ])("refuses %s", async (_, input, error) => {
    const answer = await world.call("chat.postMessage", input);
    expect([answer?.status, answer?.body.ok, answer?.body.error]).toEqual([200, false, error]);
    expect(messages()).toEqual([]);
  });

  test("refuses callers without a token, with a wrong one, and bodies of another type", async () => {
    const input = { channel: "#alerts", text: "a" };
    const errors = [
      await world.call("chat.postMessage", input, { token: "" }),
      await world.call("chat.postMessage", input, { token: "xoxb-other" }),
      await world.call("chat.postMessage", input, { type: "text/plain" }),
      await world.call("files.upload", input),
    ].map((answer) => answer?.body.error);
    expect(errors).toEqual(["not_authed", "invalid_auth", "invalid_post_type", "unknown_method"]);
  });

  test("a channel that is gone is not found", async () => {
    world.slack.removeChannel("alerts");
    expect((await world.call("chat.postMessage", { channel: "#alerts", text: "a" }))?.body.error).toBe(
      "channel_not_found",
    );
  });
});

describe("editing", () => {
  test("an edit replaces text and blocks in place", async () => {
    const { ts, channel } = await post({ blocks: buttons });
    const answer = await world.call("chat.update", { channel, ts, text: "done", blocks: buttons.slice(0, 1) });
    expect(answer?.body).toMatchObject({ ok: true, ts, channel, text: "done" });
    expect(messages()).toMatchObject([{ ts, text: "done", blocks: buttons.slice(0, 1), edits: 1 }]);
  });

  test("text alone takes the blocks away; blocks alone keep the text", async () => {
    const { ts, channel } = await post({ blocks: buttons });
    await world.call("chat.update", { channel, ts, blocks: buttons.slice(0, 1) });
    expect(messages()).toMatchObject([{ text: "hello", blocks: buttons.slice(0, 1) }]);
    await world.call("chat.update", { channel, ts, text: "plain" });
    expect(messages()).toMatchObject([{ text: "plain", blocks: [] }]);
  });

  test("needs the channel's id: a name is not found", async () => {
    const { ts } = await post();
    expect((await world.call("chat.update", { channel: "#alerts", ts, text: "a" }))?.body.error).toBe(
      "channel_not_found",
    );
  });

  test("a deleted message stays on record, cannot be edited, and is in no history", async () => {
    const { ts, channel } = await post();
    expect((await world.call("chat.delete", { channel, ts }))?.body).toMatchObject({ ok: true, ts });
    expect(messages()).toMatchObject([{ ts, deletedAt: "2026-11-23T12:00:00.000Z" }]);
    expect((await world.call("chat.update", { channel, ts, text: "a" }))?.body.error).toBe("message_not_found");
    expect((await world.call("conversations.history", { channel }))?.body.messages).toEqual([]);
  });

  test("whoever listens hears of every message and every edit", async () => {
    const heard: string[] = [];
    world.slack.whenMessage(({ text: words, edits }) => heard.push(`${words} ${edits}`));
    const { ts, channel } = await post();
    await world.call("chat.update", { channel, ts, text: "done" });
    expect(heard).toEqual(["hello 0", "done 1"]);
  });
});

describe("reading", () => {
  test("history has the newest first, and metadata only when asked for", async () => {
    const metadata = { event_type: "incident", event_payload: { incident: "i-1" } };
    const { channel } = await post({ metadata });
    await world.pass(60);
    await post({ text: "second" });
    const plain = await world.call("conversations.history", { channel });
    expect(plain?.body.messages).toMatchObject([{ text: "second" }, { text: "hello" }]);
    expect(JSON.stringify(plain?.body)).not.toContain("i-1");
    const full = await world.call("conversations.history", { channel, include_all_metadata: true });
    expect(full?.body.messages).toMatchObject([{ text: "second" }, { text: "hello", metadata }]);
  });

  test("history can begin after an instant, and comes in pages", async () => {
    const { channel } = await post({ text: "0" });
    for (const words of ["1", "2", "3"]) {
      await world.pass(10);
      await post({ text: words });
    }
    const oldest = String(noonMs / 1000 + 5);
    const first = await world.call("conversations.history", { channel, oldest, limit: 2 });
    expect(first?.body).toMatchObject({ has_more: true, messages: [{ text: "3" }, { text: "2" }] });
    const cursor = Object(first?.body.response_metadata).next_cursor;
    const second = await world.call("conversations.history", { channel, oldest, limit: 2, cursor });
    expect(second?.body).toMatchObject({ has_more: false, messages: [{ text: "1" }] });
  });

  test("answers are in their thread and not in the history", async () => {
    const { ts, channel } = await post();
    await post({ text: "answer", thread_ts: ts });
    const history = await world.call("conversations.history", { channel });
    expect(history?.body.messages).toMatchObject([{ text: "hello", reply_count: 1, thread_ts: ts }]);
    const thread = await world.call("conversations.replies", { channel, ts });
    expect(thread?.body.messages).toMatchObject([{ text: "hello" }, { text: "answer", thread_ts: ts }]);
  });

  test("an ephemeral message is nobody else's", async () => {
    expect((await world.call("chat.postEphemeral", { channel: "#alerts", user: "U1", text: "psst" }))?.body.ok).toBe(
      true,
    );
    expect(messages()).toEqual([]);
  });

  test("blocks can be judged without posting them", async () => {
    expect((await world.call("blocks.validate", { blocks: buttons }))?.body).toEqual({ ok: true });
    expect((await world.call("blocks.validate", { blocks: [{ type: "banner" }] }))?.body).toMatchObject({
      ok: false,
      errors: [{ pointer: "/blocks/0/type", message: "unsupported type: banner" }],
    });
  });
});

describe("trouble", () => {
  test("a channel takes three at once and one a second, and says how long to wait", async () => {
    const send = () => world.call("chat.postMessage", { channel: "#alerts", text: "a" });
    for (let index = 0; index < 3; index += 1) expect((await send())?.status).toBe(200);
    const refused = await send();
    expect([refused?.status, refused?.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await world.call("chat.postMessage", { channel: "#other", text: "a" }))?.status).toBe(200);
    await world.pass(1);
    expect([(await send())?.status, (await send())?.status]).toEqual([200, 429]);
  });

  test("down means 500 for everything, until it is up again", async () => {
    world.slack.setDown(true);
    expect((await world.call("auth.test", {}))?.status).toBe(500);
    world.slack.setDown(false);
    expect((await world.call("auth.test", {}))?.body.ok).toBe(true);
  });

  test("a lost response is a dropped connection after the message was posted", async () => {
    world.fault({ service: "slack", operation: "chat.postMessage", kind: "lost-response" });
    expect(await world.call("chat.postMessage", { channel: "#alerts", text: "once" })).toBeUndefined();
    expect(messages()).toMatchObject([{ text: "once" }]);
  });

  test("a timeout is a dropped connection before it", async () => {
    world.fault({ service: "slack", operation: "*", kind: "timeout" });
    expect(await world.call("chat.postMessage", { channel: "#alerts", text: "never" })).toBeUndefined();
    expect(messages()).toEqual([]);
  });

  test("a throttle says how long to wait", async () => {
    world.fault({ service: "slack", operation: "*", kind: "throttle", seconds: 30 });
    const answer = await world.call("auth.test", {});
    expect([answer?.status, answer?.headers.get("retry-after")]).toEqual([429, "30"]);
  });

  test("a delayed answer comes when virtual time is there", async () => {
    world.fault({ service: "slack", operation: "auth.test", kind: "delay", seconds: 60 });
    let isAnswered = false;
    const answer = world.call("auth.test", {}).then((heard) => {
      isAnswered = true;
      return heard;
    });
    // Another round trip on the same server proves that the first request has long arrived.
    await world.call("blocks.validate", { blocks: [] });
    expect(isAnswered).toBe(false);
    await world.pass(60);
    expect((await answer)?.body.ok).toBe(true);
  });
});

describe("a click", () => {
  test("is a signed form with the action, the person and the message", async () => {
    const { ts, channel } = await post({ blocks: buttons });
    const outcome = world.slack.click({ ts, actionId: "undo", user: "alice" });
    await world.pass(1);
    expect(await outcome).toEqual({ status: 200 });
    const [{ headers, body, method } = { headers: {}, body: "", method: "" }] = world.sentToApp;
    expect(method).toBe("POST");
    const { signingSecret } = world.slack.credentials();
    expect(headers).toMatchObject({
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": String(noonMs / 1000),
      "x-slack-signature": signatureOf(signingSecret, noonMs / 1000, body),
    });
    expect(JSON.parse(new URLSearchParams(body).get("payload") ?? "")).toMatchObject({
      type: "block_actions",
      user: { name: "alice", id: expect.stringMatching(/^U0/) },
      container: { type: "message", message_ts: ts, channel_id: channel },
      message: { ts, text: "hello" },
      actions: [{ type: "button", action_id: "undo", block_id: "answers", value: "plan-1" }],
      response_url: expect.stringMatching(/^https:\/\/hooks\.slack\.com\/actions\//),
    });
  });

  test("the signature is HMAC-SHA256 as Slack documents it", () => {
    // The worked example of docs.slack.dev, "Verifying requests from Slack".
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    expect(signatureOf("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)).toBe(
      "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    );
  });

  test("an answer after more than three seconds is too late", async () => {
    const { ts } = await post({ blocks: buttons });
    world.appTakesSeconds = 3.5;
    const outcome = world.slack.click({ ts, actionId: "undo", user: "alice" });
    await world.pass(5);
    expect(await outcome).toEqual({ status: 504 });
  });

  test("a person who clicked can be looked up, others not", async () => {
    const { ts } = await post({ blocks: buttons });
    const { body } = world.slack.interaction({ ts, actionId: "undo", user: "U123ABC" });
    expect(body).toContain("U123ABC");
    expect((await world.call("users.info", { user: "U123ABC" }))?.body).toMatchObject({
      ok: true,
      user: { id: "U123ABC" },
    });
    expect((await world.call("users.info", { user: "U999" }))?.body.error).toBe("user_not_found");
  });

  test.each([
    ["a message that is not there", "1.000001", "undo", "there is no message 1.000001"],
    ["an action that it does not have", undefined, "redo", "has no element of that action id"],
  ])("refuses %s", async (_, missing, actionId, words) => {
    const { ts } = await post({ blocks: buttons });
    await expect(world.slack.click({ ts: missing ?? ts, actionId, user: "alice" })).rejects.toThrow(words);
  });

  test("the response URL edits the message, five times within half an hour", async () => {
    const { ts } = await post({ blocks: buttons });
    const { body } = world.slack.interaction({ ts, actionId: "undo", user: "alice" });
    const { response_url } = JSON.parse(new URLSearchParams(body).get("payload") ?? "");
    const path = `hooks${new URL(response_url).pathname}`;
    for (let use = 1; use <= 5; use += 1)
      expect((await world.post(path, { replace_original: true, text: `use ${use}` })).status).toBe(200);
    expect(messages()).toMatchObject([{ text: "use 5", blocks: [], edits: 5 }]);
    expect(await world.post(path, { text: "more" })).toEqual({ status: 404, text: "used_url" });
  });

  test("the response URL ends after half an hour", async () => {
    const { ts } = await post({ blocks: buttons });
    const { body } = world.slack.interaction({ ts, actionId: "undo", user: "alice" });
    const { response_url } = JSON.parse(new URLSearchParams(body).get("payload") ?? "");
    await world.pass(1801);
    const path = `hooks${new URL(response_url).pathname}`;
    expect(await world.post(path, { delete_original: true })).toEqual({ status: 404, text: "expired_url" });
  });
});

test("installing puts the credentials into the app's secret and leaves its other members", () => {
  world.makeSecret("app/slack", { botToken: "", signingSecret: "", note: "kept" });
  world.slack.install("app/slack");
  const secrets = world.cloud.neighbour<{ value(id: string): string }>("secretsmanager");
  expect(JSON.parse(secrets.value("app/slack"))).toEqual({ ...world.slack.credentials(), note: "kept" });
});

test.each([
  ["no function has", []],
  ["several functions have", ["https://a.on.aws/", "https://b.on.aws/"]],
])("without a request URL, %s one is an error that says so", async (words, urls) => {
  const other = await createSlackWorld(urls);
  await expect(other.slack.click({ ts: "1", actionId: "a", user: "b" })).rejects.toThrow(words);
  await other.stop();
});
