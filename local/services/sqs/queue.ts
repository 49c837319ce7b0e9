/** One queue: what was sent, who holds what until when, and what goes to the dead letters. */
import { AwsError, type Cloud } from "../../contract.ts";
import { type Activity, noActivity } from "./activity.ts";
import { digestOfBody } from "./digest.ts";
import { outOfRange } from "./errors.ts";
import { DueHeap } from "./heap.ts";
import { FifoLine, type Line, StandardLine } from "./lines.ts";
import type { Message, Sent } from "./message.ts";
import { type Counts, ObservedCounts } from "./observed-counts.ts";
import type { QueueAttributes } from "./queue-attributes.ts";
import { partsOfHandle, receiptHandle } from "./receipt-handle.ts";
import { Timetable } from "./timetable.ts";

/** Most messages in flight. Source: SQS developer guide, "Message quotas". */
const maxInFlight = 120_000;
/** Longest time in seconds that a message may be in flight since it was received. */
const maxVisibilitySeconds = 43_200;
/** After so many receives a message no longer counts for the age of the oldest.
 *  Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS". */
const receivesOfPoison = 3;

/** A message handed out, with the handle that speaks for this receipt of it. */
export interface Receipt {
  readonly message: Message;
  readonly handle: string;
}

/** A queue. Its listeners hear at once of every message that becomes receivable. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: QueueAttributes;
  readonly createdAtMs: number;
  readonly tags = new Map<string, string>();
  readonly observed: ObservedCounts;
  lastModifiedAtMs: number;
  lastPurgedAtMs = Number.NEGATIVE_INFINITY;
  lastUsedAtMs: number;
  readonly #cloud: Cloud;
  readonly #line: Line;
  readonly #messages = new Map<string, Message>();
  readonly #times: Timetable;
  readonly #ages = new DueHeap<Message>();
  readonly #listeners: (() => void)[] = [];
  readonly #counts = { visible: 0, inFlight: 0, delayed: 0 };
  readonly #deadLetters: (arn: string) => Queue | undefined;
  #activity = noActivity();
  #sequence = 0;

  constructor(
    cloud: Cloud,
    identity: { readonly name: string; readonly arn: string },
    attributes: QueueAttributes,
    deadLetters: (arn: string) => Queue | undefined,
  ) {
    this.#cloud = cloud;
    this.name = identity.name;
    this.arn = identity.arn;
    this.attributes = attributes;
    this.createdAtMs = this.lastModifiedAtMs = this.lastUsedAtMs = cloud.clock.now();
    this.observed = new ObservedCounts(cloud);
    this.#line = attributes.isFifo ? new FifoLine() : new StandardLine(cloud.random);
    this.#deadLetters = deadLetters;
    this.#times = new Timetable(cloud, `sqs: messages of ${this.name} change`, {
      show: (message) => this.#show(message),
      remove: (message) => this.remove(message),
    });
  }

  /** The exact counts, which no caller of the API gets to see. */
  get counts(): Counts {
    this.#times.settle();
    return { ...this.#counts };
  }

  /** Whether there is anything in it. */
  get isEmpty(): boolean {
    this.#times.settle();
    return this.#messages.size === 0;
  }

  /** Seconds that the oldest message has been here, poison left out; 0 for an empty queue. */
  get oldestAgeSeconds(): number {
    this.#times.settle();
    for (;;) {
      const oldest = this.#ages.earliest;
      if (!oldest) return 0;
      if (oldest.state !== "gone" && oldest.receivesHere < receivesOfPoison)
        return Math.floor((this.#cloud.clock.now() - oldest.enteredAtMs) / 1000);
      this.#ages.pop();
    }
  }

  whenReceivable(listener: () => void): void {
    this.#listeners.push(listener);
  }

  send(sent: Sent): Message {
    this.#use();
    const nowMs = this.#cloud.clock.now();
    this.#activity.sent++;
    this.#activity.sentBytes += Buffer.byteLength(sent.body);
    this.observed.noteSent();
    const message = this.#enter({
      ...sent,
      messageId: this.#cloud.random.uuid(),
      sentAtMs: nowMs,
      enteredAtMs: nowMs,
      sequence: this.#sequence++,
      digest: digestOfBody(sent.body),
      deadLetterSourceArn: undefined,
      state: "arriving",
      turn: 0,
      receivesHere: 0,
      receives: 0,
      firstReceivedAtMs: undefined,
      lastReceivedAtMs: nowMs,
    });
    const delaySeconds = sent.delaySeconds ?? this.attributes.number("DelaySeconds");
    if (delaySeconds > 0) this.#become(message, "delayed", nowMs + delaySeconds * 1000);
    else this.#show(message);
    return message;
  }

  /** Hands out up to `atMost` messages; those received too often go to the dead letters instead. */
  receive(atMost: number, visibilitySeconds = this.attributes.number("VisibilityTimeout")): readonly Receipt[] {
    this.#times.settle();
    this.#use();
    const nowMs = this.#cloud.clock.now();
    const taken: Message[] = [];
    while (taken.length < atMost) {
      if (this.#counts.inFlight >= maxInFlight) break;
      const message = this.#line.take(taken);
      if (!message) break;
      const grave = this.#graveOf(message);
      if (grave) {
        this.remove(message);
        grave.bury({ ...message, deadLetterSourceArn: this.arn });
        continue;
      }
      message.receivesHere++;
      message.receives++;
      message.firstReceivedAtMs ??= nowMs;
      message.lastReceivedAtMs = nowMs;
      this.#become(message, "in-flight", nowMs + visibilitySeconds * 1000);
      taken.push(message);
    }
    this.#activity.received += taken.length;
    return taken.map((message) => ({ message, handle: receiptHandle({ queue: this.name, ...message }) }));
  }

  /** Whether a short poll has to be refused because too much is in flight. */
  get isFull(): boolean {
    return this.counts.inFlight >= maxInFlight;
  }

  noteEmptyReceive(): void {
    this.#activity.emptyReceives++;
  }

  /** Deletes what the handle speaks for; a handle of an earlier receipt deletes nothing, without a word. */
  delete(handle: string): void {
    this.#times.settle();
    this.#use();
    const message = this.#held(handle);
    this.#activity.deleted++;
    if (message) this.remove(message);
  }

  /** Sets when a message in flight becomes visible again, from now. */
  changeVisibility(handle: string, seconds: number): void {
    this.#times.settle();
    this.#use();
    const message = this.#held(handle);
    const nowMs = this.#cloud.clock.now();
    if (!message)
      throw outOfRange(
        "ReceiptHandle",
        handle,
        "Message does not exist or is not available for visibility timeout change.",
      );
    if (message.state !== "in-flight")
      throw new AwsError("MessageNotInflight", "The specified message isn't in flight.");
    if (nowMs + seconds * 1000 > message.lastReceivedAtMs + maxVisibilitySeconds * 1000)
      throw outOfRange(
        "VisibilityTimeout",
        seconds,
        `Total VisibilityTimeout for the message is beyond the limit [${maxVisibilitySeconds} seconds]`,
      );
    if (seconds === 0) this.#show(message);
    else this.#become(message, "in-flight", nowMs + seconds * 1000);
  }

  /** Whether the handle was given out by this queue. */
  knows(handle: string): boolean {
    return partsOfHandle(handle)?.queue === this.name;
  }

  purge(): void {
    this.#times.settle();
    this.#use();
    this.lastPurgedAtMs = this.#cloud.clock.now();
    for (const message of [...this.#messages.values()]) this.remove(message);
  }

  /** The visible message that has been here longest; it stays. */
  get oldestVisible(): Message | undefined {
    this.#times.settle();
    for (const message of this.#messages.values()) if (message.state === "visible") return message;
    return undefined;
  }

  /** What happened since this was asked last. */
  takeActivity(): Activity {
    const activity = this.#activity;
    this.#activity = noActivity();
    return activity;
  }

  close(): void {
    this.#times.stop();
    this.#listeners.length = 0;
  }

  /** Where a message goes that was received too often; undefined while it may be received again. */
  #graveOf(message: Message): Queue | undefined {
    const { redrive } = this.attributes;
    return redrive && message.receivesHere >= redrive.maxReceiveCount
      ? this.#deadLetters(redrive.deadLetterTargetArn)
      : undefined;
  }

  /** Takes in a message that failed elsewhere. Its retention goes on from when it was sent, but in a FIFO queue anew. */
  bury(message: Message): void {
    const nowMs = this.#cloud.clock.now();
    const entering = this.#enter({
      ...message,
      sentAtMs: this.attributes.isFifo ? nowMs : message.sentAtMs,
      enteredAtMs: nowMs,
      sequence: this.#sequence++,
      state: "arriving",
      receivesHere: 0,
    });
    this.#use();
    this.#show(entering);
  }

  #enter(message: Message): Message {
    this.#messages.set(message.messageId, message);
    this.#times.removeAt(message, message.sentAtMs + this.attributes.number("MessageRetentionPeriod") * 1000);
    this.#ages.push(message.enteredAtMs, message);
    return message;
  }

  #show(message: Message): void {
    this.#move(message, "visible");
    this.#line.add(message);
    for (const listener of [...this.#listeners]) listener();
  }

  #become(message: Message, state: "delayed" | "in-flight", untilMs: number): void {
    this.#move(message, state);
    this.#line.note(message);
    this.#times.showAt(message, untilMs);
  }

  /** Takes a message out for good. */
  remove(message: Message): void {
    this.#move(message, "gone");
    this.#messages.delete(message.messageId);
    this.#line.note(message);
  }

  #move(message: Message, state: Message["state"]): void {
    this.#count(message.state, -1);
    message.state = state;
    message.turn++;
    this.#count(state, 1);
    this.observed.note(this.#counts);
  }

  #count(state: Message["state"], by: number): void {
    if (state === "visible") this.#counts.visible += by;
    else if (state === "in-flight") this.#counts.inFlight += by;
    else if (state === "delayed") this.#counts.delayed += by;
  }

  #use(): void {
    this.lastUsedAtMs = this.#cloud.clock.now();
  }

  #held(handle: string): Message | undefined {
    const parts = partsOfHandle(handle);
    const message = parts && this.#messages.get(parts.messageId);
    return message && message.receives === parts.receives ? message : undefined;
  }
}
