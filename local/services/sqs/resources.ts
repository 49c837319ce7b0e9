/** Queues and their policies from templates: AWS::SQS::Queue and AWS::SQS::QueuePolicy. */
import type { CreatedResource, Json, JsonObject, ResourceDeclaration } from "../../contract.ts";
import { settableAttributes } from "./queue-attributes.ts";
import type { Queues } from "./queues.ts";

const refusal = ({ type, logicalId, stackName }: ResourceDeclaration, what: string): Error =>
  new Error(`creating ${type} ${logicalId} of stack ${stackName}: ${what}`);

const asText = (value: Json): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

function nameOf(declaration: ResourceDeclaration): string {
  const { QueueName, FifoQueue } = declaration.properties;
  if (typeof QueueName === "string") return QueueName;
  const isFifo = FifoQueue === true || FifoQueue === "true";
  return declaration.generatedName.slice(0, isFifo ? 75 : 80) + (isFifo ? ".fifo" : "");
}

/** Makes the queue a template declares; `Ref` is its URL. */
export function createQueueResource(queues: Queues, declaration: ResourceDeclaration): CreatedResource {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(declaration.properties)) {
    if (name === "QueueName" || name === "Tags" || value === undefined || value === null) continue;
    if (name === "Policy" || !settableAttributes.includes(name))
      throw refusal(declaration, `the local cloud does not model the property ${name}`);
    if (name !== "FifoQueue" || asText(value) === "true") attributes[name] = asText(value);
  }
  const name = nameOf(declaration);
  if (queues.named(name)) throw refusal(declaration, `there is a queue ${name} already`);
  const queue = queues.create(name, attributes);
  const tags = Array.isArray(declaration.properties.Tags) ? declaration.properties.Tags : [];
  for (const tag of tags as readonly JsonObject[]) queue.tags.set(String(tag.Key), String(tag.Value));
  const url = queues.urlOf(name);
  return { ref: url, attributes: { Arn: queue.arn, QueueName: name, QueueUrl: url } };
}

/** Sets the policy a template declares on the queues it names. */
export function createQueuePolicyResource(queues: Queues, declaration: ResourceDeclaration): CreatedResource {
  const { PolicyDocument, Queues: urls } = declaration.properties;
  if (!Array.isArray(urls) || urls.length === 0)
    throw refusal(declaration, "Queues should list at least one queue URL");
  if (typeof PolicyDocument !== "object" || PolicyDocument === null)
    throw refusal(declaration, "PolicyDocument should be an object");
  for (const url of urls) {
    const queue = queues.of({ QueueUrl: url });
    if (queue.attributes.policy)
      throw refusal(declaration, `the queue ${queue.name} has a policy already, and one would replace the other`);
    queue.attributes.set({ Policy: JSON.stringify(PolicyDocument) });
  }
  return { ref: declaration.generatedName, attributes: { Id: declaration.generatedName } };
}
