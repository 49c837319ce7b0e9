/** Every queue of the account, and how requests and neighbours find one. */
import { AwsError, arnOf, type Cloud, type JsonObject, type Need } from "../../contract.ts";
import { invalidParameter, missingParameter, outOfRange, queueDoesNotExist } from "./errors.ts";
import { Queue } from "./queue.ts";
import { QueueAttributes, queueNameExists } from "./queue-attributes.ts";

/** A deleted queue's name is free again after this long. Source: SQS API reference, CreateQueue. */
const nameFreeAfterMs = 60_000;

/** The queues by name. */
export class Queues {
  readonly cloud: Cloud;
  /** Where queue URLs point, such as `http://127.0.0.1:4566`. */
  readonly origin: () => string;
  readonly #byName = new Map<string, Queue>();
  readonly #deletedAtMs = new Map<string, number>();

  constructor(cloud: Cloud, origin: () => string) {
    this.cloud = cloud;
    this.origin = origin;
  }

  all(): Iterable<Queue> {
    return this.#byName.values();
  }

  named(name: string): Queue | undefined {
    return this.#byName.get(name);
  }

  byArn(arn: string): Queue | undefined {
    const queue = this.#byName.get(arn.slice(arn.lastIndexOf(":") + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  arnOf(name: string): string {
    return arnOf(this.cloud, "sqs", name);
  }

  urlOf(name: string): string {
    return `${this.origin()}/${this.cloud.account}/${name}`;
  }

  /** The queue a request names by its URL; any host will do, for the path alone names it. */
  of(request: JsonObject): Queue {
    const queue = this.#byName.get(nameInUrl(request));
    if (!queue) throw queueDoesNotExist();
    return queue;
  }

  /** The permission for `action` on the queue a request names, decided by its policy as well. */
  needs(action: string, request: JsonObject): readonly Need[] {
    return this.needsOf(action, nameInUrl(request));
  }

  needsOf(action: string, name: string): readonly Need[] {
    const resourcePolicy = this.#byName.get(name)?.attributes.policy;
    return [{ action: `sqs:${action}`, resource: this.arnOf(name), ...(resourcePolicy && { resourcePolicy }) }];
  }

  /** Makes a queue, or answers the one that is there with the same attributes. */
  create(name: string, given: Readonly<Record<string, string>>): Queue {
    const existing = this.#byName.get(name);
    const differs = existing?.attributes.agreesWith(given);
    if (existing && differs !== undefined) throw queueNameExists(differs);
    if (existing) return existing;
    this.#checkName(name, given);
    const queue = new Queue(this.cloud, { name, arn: this.arnOf(name) }, new QueueAttributes(given), (arn) =>
      this.byArn(arn),
    );
    this.checkRedrive(queue, queue.attributes);
    this.#byName.set(name, queue);
    return queue;
  }

  delete(queue: Queue): void {
    queue.close();
    this.#byName.delete(queue.name);
    this.#deletedAtMs.set(queue.name, this.cloud.clock.now());
  }

  /** Refuses a dead-letter queue that is not there, of the other kind, or that does not let itself be used. */
  checkRedrive(source: Pick<Queue, "arn">, attributes: QueueAttributes): void {
    const { redrive } = attributes;
    if (!redrive) return;
    const target = this.byArn(redrive.deadLetterTargetArn);
    const refusal = (reason: string) => outOfRange("RedrivePolicy", attributes.text("RedrivePolicy"), reason);
    if (!target) throw refusal("Dead letter target does not exist.");
    if (target.attributes.isFifo !== attributes.isFifo)
      throw refusal("Dead-letter queue must be same type of queue as the source.");
    if (!target.attributes.takesDeadLettersOf(source.arn))
      throw refusal("The dead-letter queue's RedriveAllowPolicy does not allow this source queue.");
  }

  #checkName(name: string, given: Readonly<Record<string, string>>): void {
    const isFifo = given.FifoQueue === "true";
    if (isFifo !== name.endsWith(".fifo"))
      throw invalidParameter(
        isFifo
          ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
          : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
      );
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name.replace(/\.fifo$/, "")) || name.length > 80)
      throw invalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
    const deletedAtMs = this.#deletedAtMs.get(name) ?? Number.NEGATIVE_INFINITY;
    if (this.cloud.clock.now() - deletedAtMs < nameFreeAfterMs)
      throw new AwsError(
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
      );
  }
}

function nameInUrl(request: JsonObject): string {
  const url = request.QueueUrl;
  if (url === undefined || url === null || url === "") throw missingParameter("QueueUrl");
  if (typeof url !== "string") throw invalidParameter("The address QueueUrl is not valid for this endpoint.");
  return url.slice(url.lastIndexOf("/") + 1);
}
