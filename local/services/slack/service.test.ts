import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import type { SlackMessage } from "../../neighbours.ts";
import { buttons, createSlackWorld, markdown, noonMs, postTo, type SlackWorld } from "./testing.ts";

let world: SlackWorld;
beforeEach(async () => {
  world = await createSlackWorld();
});
afterEach(() => world.stop());

const post = (input: JsonObject = {}): Promise<{ ts: string; channel: string }> => postTo(world, input);
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
      { channel: "#alerts", blocks: Array(8).fill({ type: "section", text: markdown("x".repeat(2000)) }) },
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
