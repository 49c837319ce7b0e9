import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorld, noonMs, type World } from "../lambda/testing/world.ts";
import type { SlackWorkspaceDoor } from "./door.ts";
import { createSlackService } from "./service.ts";

let world: World;
let slack: SlackWorkspaceDoor;
let probe: string;
let token: string;
beforeEach(async () => {
  world = await createWorld({}, { services: [createSlackService] });
  slack = world.cloud.neighbour<SlackWorkspaceDoor>("slack");
  probe = world.makeProbe("probe");
  token = slack.credentials().botToken;
  world.make("AWS::Lambda::Url", "Url", { TargetFunctionArn: "probe", AuthType: "NONE" });
  for (const Action of ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"])
    world.make("AWS::Lambda::Permission", Action, { FunctionName: "probe", Action, Principal: "*" });
  world.start();
});
afterEach(() => world.stop());

const texts = (): readonly string[] => slack.messages().map(({ text }) => text);

test.each([[false], [true]])(
  "a function that calls slack.com reaches the local workspace (as a Request: %s)",
  async (asRequest) => {
    const { payload } = await world.act(probe, { act: "slack", token, text: "hello", asRequest });
    expect(payload).toMatchObject({ ok: true, tookMs: 0 });
    expect(texts()).toEqual(["hello"]);
  },
);

test("a Slack that hangs costs the function its own patience, in virtual time, and may still have taken the message", async () => {
  world.local.faults.add({ service: "slack", operation: "chat.postMessage", kind: "delay", seconds: 60 });
  const { payload } = await world.act(probe, { act: "slack", token, text: "late" }, 25);
  expect(payload).toEqual({ failed: "TimeoutError", tookMs: 8000 });
  expect(texts()).toEqual([]);
  await world.pass(60);
  expect(texts()).toEqual(["late"]);
});

test("a lost response is an error for the function, and the message is there", async () => {
  world.local.faults.add({ service: "slack", operation: "chat.postMessage", kind: "lost-response" });
  const { payload } = await world.act(probe, { act: "slack", token, text: "twice?" });
  expect(payload).toMatchObject({ failed: "TypeError" });
  expect(texts()).toEqual(["twice?"]);
});

test("a click goes through the function's URL and comes back by the response URL", async () => {
  const button = { type: "button", text: { type: "plain_text", text: "Undo" }, action_id: "undo", value: "1" };
  const wire = world.cloud.neighbour<{ endpoint(): string }>("wire");
  await fetch(`${wire.endpoint()}/slack/api/chat.postMessage`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ channel: "#alerts", text: "raised", blocks: [{ type: "actions", elements: [button] }] }),
  });
  const [{ ts } = { ts: "" }] = slack.messages();
  expect(await slack.click({ ts, actionId: "undo", user: "alice" })).toEqual({ status: 200 });
  expect(texts()).toEqual([`undo at ${noonMs / 1000}`]);
});
