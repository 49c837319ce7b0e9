/**
 * Services that work a queue: those whose task role may receive from it. A task works some messages at a time, deletes
 * each when it is done, stops receiving on SIGTERM and loses what it cannot finish before its stop timeout.
 */

import type { JsonObject, Timer } from "../../../contract.ts";
import type { CallsDoor, IamDoor, ReceivedMessage, SqsDoor } from "../../../neighbours.ts";
import { taskNeed } from "../operations/needs.ts";
import { protect } from "../operations/protection.ts";
import type { Ecs } from "../state.ts";
import type { Task } from "../tasks/task.ts";

/** How the tasks of a queue's consumer work. */
export interface Consumption {
  readonly secondsPerMessage?: number;
  readonly slotsPerTask?: number;
  /** Whether a task protects itself from scale-in while it has work. */
  readonly protect?: boolean;
}

const DEFAULT_SECONDS = 2;
const DEFAULT_SLOTS = 1;
/** SQS hands out no more at once. */
const MOST_RECEIVED = 10;
/** What a worker must be allowed on its queue. */
const WORK = ["ReceiveMessage", "DeleteMessage"];
const ASKS_AGAIN_MS = 20_000;
const IDLE_CPU_PERCENT = 3;
const BUSY_CPU_PERCENT = 70;

/** The application, under the role of its task. */
const sessionOf = (roleArn: string) => ({ kind: "role", roleArn, sessionName: "ecs-task" }) as const;

interface Worker {
  readonly task: Task;
  readonly queue: WorkedQueue;
  readonly work: Map<string, { readonly timer: Timer; readonly doneAtMs: number }>;
  receives: boolean;
  /** For the CPU's average: how long slots were busy since the last question. */
  busyMs: number;
  sinceMs: number;
}

interface WorkedQueue {
  readonly arn: string;
  consumption: Required<Consumption>;
  readonly workers: Set<Worker>;
  refused: Timer | undefined;
  processed: number;
  lost: number;
}

/** The queues of this cloud's ECS, and who works them. */
export class Consumers {
  readonly #ecs: Ecs;
  readonly #queues = new Map<string, WorkedQueue>();
  readonly #workers = new Map<Task, readonly Worker[]>();
  readonly #mayReceive = new Map<string, readonly string[]>();
  readonly #rights = new Map<string, { readonly policy: JsonObject | undefined; readonly may: boolean }>();
  #pumping = false;

  constructor(ecs: Ecs) {
    this.#ecs = ecs;
  }

  /** Sets how a queue's consumer works from the next message on. */
  consume(queueArn: string, consumption: Consumption): void {
    const queue = this.#queue(queueArn);
    queue.consumption = { ...queue.consumption, ...consumption };
    this.#pump(queue);
  }

  /** Messages finished, and messages whose work was lost with its task. */
  tally(queueArn: string): { readonly processed: number; readonly lost: number } {
    const { processed, lost } = this.#queue(queueArn);
    return { processed, lost };
  }

  /** A task runs: it begins to receive. */
  running(task: Task): void {
    if (this.#workers.has(task)) return;
    const nowMs = this.#ecs.cloud.clock.now();
    const workers = this.#queuesOf(task).map((arn): Worker => {
      const queue = this.#queue(arn);
      const worker: Worker = { task, queue, work: new Map(), receives: true, busyMs: 0, sinceMs: nowMs };
      queue.workers.add(worker);
      return worker;
    });
    if (workers.length === 0) return;
    this.#workers.set(task, workers);
    for (const { queue } of workers) this.#pump(queue);
  }

  /** SIGTERM: no new messages; answers the seconds that the work in hand still takes. */
  terminated(task: Task): number | undefined {
    const workers = this.#workers.get(task);
    if (workers === undefined) return undefined;
    const nowMs = this.#ecs.cloud.clock.now();
    let lastMs = nowMs + 500;
    for (const worker of workers) {
      worker.receives = false;
      for (const { doneAtMs } of worker.work.values()) lastMs = Math.max(lastMs, doneAtMs + 100);
    }
    return (lastMs - nowMs) / 1000;
  }

  /** No process runs any more: what was in hand becomes visible again after the queue's timeout. */
  ended(task: Task): void {
    for (const worker of this.#workers.get(task) ?? []) {
      for (const { timer } of worker.work.values()) timer.cancel();
      worker.queue.lost += worker.work.size;
      worker.work.clear();
      worker.queue.workers.delete(worker);
    }
    this.#workers.delete(task);
  }

  /** How busy the task's slots were since the last question, 0 to 1; undefined for tasks that work no queue. */
  busyFraction(task: Task): number | undefined {
    const workers = this.#workers.get(task);
    if (workers === undefined) return undefined;
    const nowMs = this.#ecs.cloud.clock.now();
    const fractions = workers.map((worker) => {
      const span = Math.max(1, nowMs - worker.sinceMs) * worker.queue.consumption.slotsPerTask;
      const fraction = Math.min(1, worker.busyMs / span);
      worker.busyMs = 0;
      worker.sinceMs = nowMs;
      return fraction;
    });
    return Math.max(...fractions);
  }

  #queue(arn: string): WorkedQueue {
    const present = this.#queues.get(arn);
    if (present) return present;
    const consumption = { secondsPerMessage: DEFAULT_SECONDS, slotsPerTask: DEFAULT_SLOTS, protect: false };
    const queue: WorkedQueue = { arn, consumption, workers: new Set(), refused: undefined, processed: 0, lost: 0 };
    this.#queues.set(arn, queue);
    this.#ecs.cloud.neighbour<SqsDoor>("sqs").whenReceivable(arn, () => this.#pump(queue));
    return queue;
  }

  #queuesOf({ definition }: Task): readonly string[] {
    const roleArn = definition.taskRoleArn;
    if (roleArn === undefined) return [];
    const queues = this.#ecs.cloud.neighbour<SqsDoor>("sqs").queues();
    // Roles do not change at run time, queues may be added.
    const key = `${roleArn} ${queues.length}`;
    const known = this.#mayReceive.get(key);
    if (known) return known;
    const iam = this.#ecs.cloud.neighbour<IamDoor>("iam");
    const arns = queues
      .map(({ arn }) => arn)
      .filter((arn) => WORK.every((operation) => iam.decide(sessionOf(roleArn), `sqs:${operation}`, arn, {}).allowed));
    this.#mayReceive.set(key, arns);
    return arns;
  }

  /** Whether the queue's own policy leaves the role its work as well; shown in the log of calls whenever it is another policy. */
  #mayWork({ task, queue }: Worker, policy: JsonObject | undefined): boolean {
    const roleArn = task.definition.taskRoleArn ?? "";
    const key = `${roleArn} ${queue.arn}`;
    const known = this.#rights.get(key);
    if (known !== undefined && known.policy === policy) return known.may;
    const calls = this.#ecs.cloud.neighbour<CallsDoor>("calls");
    const may = WORK.every((operation) => {
      const need = { action: `sqs:${operation}`, resource: queue.arn, resourcePolicy: policy };
      return calls.check(sessionOf(roleArn), "sqs", operation, [need]);
    });
    this.#rights.set(key, { policy, may });
    return may;
  }

  /** The agent sets a task's protection under the task's own role. Source: ECS developer guide, "task scale-in protection endpoint". */
  #mayProtect({ arn, cluster, definition: { taskRoleArn: roleArn } }: Task): boolean {
    if (roleArn === undefined) return false;
    const need = taskNeed(this.#ecs, "ecs:UpdateTaskProtection", { cluster: cluster.arn }, arn);
    const calls = this.#ecs.cloud.neighbour<CallsDoor>("calls");
    return calls.check(sessionOf(roleArn), "ecs", "UpdateTaskProtection", [need]);
  }

  /** Hands waiting messages to free slots, to the task with most of them first. */
  #pump(queue: WorkedQueue): void {
    const found = this.#find(queue);
    // Receiving and deleting may themselves report a receivable message: one pump at a time.
    if (found === undefined || this.#pumping) return;
    this.#pumping = true;
    const sqs = this.#ecs.cloud.neighbour<SqsDoor>("sqs");
    for (;;) {
      const free = [...queue.workers].filter(
        (worker) => this.#freeSlots(worker) > 0 && this.#mayWork(worker, found.policy),
      );
      const slots = free.reduce((total, worker) => total + this.#freeSlots(worker), 0);
      if (slots === 0) break;
      const messages = sqs.receive(queue.arn, Math.min(slots, MOST_RECEIVED));
      if (messages.length === 0) break;
      for (const message of messages) {
        const worker = free.reduce((best, each) => (this.#freeSlots(each) > this.#freeSlots(best) ? each : best));
        this.#begin(worker, message);
      }
    }
    this.#pumping = false;
    if ([...queue.workers].some((worker) => !this.#mayWork(worker, found.policy))) this.#askAgain(queue);
  }

  /** An application that was refused asks again. */
  #askAgain(queue: WorkedQueue): void {
    const { clock } = this.#ecs.cloud;
    queue.refused ??= clock.at(clock.now() + ASKS_AGAIN_MS, `a refused worker of ${queue.arn}`, () => {
      queue.refused = undefined;
      this.#pump(queue);
    });
  }

  #freeSlots({ receives, work, queue }: Worker): number {
    return receives ? queue.consumption.slotsPerTask - work.size : 0;
  }

  #begin(worker: Worker, { receiptHandle }: ReceivedMessage): void {
    const { clock } = this.#ecs.cloud;
    const { secondsPerMessage, protect: protects } = worker.queue.consumption;
    const doneAtMs = clock.now() + Math.round(secondsPerMessage * 1000);
    const timer = clock.at(doneAtMs, "a message", () => this.#finish(worker, receiptHandle, secondsPerMessage));
    if (protects && worker.work.size === 0 && this.#mayProtect(worker.task)) protect(this.#ecs, worker.task, 120);
    worker.work.set(receiptHandle, { timer, doneAtMs });
  }

  /** A queue may be deleted at any time: its workers then find nothing and go on. */
  #find({ arn: wanted }: WorkedQueue) {
    return this.#ecs.cloud
      .neighbour<SqsDoor>("sqs")
      .queues()
      .find(({ arn }) => arn === wanted);
  }

  #finish(worker: Worker, receiptHandle: string, seconds: number): void {
    const { queue } = worker;
    worker.work.delete(receiptHandle);
    worker.busyMs += seconds * 1000;
    queue.processed += 1;
    const found = this.#find(queue);
    if (found === undefined) return;
    if (this.#mayWork(worker, found.policy)) this.#ecs.cloud.neighbour<SqsDoor>("sqs").delete(queue.arn, receiptHandle);
    this.#pump(queue);
    if (queue.consumption.protect && worker.work.size === 0) protect(this.#ecs, worker.task, undefined);
  }
}

/** Percent of the task's CPU in use: as its conditions say, else as busy as its slots are. */
export function cpuPercentOf(ecs: Ecs, task: Task): number {
  const set = task.service?.conditions.cpuPercent;
  if (set !== undefined) return set;
  const busy = ecs.listeners.busyFraction(task);
  return busy === undefined ? IDLE_CPU_PERCENT : IDLE_CPU_PERCENT + (BUSY_CPU_PERCENT - IDLE_CPU_PERCENT) * busy;
}
