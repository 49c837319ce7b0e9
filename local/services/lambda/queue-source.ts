/** An SQS event source mapping at work: polls as the function's role, invokes, deletes what is done. */
import type { Cloud, Need, Principal, Timer } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { CallsDoor, IamDoor, ReceivedMessage, SqsDoor } from "../../neighbours.ts";
import { sendAway } from "./destinations.ts";
import { whileHolding } from "./holding.ts";
import type { Finished, Invocations } from "./invocations.ts";
import { hopsOf, longestTrace, mostHops } from "./lineage.ts";
import { Pollers } from "./pollers.ts";
import { doneMessages, eventOf } from "./sqs-event.ts";
import type { EventSourceMapping, LambdaState, Target } from "./state.ts";

const pollLatencyMs = 20;
const growthLatencyMs = 1000;
const mostPerReceive = 10;
const largestPayloadBytes = 6 * 1024 * 1024;
/** Bytes that a record needs beside its body: ids, handle, attributes. */
const recordOverheadBytes = 1500;

/** Feeds one function from one queue. */
export class QueueSource {
  readonly mapping: EventSourceMapping;
  readonly #cloud: Cloud;
  readonly #invocations: Invocations;
  readonly #target: Target;
  readonly #pollers: Pollers;
  #isEnabled = false;
  #pollAtMs: number | undefined;
  #gathered: ReceivedMessage[] = [];
  #gatheredBytes = 0;
  #window: Timer | undefined;
  #isDue = false;

  constructor(cloud: Cloud, mapping: EventSourceMapping, state: LambdaState, invocations: Invocations) {
    this.#cloud = cloud;
    this.mapping = mapping;
    this.#invocations = invocations;
    this.#target = state.find(mapping.functionName);
    this.#pollers = new Pollers(mapping.maximumConcurrency);
  }

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** Refuses, as CreateEventSourceMapping does, a queue or a role with which it could not work. */
  enable(): void {
    const { queueArn, functionName } = this.mapping;
    const { timeoutSeconds } = this.#target.configuration;
    const queue = this.#sqs()
      .queues()
      .find(({ arn }) => arn === queueArn);
    const refuse = (what: string): never => {
      throw new AwsError(
        "InvalidParameterValueException",
        `connecting ${queueArn} to function ${functionName}: ${what}`,
      );
    };
    if (!queue) {
      refuse("there is no such queue");
      return;
    }
    if (queue.visibilitySeconds < timeoutSeconds)
      refuse(
        `Queue visibility timeout: ${queue.visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
      );
    const iam = this.#cloud.neighbour<IamDoor>("iam");
    for (const operation of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
      if (!iam.decide(this.#principal(), `sqs:${operation}`, queueArn, {}).allowed)
        refuse(`The provided execution role does not have permissions to call ${operation} on SQS`);
    // The one call that is made without a message; the others are logged when they are made.
    this.#may("GetQueueAttributes");
    this.#isEnabled = true;
    this.#sqs().whenReceivable(queueArn, () => this.#pollSoon(pollLatencyMs));
    this.#pollSoon(pollLatencyMs);
  }

  #pollSoon(afterMs: number): void {
    const { clock } = this.#cloud;
    const atMs = clock.now() + afterMs;
    if (!this.#isEnabled || (this.#pollAtMs !== undefined && this.#pollAtMs <= atMs)) return;
    this.#pollAtMs = atMs;
    clock.at(atMs, `${this.mapping.functionName} polls its queue`, () => {
      if (this.#pollAtMs !== atMs) return;
      this.#pollAtMs = undefined;
      this.#poll();
    });
  }

  #poll(): void {
    const nowMs = this.#cloud.clock.now();
    while (this.#pollers.hasRoom(nowMs)) {
      const hasReceived = this.#receive();
      if (this.#gathered.length === 0) break;
      if (this.#isFull() || this.#isDue || this.mapping.windowSeconds === 0) this.#launch();
      else if (hasReceived) this.#waitForMore();
      else break;
    }
    if (this.#counts().visible === 0) return;
    // At the maximum the end of a batch polls again; below it, time alone brings more pollers.
    if (!this.#pollers.hasRoom(nowMs) && this.#pollers.mayGrow()) this.#pollSoon(growthLatencyMs);
  }

  /** Takes messages until the batch is full; answers whether there were any. */
  #receive(): boolean {
    const { queueArn, batchSize } = this.mapping;
    let received = 0;
    while (!this.#isFull()) {
      if (this.#counts().visible === 0) break;
      if (!this.#may("ReceiveMessage")) {
        this.#disable("it may no longer receive messages");
        break;
      }
      const messages = this.#sqs().receive(queueArn, Math.min(mostPerReceive, batchSize - this.#gathered.length));
      if (messages.length === 0) break;
      received += messages.length;
      this.#gathered.push(...messages);
      for (const { body } of messages) this.#gatheredBytes += Buffer.byteLength(body) + recordOverheadBytes;
    }
    return received > 0;
  }

  /** Half of the payload limit leaves room for ten more messages of any size that still fits. */
  #isFull(): boolean {
    return this.#gathered.length >= this.mapping.batchSize || this.#gatheredBytes > largestPayloadBytes / 2;
  }

  #waitForMore(): void {
    const { clock } = this.#cloud;
    const { windowSeconds, functionName } = this.mapping;
    this.#window ??= clock.at(clock.now() + windowSeconds * 1000, `${functionName}'s batch is due`, () => {
      this.#isDue = true;
      this.#poll();
    });
  }

  #launch(): void {
    const messages = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#isDue = false;
    this.#window?.cancel();
    this.#window = undefined;
    const { queueArn } = this.mapping;
    const { configuration } = this.#target;
    const trace = longestTrace(
      messages.map(({ attributes }) => attributes.AWSTraceHeader),
      configuration.arn,
    );
    this.#pollers.start(this.#cloud.clock.now());
    const run = (): Promise<void> =>
      configuration.stopsRecursion && hopsOf(trace, configuration.arn) >= mostHops
        ? this.#drop(messages)
        : this.#invocations.run(this.#target, eventOf(messages, queueArn), { trace }).then(
            (finished) => this.#settle(messages, finished),
            (error: unknown) => this.#refused(error),
          );
    void run().finally(() => {
      this.#pollers.end();
      this.#pollSoon(pollLatencyMs);
    });
  }

  #settle(messages: readonly ReceivedMessage[], finished: Finished): void {
    const done = doneMessages(messages, finished, this.mapping.reportsItemFailures);
    if (done.length === 0) return;
    if (!this.#may("DeleteMessage")) {
      this.#disable("it may no longer delete messages");
      return;
    }
    for (const { receiptHandle } of done) this.#sqs().delete(this.mapping.queueArn, receiptHandle);
  }

  /** Throttled: the messages come back when their visibility timeout ends. */
  #refused(error: unknown): void {
    if (!(error instanceof AwsError)) throw error;
    if (error.code !== "TooManyRequestsException")
      this.#cloud.say(
        `function ${this.mapping.functionName} did not run for ${this.mapping.queueArn}: ${error.message}`,
      );
  }

  /** A loop is broken: the messages leave the queue, for the function's own dead letters if it has any. */
  async #drop(messages: readonly ReceivedMessage[]): Promise<void> {
    const { configuration } = this.#target;
    const { deadLetterArn, name } = configuration;
    this.#invocations.measure(name, "RecursiveInvocationsDropped", 1);
    this.#cloud.say(
      `function ${name} was stopped: its messages came back to it more than ${mostHops} times in one chain`,
    );
    await whileHolding(this.#cloud.clock, `${name} is stopped`, async () => {
      for (const { body, receiptHandle } of messages) {
        if (deadLetterArn) await sendAway(this.#cloud, configuration, deadLetterArn, { body });
        this.#sqs().delete(this.mapping.queueArn, receiptHandle);
      }
    });
  }

  #disable(why: string): void {
    this.#isEnabled = false;
    this.#cloud.say(`${this.mapping.queueArn} no longer feeds function ${this.mapping.functionName}: ${why}`);
  }

  #may(operation: string): boolean {
    const principal = this.#principal();
    const needs: readonly Need[] = [{ action: `sqs:${operation}`, resource: this.mapping.queueArn }];
    return this.#cloud.neighbour<CallsDoor>("calls").check(principal, "sqs", operation, needs);
  }

  #principal(): Principal {
    return { kind: "role", roleArn: this.#target.configuration.roleArn, sessionName: "awslambda" };
  }

  #counts(): ReturnType<SqsDoor["counts"]> {
    return this.#sqs().counts(this.mapping.queueArn);
  }

  #sqs(): SqsDoor {
    return this.#cloud.neighbour<SqsDoor>("sqs");
  }
}
