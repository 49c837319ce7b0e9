/** Members of a request, read as SQS reads them. */
import type { JsonObject } from "../../contract.ts";
import { outOfRange } from "./errors.ts";

/** A whole number within its range, or what counts when it is left out. */
export function integerMember<Absent extends number | undefined>(
  request: JsonObject,
  name: string,
  absent: Absent,
  least: number,
  most: number,
): number | Absent {
  const value = request[name];
  if (value === undefined || value === null) return absent;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
    throw outOfRange(name, value, `Must be >= ${least} and <= ${most}, if provided.`);
  return value;
}
