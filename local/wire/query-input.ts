/** The Query protocol's forms, as the JSON input that operations take. */
import type { Json, JsonObject } from "../contract.ts";

type Tree = { [key: string]: Tree | string };

/** Members that are numbers or booleans; a form has only texts. */
const NUMBERS = new Set([
  ...["DelaySeconds", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "MaxResults"],
  ...[
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "MaxRecords",
    "MaxDatapoints",
    "Value",
    "StorageResolution",
  ],
]);
const BOOLEANS = new Set(["ActionsEnabled", "ReturnData"]);
const INSTANTS = new Set(["StartTime", "EndTime", "Timestamp"]);

/** SQS writes its lists and maps flat, under names of their own. */
const SQS_LISTS: Readonly<Record<string, string>> = {
  AttributeName: "AttributeNames",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  SendMessageBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
  TagKey: "TagKeys",
};
const SQS_MAPS: Readonly<Record<string, readonly [member: string, key: string]>> = {
  Attribute: ["Attributes", "Name"],
  MessageAttribute: ["MessageAttributes", "Name"],
  Tag: ["Tags", "Key"],
};

/** The input of an operation; `Action` and `Version` are no part of it. */
export function queryInput(service: string, form: URLSearchParams): JsonObject {
  const tree: Tree = {};
  for (const [name, value] of form) if (name !== "Action" && name !== "Version") put(tree, name.split("."), value);
  return service === "sqs" ? sqsInput(tree) : (plain(tree, "", service) as JsonObject);
}

function put(tree: Tree, [head = "", ...tail]: readonly string[], value: string): void {
  if (tail.length === 0) {
    tree[head] = value;
    return;
  }
  const below = tree[head];
  const next: Tree = typeof below === "object" ? below : {};
  tree[head] = next;
  put(next, tail, value);
}

function plain(node: Tree | string, name: string, service: string): Json {
  if (typeof node === "string") return scalar(node, name, service);
  const list = typeof node.member === "object" ? node.member : isNumbered(node) ? node : undefined;
  if (list) return numbered(list).map((element) => plain(element, name, service));
  // A dimension's value is a text, a datum's a number: only the dimension has a name beside it.
  const isPair = typeof node.Name === "string" && typeof node.Value === "string";
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, isPair ? String(value) : plain(value, key, service)]),
  );
}

function scalar(text: string, name: string, service: string): Json {
  // Only SQS's and CloudWatch's shapes have numbers among the operations modelled here.
  if (service !== "sqs" && service !== "cloudwatch") return text;
  if (INSTANTS.has(name)) return Date.parse(text) / 1000;
  if (BOOLEANS.has(name)) return text === "true";
  return NUMBERS.has(name) && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function sqsInput(tree: Tree): JsonObject {
  const input: Record<string, Json> = {};
  for (const [name, node] of Object.entries(tree)) {
    const [list, map] = [SQS_LISTS[name], SQS_MAPS[name]];
    if (typeof node === "string") input[name] = scalar(node, name, "sqs");
    else if (list) input[list] = numbered(node).map((each) => (typeof each === "string" ? each : sqsInput(each)));
    else if (map) input[map[0]] = Object.fromEntries(numbered(node).map((each) => pairOf(each, map[1])));
    else input[name] = plain(node, name, "sqs");
  }
  return input;
}

function pairOf(node: Tree | string, key: string): [string, Json] {
  const { [key]: name = "", Value: value = "" } = typeof node === "string" ? {} : node;
  // Attribute values stay texts, whatever they look like.
  return [String(name), typeof value === "string" ? value : plain(value, "", "")];
}

const isNumbered = (node: Tree): boolean => {
  const keys = Object.keys(node);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
};

const numbered = (node: Tree): (Tree | string)[] =>
  Object.entries(node)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => value);
