/** Message attributes: what they may be, and how much they weigh. */
import type { Json } from "../../contract.ts";
import { invalidParameter } from "./errors.ts";

/** One message attribute on the wire: text, or base64. */
export type MessageAttribute = {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
};

/** Attributes by name. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** Most attributes of one message. Source: SQS developer guide, "Message quotas". */
const maxAttributes = 10;
const namePattern = /^(?!\.)(?!.*\.\.)(?!(?:AWS|Amazon)\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;

function attributeFrom(name: string, value: Json | undefined): MessageAttribute {
  if (!namePattern.test(name)) throw invalidParameter(`Message (user) attribute name '${name}' is invalid.`);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidParameter(`The message attribute '${name}' must contain a structure.`);
  const { DataType, StringValue, BinaryValue } = value as Record<string, Json | undefined>;
  if (typeof DataType !== "string" || !/^(String|Number|Binary)(\..+)?$/.test(DataType))
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  const isBinary = DataType.startsWith("Binary");
  const given = isBinary ? BinaryValue : StringValue;
  if (typeof given !== "string" || given === "")
    throw invalidParameter(
      `The message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`,
    );
  if (DataType.startsWith("Number") && !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(given))
    throw invalidParameter(`Could not cast message (user) attribute '${name}' value to number.`);
  return isBinary ? { DataType, BinaryValue: given } : { DataType, StringValue: given };
}

/** Reads the attributes of a message to be sent. */
export function messageAttributesFrom(value: Json | undefined): MessageAttributes {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw invalidParameter("MessageAttributes must be a map of attributes by name.");
  const entries = Object.entries(value);
  if (entries.length > maxAttributes)
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  return Object.fromEntries(entries.map(([name, attribute]) => [name, attributeFrom(name, attribute)]));
}

/** Bytes that attributes add to their message: names, types and values. */
export function attributeBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes))
    bytes +=
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue ?? "") +
      Buffer.byteLength(BinaryValue ?? "", "base64");
  return bytes;
}

/** Those attributes that a receiver asked for: by name, by `prefix.*`, or `All`. */
export function selectAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  if (wanted.length === 0) return {};
  const isWanted = (name: string) =>
    wanted.some(
      (pattern) =>
        pattern === "All" ||
        pattern === ".*" ||
        pattern === name ||
        (pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -1))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}
