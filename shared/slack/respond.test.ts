import { expect, test } from "vitest";
import { slackResponder } from "./respond.ts";

const heard: { readonly url: string; readonly init: RequestInit }[] = [];
const respond = slackResponder(async (url, init) => {
  heard.push({ url, init });
  return new Response("ok");
});

test("tells only the person who pressed, and follows no redirect", async () => {
  const url = "https://hooks.slack.com/actions/T1/2/abc";
  expect(await respond(url, "it is over")).toBe(true);
  const init = heard.pop()?.init;
  expect(JSON.parse(String(init?.body))).toEqual({
    response_type: "ephemeral",
    replace_original: false,
    text: "it is over",
  });
  expect(init?.redirect).toBe("error");
});

test.each([
  "http://hooks.slack.com/actions/1",
  "https://hooks.slack.com.example.org/",
  "https://hooks.slack.com:8443/",
  "https://user@hooks.slack.com/",
  "https://:word@hooks.slack.com/",
  "https://example.org/?https://hooks.slack.com/",
  "https://169.254.169.254/latest/meta-data/",
  "https://2852039166/",
  "https://[::1]/",
  "file:///etc/passwd",
  "hooks.slack.com",
  "",
])("%s is not asked", async (url) => {
  expect(await respond(url, "text")).toBe(false);
  expect(heard).toEqual([]);
});

test("a failure of Slack's is no failure of the press", async () => {
  const broken = slackResponder(async () => {
    throw new TypeError("fetch failed");
  });
  expect(await broken("https://hooks.slack.com/actions/1", "text")).toBe(false);
  const refusing = slackResponder(async () => new Response("expired_url", { status: 404 }));
  expect(await refusing("https://hooks.slack.com/actions/1", "text")).toBe(false);
});
