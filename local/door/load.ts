/** Load on queues: so many messages at once, or so many a second until told otherwise. */
import type { Cloud, Timer } from "../contract.ts";
import type { EcsDoor, SqsDoor } from "../neighbours.ts";

/** What is asked of a queue. Both numbers together: so many messages, at that rate. */
export interface Load {
  readonly messages?: number;
  /** 0 ends an earlier rate. */
  readonly ratePerSecond?: number;
  /** How long one message takes the task that works on it. */
  readonly secondsPerMessage?: number;
}

/** The shortest time between two batches: faster rates put several messages at once. */
const BATCH_MS = 100;

/** The running loads, one per queue. */
export class QueueLoads {
  readonly #cloud: Cloud;
  readonly #running = new Map<string, Timer>();
  #sent = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  put(queueArn: string, { messages, ratePerSecond, secondsPerMessage }: Load): void {
    if (secondsPerMessage !== undefined) this.#cloud.neighbour<EcsDoor>("ecs").consume(queueArn, { secondsPerMessage });
    if (ratePerSecond === undefined) {
      if (messages !== undefined) this.#send(queueArn, messages);
      return;
    }
    this.#running.get(queueArn)?.cancel();
    this.#running.delete(queueArn);
    if (ratePerSecond > 0) this.#next(queueArn, ratePerSecond, messages ?? Number.POSITIVE_INFINITY, this.#now(), 0);
  }

  /** Sends what is due since `startMs`, batch by batch; counted from there, so that no fraction of a message is lost. */
  #next(queueArn: string, ratePerSecond: number, wanted: number, startMs: number, sent: number): void {
    const dueMs = Math.max(this.#now() + BATCH_MS, startMs + ((sent + 1) * 1000) / ratePerSecond);
    const timer = this.#cloud.clock.at(dueMs, `load of ${queueArn}`, () => {
      const due = Math.min(Math.floor(((this.#now() - startMs) * ratePerSecond) / 1000), wanted);
      this.#send(queueArn, due - sent);
      this.#running.delete(queueArn);
      if (due < wanted) this.#next(queueArn, ratePerSecond, wanted, startMs, due);
    });
    this.#running.set(queueArn, timer);
  }

  #now(): number {
    return this.#cloud.clock.now();
  }

  #send(queueArn: string, messages: number): void {
    if (messages === 0) return;
    const bodies = Array.from({ length: messages }, () => {
      this.#sent += 1;
      return JSON.stringify({ order: this.#sent });
    });
    this.#cloud.neighbour<SqsDoor>("sqs").load(queueArn, bodies);
  }
}
