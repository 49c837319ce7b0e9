/** Reads members of a request; a wrong type is refused as AWS's own parser refuses it. */
import { AwsError, type Json, type JsonObject } from "../../contract.ts";
import { invalidParameter } from "./errors.ts";

const wrongType = (field: string, expected: string): AwsError =>
  new AwsError("SerializationException", `Expected ${expected} for member ${field}.`);

const isObject = (value: Json | undefined): value is JsonObject & Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A string member; null counts as absent, as on AWS's wire. */
export const text = (input: JsonObject, field: string): string | undefined => {
  const value = input[field] ?? undefined;
  if (value !== undefined && typeof value !== "string") throw wrongType(field, "a string");
  return value;
};

/** A member that is an integer. */
export const whole = (input: JsonObject, field: string): number | undefined => {
  const value = input[field] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(field, "an integer");
  return value;
};

/** A member that is a number. */
export const decimal = (input: JsonObject, field: string): number | undefined => {
  const value = input[field] ?? undefined;
  if (value !== undefined && typeof value !== "number") throw wrongType(field, "a number");
  return value;
};

/** A member that is true or false. */
export const flag = (input: JsonObject, field: string): boolean | undefined => {
  const value = input[field] ?? undefined;
  if (value !== undefined && typeof value !== "boolean") throw wrongType(field, "a boolean");
  return value;
};

/** A member that is an object. */
export const structure = (input: JsonObject, field: string): JsonObject | undefined => {
  const value = input[field] ?? undefined;
  if (value === undefined) return undefined;
  if (!isObject(value)) throw wrongType(field, "a structure");
  return value;
};

const list = (input: JsonObject, field: string): readonly Json[] | undefined => {
  const value = input[field] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrongType(field, "a list");
  return value;
};

/** A member that is a list of strings. */
export const texts = (input: JsonObject, field: string): readonly string[] | undefined =>
  list(input, field)?.map((item) => {
    if (typeof item !== "string") throw wrongType(field, "a list of strings");
    return item;
  });

/** A member that is a list of objects. */
export const structures = (input: JsonObject, field: string): readonly JsonObject[] | undefined =>
  list(input, field)?.map((item) => {
    if (!isObject(item)) throw wrongType(field, "a list of structures");
    return item;
  });

/** A string that the API requires. */
export const required = (input: JsonObject, field: string): string => {
  const value = text(input, field);
  if (value === undefined || value === "") throw invalidParameter(`${field} cannot be empty.`);
  return value;
};

/** One of the API's own words. */
export const oneOf = <Word extends string>(
  input: JsonObject,
  field: string,
  words: readonly Word[],
): Word | undefined => {
  const value = text(input, field);
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw invalidParameter(`Invalid ${field}: ${value}. Valid values are [${words.join(", ")}].`);
  return word;
};

/** The object without members that are undefined, as JSON would carry it. */
export const compact = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** A page of a list: `nextToken` is the place where the next one starts. */
export const page = <Item>(
  items: readonly Item[],
  input: JsonObject,
  most: number,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } => {
  const maxResults = whole(input, "maxResults") ?? most;
  if (maxResults < 1 || maxResults > most)
    throw invalidParameter(`Invalid maxResults: ${maxResults}. It must be between 1 and ${most}.`);
  const token = text(input, "nextToken");
  const from = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(from) || from < 0) throw invalidParameter("Invalid token.");
  const to = from + maxResults;
  return {
    items: items.slice(from, to),
    nextToken: to < items.length ? Buffer.from(String(to)).toString("base64url") : undefined,
  };
};
