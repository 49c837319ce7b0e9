/** The body of a JSON request. */
import { AwsError, type JsonObject } from "../contract.ts";

/** A JSON object; an empty body is one without members. */
export function jsonBody(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    throw new AwsError("SerializationException", "the body is not JSON");
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed))
    throw new AwsError("SerializationException", "the body is not a JSON object");
  return parsed as JsonObject;
}
