/** Answers of Query services, as XML. */
import type { Json, JsonObject } from "../contract.ts";
import { XML_NAMESPACES } from "./names.ts";

/** SQS repeats an element per entry, where the others wrap `member` elements. */
const SQS_ELEMENTS: Readonly<Record<string, string>> = {
  QueueUrls: "QueueUrl",
  queueUrls: "QueueUrl",
  Messages: "Message",
  Attributes: "Attribute",
  MessageAttributes: "MessageAttribute",
  Tags: "Tag",
  Failed: "BatchResultErrorEntry",
};

/** The XML of an operation's answer. */
export function xmlAnswer(service: string, operation: string, output: JsonObject, requestId: string): string {
  const flat = service === "sqs" ? { ...SQS_ELEMENTS, Successful: `${operation}ResultEntry` } : undefined;
  const result = members(output, flat);
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const inner = `<${operation}Result>${result}</${operation}Result>${metadata}`;
  return `<${operation}Response xmlns="${XML_NAMESPACES[service] ?? ""}">${inner}</${operation}Response>`;
}

/** The XML of a refusal. */
export function xmlError(service: string, code: string, message: string, status: number, requestId: string): string {
  const type = status < 500 ? "Sender" : "Receiver";
  const error = `<Error><Type>${type}</Type><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error>`;
  const namespace = XML_NAMESPACES[service] ?? "";
  return `<ErrorResponse xmlns="${namespace}">${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function members(object: JsonObject, flat: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(object)
    .map(([name, value]) => (value === undefined || value === null ? "" : element(name, value, flat)))
    .join("");
}

function element(name: string, value: Json, flat: Readonly<Record<string, string>> | undefined): string {
  const repeated = flat?.[name];
  if (Array.isArray(value)) {
    const each = value.map((item: Json) => element(repeated ?? "member", item, flat)).join("");
    return repeated === undefined ? `<${name}>${each}</${name}>` : each;
  }
  if (value === null) return "";
  if (typeof value === "object") {
    const object = value as JsonObject;
    if (repeated === undefined) return `<${name}>${members(object, flat)}</${name}>`;
    const key = name === "Tags" ? "Key" : "Name";
    return Object.entries(object)
      .map(([entry, item]) => element(repeated, { [key]: entry, Value: item ?? "" }, undefined))
      .join("");
  }
  return `<${name}>${escaped(typeof value === "number" && /(Timestamp|Date)$/.test(name) ? new Date(value * 1000).toISOString() : String(value))}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

const escaped = (text: string): string => text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
