/** Messages carry the trace of the call that sent them: that is how Lambda sees a function that feeds its own queue. */
import type { Json, JsonObject } from "../contract.ts";
import type { WireCall } from "./request.ts";

/** The header that SDKs set inside a function. */
export const TRACE_HEADER = "x-amzn-trace-id";

const withTrace = (message: JsonObject, trace: string): JsonObject => {
  const given = message.MessageSystemAttributes as JsonObject | undefined;
  if (given?.AWSTraceHeader !== undefined) return message;
  const header = { DataType: "String", StringValue: trace };
  return { ...message, MessageSystemAttributes: { ...given, AWSTraceHeader: header } };
};

/** The call with the sender's trace in each of its messages. Source: SQS developer guide, "Amazon SQS and AWS X-Ray". */
export function traced(call: WireCall, trace: string | undefined): WireCall {
  if (trace === undefined || call.service !== "sqs") return call;
  if (call.operation === "SendMessage") return { ...call, input: withTrace(call.input, trace) };
  if (call.operation !== "SendMessageBatch" || !Array.isArray(call.input.Entries)) return call;
  const entries = call.input.Entries.map((entry: Json) => withTrace(entry as JsonObject, trace));
  return { ...call, input: { ...call.input, Entries: entries } };
}
