/** Reads the members of a request that every operation has. */
import type { JsonObject } from "../../contract.ts";
import { serialization, validation } from "./errors.ts";
import { type Item, parseItem } from "./value.ts";

const constraint = (shown: string, member: string, rule: string) =>
  validation(
    `1 validation error detected: Value ${shown} at '${member[0]?.toLowerCase()}${member.slice(1)}' failed to satisfy constraint: Member must ${rule}`,
  );

/** The table's name, also where the request has its ARN. */
export function tableNameOf(request: JsonObject): string {
  const name = request.TableName;
  if (name === undefined || name === null) throw constraint("null", "TableName", "not be null");
  if (typeof name !== "string") throw serialization("Unexpected field type");
  return /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)$/.exec(name)?.[1] ?? name;
}

/** A required map of attributes, such as `Item` or `Key`. */
export function itemMember(request: JsonObject, member: "Item" | "Key"): Item {
  if (request[member] === undefined || request[member] === null) throw constraint("null", member, "not be null");
  return parseItem(request[member]);
}

/** One of a closed set of words; `fallback` when the request does not say. */
export function wordMember<Word extends string>(
  request: JsonObject,
  member: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const value = request[member];
  if (value === undefined || value === null) return fallback;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw constraint(`'${value}'`, member, `satisfy enum value set: [${words.join(", ")}]`);
  return word;
}

/** True only where the request says so. */
export function flagMember(request: JsonObject, member: string, fallback = false): boolean {
  const value = request[member];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw serialization("Unexpected token received from parser");
  return value;
}

/** `Limit`: at least 1. */
export function limitOf(request: JsonObject): number | undefined {
  const limit = request.Limit;
  if (limit === undefined || limit === null) return undefined;
  if (typeof limit !== "number") throw serialization("STRING_VALUE cannot be converted to Integer");
  if (limit < 1) throw constraint(`'${limit}'`, "Limit", "have value greater than or equal to 1");
  return Math.floor(limit);
}

/** What AWS has and this cloud does not: said by name, never passed over. */
const unmodelled = [
  "AttributesToGet",
  "AttributeUpdates",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ReturnConsumedCapacity",
  "ReturnItemCollectionMetrics",
  "ScanFilter",
  "Segment",
  "TotalSegments",
];

/** Refuses members whose effect is not modelled here. */
export function refuseUnmodelled(request: JsonObject): void {
  const found = unmodelled.find((member) => {
    const value = request[member];
    return value !== undefined && value !== null && value !== "NONE";
  });
  if (found !== undefined) throw validation(`the local cloud does not model ${found}; leave it out of the request`);
}
