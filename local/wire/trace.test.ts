import { expect, test } from "vitest";
import type { JsonObject } from "../contract.ts";
import { traced } from "./trace.ts";

const call = (operation: string, input: JsonObject, service = "sqs") =>
  ({ service, operation, input, protocol: "json", contentType: "", rest: undefined }) as const;

const HEADER = { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-a-b" } };

test("a message takes the trace of the call that sends it", () => {
  expect(traced(call("SendMessage", { MessageBody: "x" }), "Root=1-a-b").input).toEqual({
    MessageBody: "x",
    MessageSystemAttributes: HEADER,
  });
});

test("so does every message of a batch, unless it names a trace of its own", () => {
  const own = { AWSTraceHeader: { DataType: "String", StringValue: "Root=own" } };
  const entries = [{ Id: "1" }, { Id: "2", MessageSystemAttributes: own }];
  expect(traced(call("SendMessageBatch", { Entries: entries }), "Root=1-a-b").input).toEqual({
    Entries: [{ Id: "1", MessageSystemAttributes: HEADER }, entries[1]],
  });
});

test.each([
  ["another operation", call("ReceiveMessage", {}), "Root=1-a-b"],
  ["another service", call("SendMessage", {}, "sns"), "Root=1-a-b"],
  ["a caller without a trace", call("SendMessage", {}), undefined],
] as const)("%s is left as it is", (_, given, trace) => {
  expect(traced(given, trace)).toBe(given);
});
