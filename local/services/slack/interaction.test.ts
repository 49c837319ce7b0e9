import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import type { SlackMessage } from "../../neighbours.ts";
import { signatureOf } from "./interaction.ts";
import { buttons, createSlackWorld, noonMs, postTo, type SlackWorld } from "./testing.ts";

let world: SlackWorld;
beforeEach(async () => {
  world = await createSlackWorld();
});
afterEach(() => world.stop());

const post = (input: JsonObject = {}): Promise<{ ts: string; channel: string }> => postTo(world, input);
const messages = (): readonly SlackMessage[] => world.slack.messages();

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
