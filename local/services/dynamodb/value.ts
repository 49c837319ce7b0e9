/** Attribute values: what may be one, how two compare, how many bytes one takes. */
import type { Json } from "../../contract.ts";
import { serialization, validation } from "./errors.ts";
import { compareNumbers, normaliseNumber, numberBytes } from "./number.ts";

/** The wire names of DynamoDB's data types. */
export type AttributeType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";

/** One attribute value as it travels: exactly one member is there, and nothing ever changes it. */
export type AttributeValue = {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: true;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
};

/** Attributes by name. */
export type Item = { readonly [attribute: string]: AttributeValue };

/** Which data type a value has. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

/** The attribute of that name; an item's own ones only, whatever an object inherits. */
export const attributeOf = (item: Item, name: string): AttributeValue | undefined =>
  Object.hasOwn(item, name) ? item[name] : undefined;

/** Deepest nesting of lists and maps that DynamoDB stores. */
const maxDepth = 32;

function text(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number")
    throw serialization(`${Number.isInteger(value) ? "NUMBER" : "DECIMAL"}_VALUE cannot be converted to String`);
  if (typeof value === "boolean")
    throw serialization(`${value ? "TRUE" : "FALSE"}_VALUE cannot be converted to String`);
  throw serialization(
    Array.isArray(value)
      ? "Unrecognized collection type class java.lang.String"
      : "Start of structure or map found where not expected",
  );
}

function binary(value: Json | undefined): string {
  const encoded = text(value);
  if (encoded.length % 4 !== 0)
    throw serialization(`Base64 encoded length is expected a multiple of 4 bytes but found: ${encoded.length}`);
  if (Buffer.from(encoded, "base64").toString("base64") !== encoded)
    throw serialization("Invalid last non-pad Base64 character dectected");
  return encoded;
}

function list(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw serialization("Unexpected field type");
  return value;
}

const setWords = {
  SS: { member: text, empty: "An string set  may not be empty" },
  NS: { member: (value: Json) => normaliseNumber(text(value)), empty: "An number set  may not be empty" },
  BS: { member: binary, empty: "Binary sets should not be empty" },
};

function set(type: "SS" | "NS" | "BS", value: Json | undefined): readonly string[] {
  const members = list(value).map(setWords[type].member);
  if (members.length === 0) throw validation(`One or more parameter values were invalid: ${setWords[type].empty}`);
  if (new Set(members).size === members.length) return members;
  if (type === "NS") throw validation("Input collection contains duplicates");
  const shown = `[${members.join(", ")}]${type === "BS" ? "of type BS" : ""}`;
  throw validation(`One or more parameter values were invalid: Input collection ${shown} contains duplicates.`);
}

function typed(type: string, value: Json | undefined, depth: number): AttributeValue {
  switch (type) {
    case "S":
      return { S: text(value) };
    case "N":
      return { N: normaliseNumber(text(value)) };
    case "B":
      return { B: binary(value) };
    case "BOOL":
      if (typeof value !== "boolean") throw serialization("Unexpected token received from parser");
      return { BOOL: value };
    case "NULL":
      if (value === true) return { NULL: true };
      throw validation(
        "One or more parameter values were invalid: Null attribute value types must have the value of true",
      );
    case "SS":
      return { SS: set("SS", value) };
    case "NS":
      return { NS: set("NS", value) };
    case "BS":
      return { BS: set("BS", value) };
    case "L":
      return { L: list(value).map((member) => parseValue(member, depth + 1)) };
    case "M":
      return { M: parseItem(value, depth + 1) };
    default:
      throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
}

/** Reads one value from a request: a copy of its own, numbers in their one spelling. */
export function parseValue(value: Json | undefined, depth = 1): AttributeValue {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw serialization("Unexpected value type in payload");
  if (depth > maxDepth) throw validation("Nesting Levels have exceeded supported limits");
  const members = Object.entries(value);
  const [first] = members;
  if (!first) throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  if (members.length > 1)
    throw validation(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  return typed(first[0], first[1], depth);
}

/** Reads a map of values, such as an item or a key, from a request. */
export function parseItem(value: Json | undefined, depth = 0): Item {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw serialization("Unexpected field type");
  const item: Record<string, AttributeValue> = {};
  for (const [name, member] of Object.entries(value)) setAttribute(item, name, parseValue(member, depth + 1));
  return item;
}

/** Sets an attribute of an item under construction, `__proto__` included, which assignment would lose. */
export function setAttribute(item: Record<string, AttributeValue>, name: string, value: AttributeValue): void {
  if (name === "__proto__")
    Object.defineProperty(item, name, { value, enumerable: true, writable: true, configurable: true });
  else item[name] = value;
}

/** Those of the named attributes that the item has. */
export function pickAttributes(item: Item, names: Iterable<string>): Item {
  const picked: Record<string, AttributeValue> = {};
  for (const name of names) {
    const value = attributeOf(item, name);
    if (value) setAttribute(picked, name, value);
  }
  return picked;
}

/** Orders strings by their UTF-8 bytes, as DynamoDB does; UTF-16 puts surrogates too early. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    const isSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xe000;
    if (isSurrogate(x) !== isSurrogate(y) && x >= 0xd800 && y >= 0xd800) return isSurrogate(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** Negative, zero or positive; undefined when the two are not strings, numbers or binaries of one type. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined) return b.S === undefined ? undefined : compareStrings(a.S, b.S);
  if (a.N !== undefined) return b.N === undefined ? undefined : compareNumbers(a.N, b.N);
  if (a.B === undefined || b.B === undefined) return undefined;
  return Buffer.compare(Buffer.from(a.B, "base64"), Buffer.from(b.B, "base64"));
}

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set([...a, ...b]).size === a.length;

/** Whether two values are the same: type and content, sets without order. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a.S !== undefined) return a.S === b.S;
  if (a.N !== undefined) return a.N === b.N;
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  if (type === "L") {
    const [left, right] = [a.L ?? [], b.L ?? []];
    return left.length === right.length && left.every((value, at) => equalValues(value, right[at] as AttributeValue));
  }
  if (type === "M") {
    const [left, right] = [Object.entries(a.M ?? {}), b.M ?? {}];
    return (
      left.length === Object.keys(right).length &&
      left.every(([name, value]) => {
        const other = attributeOf(right, name);
        return other !== undefined && equalValues(value, other);
      })
    );
  }
  if (type === "SS" || type === "NS" || type === "BS") return sameMembers(a[type] ?? [], b[type] ?? []);
  return a[type] === b[type];
}

const binaryBytes = (encoded: string): number => Buffer.byteLength(encoded, "base64");
const sum = <T>(members: readonly T[] | undefined, bytes: (member: T) => number): number =>
  (members ?? []).reduce((total, member) => total + bytes(member), 0);

function valueBytes(value: AttributeValue): number {
  switch (typeOf(value)) {
    case "S":
      return Buffer.byteLength(value.S ?? "");
    case "N":
      return numberBytes(value.N ?? "0");
    case "B":
      return binaryBytes(value.B ?? "");
    case "SS":
      return sum(value.SS, Buffer.byteLength);
    case "NS":
      return sum(value.NS, numberBytes);
    case "BS":
      return sum(value.BS, binaryBytes);
    case "L":
      return 3 + sum(value.L, (member) => 1 + valueBytes(member));
    case "M":
      return 3 + Object.keys(value.M ?? {}).length + itemBytes(value.M ?? {});
    default:
      return 1;
  }
}

/** Bytes of an item as DynamoDB counts them: names and values.
 *  Source: DynamoDB developer guide, "DynamoDB item sizes and formats". */
export function itemBytes(item: Item): number {
  let total = 0;
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value) total += Buffer.byteLength(name) + valueBytes(value);
  }
  return total;
}
