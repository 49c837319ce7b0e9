import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parseEvent, readMessage } from "./inbox.ts";

const service = { arn: "arn:aws:ecs:us-east-1:111122223333:service/production/x", cluster: "production", name: "x" };
const event = { "detail-type": "ECS Task State Change", source: "aws.ecs", detail: { novelty: 1 } };

// biome-ignore format: a table reads as a table
test.each<[string, unknown, object]>([
  ["an event is taken whole", event, { kind: "event", detailType: "ECS Task State Change", event }],
  ["a resume names its service", { resume: "raise-memory-1", service }, { kind: "resume", service }],
  ["a resend names its incident", { resend: "oom/production/x/x:1" }, { kind: "resend", incident: "oom/production/x/x:1" }],
])("%s", (_, body, message) => {
  expect(readMessage(JSON.stringify(body))).toEqual(message);
});

describe("is refused as an event nobody can read", () => {
  test.each([
    ["text", "not JSON", "reading a message of 8 characters: not JSON"],
    ["nothing", "", "reading a message of 0 characters: not JSON"],
    ["a list", "[]", "reading a message: neither an EventBridge event nor a note of ours"],
    ["null", "null", "reading a message: neither an EventBridge event nor a note of ours"],
    ["a resume of no service", '{"resume":"x"}', "reading a message: neither an EventBridge event nor a note of ours"],
    [
      "an event without a source",
      '{"detail-type":"x"}',
      "reading a message: neither an EventBridge event nor a note of ours",
    ],
  ])("%s", (_, body, message) => {
    expect(() => readMessage(body)).toThrow(expect.objectContaining({ kind: "invalid-event", message }));
  });
});

test("a field that is not as it should be is named with its path", () => {
  const schema = v.object({ detail: v.object({ version: v.number("must be a number") }) });
  expect(parseEvent(schema, { detail: { version: 5, more: true } }, "a thing")).toEqual({ detail: { version: 5 } });
  expect(() => parseEvent(schema, { detail: { version: "5" } }, "a thing")).toThrow(
    expect.objectContaining({ kind: "invalid-event", message: "reading a thing: detail.version must be a number" }),
  );
});
