import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { saidIn } from "./request.ts";

const ARN = "arn:aws:ecs:us-east-1:111122223333:service/production/order-service";
const value = JSON.stringify({ service: ARN, plan: "raise-memory-1", print: "abc" });
const action = { action_id: "approve", value };
const payload = (over: object = {}) => ({
  type: "block_actions",
  user: { id: "U1", team_id: "T1" },
  team: { id: "T1" },
  response_url: "https://hooks.slack.com/actions/T1/2",
  actions: [action],
  ...over,
});
const form = (fields: Record<string, string>): Uint8Array => Buffer.from(new URLSearchParams(fields).toString());
const press = (over: object = {}) => saidIn(form({ payload: JSON.stringify(payload(over)) }));
const command = (text: string) =>
  saidIn(form({ command: "/reflex", text, user_id: "U1", team_id: "T1", response_url: "https://hooks.slack.com/c" }));

test.each(["approve", "decline", "undo"])("%s names the very plan of the service that the message told of", (name) => {
  expect(press({ actions: [{ ...action, action_id: name }] })).toEqual({
    kind: "plan",
    action: name,
    about: {
      service: { arn: ARN, cluster: "production", name: "order-service" },
      planId: "raise-memory-1",
      print: "abc",
    },
    person: { user: "U1", team: "T1" },
    responseUrl: "https://hooks.slack.com/actions/T1/2",
  });
});

test("a plan about one deployment of a service keeps that in its key", () => {
  const about = JSON.stringify({ service: `${ARN}#ecs-svc/1`, plan: "p", print: "x" });
  expect(press({ actions: [{ action_id: "approve", value: about }] })).toMatchObject({
    about: { service: { arn: `${ARN}#ecs-svc/1`, cluster: "production", name: "order-service" } },
  });
});

test("a member of another workspace is known by that workspace", () => {
  expect(press({ user: { id: "U1", team_id: "T9" } })?.person).toEqual({ user: "U1", team: "T9" });
  expect(press({ user: { id: "U1" }, team: null })?.person).toEqual({ user: "U1", team: "" });
});

test.each([
  ["pause", true],
  ["unpause", false],
])("%s is the switch, pressed or typed", (word, isPaused) => {
  expect(press({ actions: [{ action_id: word }] })).toMatchObject({ kind: "switch", isPaused, isTyped: false });
  expect(command(` ${word.toUpperCase()} `)).toMatchObject({ kind: "switch", isPaused, isTyped: true });
});

test("what we know nothing of is ours to pass over, not to guess", () => {
  expect(press({ actions: [{ action_id: "open-console" }] })).toMatchObject({ kind: "other", isTyped: false });
  expect(command("pause please")).toMatchObject({ kind: "other", isTyped: true });
  expect(command("constructor")).toMatchObject({ kind: "other" });
});

// biome-ignore format: a table reads as a table
test.each<[string, Uint8Array]>([
  ["an empty body",                form({})],
  ["a payload that is no JSON",    form({ payload: "{" })],
  ["a modal's submission",         form({ payload: JSON.stringify(payload({ type: "view_submission" })) })],
  ["no actions",                   form({ payload: JSON.stringify(payload({ actions: [] })) })],
  ["no user",                      form({ payload: JSON.stringify(payload({ user: undefined })) })],
  ["no value",                     form({ payload: JSON.stringify(payload({ actions: [{ action_id: "undo" }] })) })],
  ["a value that is no JSON",      form({ payload: JSON.stringify(payload({ actions: [{ action_id: "undo", value: "x" }] })) })],
  ["a value without fingerprint",  form({ payload: JSON.stringify(payload({ actions: [{ action_id: "undo", value: JSON.stringify({ service: ARN, plan: "p" }) }] })) })],
  ["a service that is no ARN",     form({ payload: JSON.stringify(payload({ actions: [{ action_id: "undo", value: JSON.stringify({ service: "order-service", plan: "p", print: "x" }) }] })) })],
  ["bytes that are no text",       Uint8Array.of(0xff, 0xfe)],
])("%s says nothing", (_, body) => {
  expect(saidIn(body)).toBeUndefined();
});

describe("any bytes", () => {
  test("say nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(saidIn(body)).toBeUndefined();
      }),
    );
  });

  test("and any JSON as payload", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(saidIn(form({ payload: text }))).toBeUndefined();
      }),
    );
  });
});
