/** The attributes of a queue: what may be set, in which range, and what they mean. */
import type { JsonObject } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import { invalidAttribute, invalidParameter, unknownAttribute } from "./errors.ts";

/** When and where messages go that were received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** Ranges of the numeric attributes. Source: SQS API reference, SetQueueAttributes. */
const ranges: Readonly<Record<string, { readonly least: number; readonly most: number; readonly initial: number }>> = {
  DelaySeconds: { least: 0, most: 900, initial: 0 },
  MaximumMessageSize: { least: 1024, most: 1_048_576, initial: 1_048_576 },
  MessageRetentionPeriod: { least: 60, most: 1_209_600, initial: 345_600 },
  ReceiveMessageWaitTimeSeconds: { least: 0, most: 20, initial: 0 },
  VisibilityTimeout: { least: 0, most: 43_200, initial: 30 },
};
const flags = ["ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled"];
const texts = ["DeduplicationScope", "FifoThroughputLimit", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId"];
const documents = ["Policy", "RedriveAllowPolicy", "RedrivePolicy"];

/** Attributes that tell a state and cannot be set. */
export const readOnlyAttributes = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesDelayed",
  "ApproximateNumberOfMessagesNotVisible",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "QueueArn",
];
/** Attributes that may be set. */
export const settableAttributes = [...Object.keys(ranges), ...flags, ...texts, ...documents];

function checkedNumber(name: string, value: string): void {
  const range = ranges[name];
  if (!range) return;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < range.least || number > range.most) throw invalidAttribute(name);
}

function documentIn(name: string, text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidAttribute(name);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw invalidAttribute(name);
  return parsed as JsonObject;
}

function redrivePolicyIn(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = documentIn("RedrivePolicy", text);
  const count = Number(maxReceiveCount);
  const refusal = (reason: string) =>
    invalidParameter(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  if (typeof deadLetterTargetArn !== "string")
    throw refusal("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw refusal("Invalid value for maxReceiveCount: it must be between 1 and 1000.");
  return { deadLetterTargetArn, maxReceiveCount: count };
}

/** The settings of one queue, as text as the API has them, and read. */
export class QueueAttributes {
  readonly #texts = new Map<string, string>();
  #policy: JsonObject | undefined;
  #redrive: RedrivePolicy | undefined;

  constructor(given: Readonly<Record<string, string>>) {
    for (const [name, { initial }] of Object.entries(ranges)) this.#texts.set(name, String(initial));
    this.#texts.set("SqsManagedSseEnabled", "true");
    this.set(given);
    if (this.isFifo && !this.#texts.has("ContentBasedDeduplication"))
      this.#texts.set("ContentBasedDeduplication", "false");
  }

  get isFifo(): boolean {
    return this.#texts.get("FifoQueue") === "true";
  }

  get isContentDeduplicated(): boolean {
    return this.#texts.get("ContentBasedDeduplication") === "true";
  }

  get policy(): JsonObject | undefined {
    return this.#policy;
  }

  get redrive(): RedrivePolicy | undefined {
    return this.#redrive;
  }

  number(
    name:
      | "DelaySeconds"
      | "MaximumMessageSize"
      | "MessageRetentionPeriod"
      | "ReceiveMessageWaitTimeSeconds"
      | "VisibilityTimeout",
  ): number {
    return Number(this.#texts.get(name));
  }

  text(name: string): string | undefined {
    return this.#texts.get(name);
  }

  /** Whether messages of that queue may be moved here. */
  takesDeadLettersOf(sourceArn: string): boolean {
    const text = this.#texts.get("RedriveAllowPolicy");
    if (text === undefined) return true;
    const { redrivePermission, sourceQueueArns } = documentIn("RedriveAllowPolicy", text);
    if (redrivePermission === "denyAll") return false;
    if (redrivePermission !== "byQueue") return true;
    return Array.isArray(sourceQueueArns) && sourceQueueArns.includes(sourceArn);
  }

  /** Changes the given attributes, or none of them. An empty document takes it away. */
  set(given: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(given)) {
      if (!settableAttributes.includes(name)) throw unknownAttribute(name);
      checkedNumber(name, value);
      if (flags.includes(name) && value !== "true" && value !== "false") throw invalidAttribute(name);
      if (documents.includes(name) && value !== "") documentIn(name, value);
    }
    const redrive = given.RedrivePolicy ? redrivePolicyIn(given.RedrivePolicy) : undefined;
    for (const [name, value] of Object.entries(given)) {
      if (documents.includes(name) && value === "") this.#texts.delete(name);
      else this.#texts.set(name, value);
    }
    if (given.RedrivePolicy !== undefined) this.#redrive = redrive;
    if (given.Policy !== undefined) this.#policy = given.Policy === "" ? undefined : documentIn("Policy", given.Policy);
    if (given.KmsMasterKeyId) this.#texts.set("SqsManagedSseEnabled", "false");
  }

  /** Whether the other has the same value wherever it says one. */
  agreesWith(given: Readonly<Record<string, string>>): string | undefined {
    return Object.entries(given).find(([name, value]) => this.#texts.get(name) !== value)?.[0];
  }
}

/** The refusal of a queue whose name is taken by one with other attributes. */
export const queueNameExists = (attribute: string): AwsError =>
  new AwsError(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  );
