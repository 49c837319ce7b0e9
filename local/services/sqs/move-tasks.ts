/**
 * Dead letters on their way back. Source: SQS developer guide, "Troubleshoot Amazon SQS dead-letter queue and DLQ redrive
 * issues", and its page on configuring a redrive: oldest first, each a new message with a new id and a new retention.
 */
import type { Principal } from "../../contract.ts";
import type { CallsDoor } from "../../neighbours.ts";
import type { Message } from "./message.ts";
import type { Queue } from "./queue.ts";
import type { Queues } from "./queues.ts";

/** Messages a second without a given rate: SQS chooses; ours. */
const OWN_RATE_PER_SECOND = 500;
const STEP_MS = 100;

/** Why a task stopped before its end; what may not be sent is AWS's word for calls, its word for tasks is not published. */
export type MoveFailure = "CouldNotDetermineMessageSource" | "AWS.SimpleQueueService.NonExistentQueue" | "AccessDenied";

/** What somebody asked to be moved. */
export interface MoveOrder {
  readonly source: Queue;
  /** Undefined: each message goes back to the queue it failed in. */
  readonly destinationArn: string | undefined;
  readonly ratePerSecond: number | undefined;
  /** In whose name the messages are sent. */
  readonly principal: Principal;
}

/** A task as it stands. */
export interface MoveTask extends MoveOrder {
  readonly handle: string;
  readonly startedAtMs: number;
  readonly toMove: number;
  moved: number;
  status: "RUNNING" | "COMPLETED" | "FAILED";
  failure: MoveFailure | undefined;
}

/** Moves messages in virtual time. */
export class MoveTasks {
  readonly #queues: Queues;
  readonly #tasks: MoveTask[] = [];

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  /** Every task of a dead-letter queue, the latest first. */
  of(sourceArn: string): readonly MoveTask[] {
    return this.#tasks.filter(({ source }) => source.arn === sourceArn);
  }

  start(order: MoveOrder): MoveTask {
    const { clock, random } = this.#queues.cloud;
    const handle = { taskId: random.uuid(), sourceArn: order.source.arn };
    const task: MoveTask = {
      ...order,
      handle: Buffer.from(JSON.stringify(handle)).toString("base64"),
      startedAtMs: clock.now(),
      toMove: order.source.counts.visible,
      moved: 0,
      status: "RUNNING",
      failure: undefined,
    };
    this.#tasks.unshift(task);
    this.#continue(task, new Map());
    return task;
  }

  /** `allowed` holds by queue what the sender's permissions said. */
  #continue(task: MoveTask, allowed: Map<string, boolean>): void {
    const { clock } = this.#queues.cloud;
    const { source, ratePerSecond = OWN_RATE_PER_SECOND } = task;
    clock.at(clock.now() + STEP_MS, `sqs: dead letters of ${source.name} move`, () => {
      const dueByNow = Math.ceil(((clock.now() - task.startedAtMs) / 1000) * ratePerSecond);
      while (task.moved < Math.min(task.toMove, dueByNow)) {
        const message = source.oldestVisible;
        if (message === undefined) break;
        const destination = this.#destinationOf(task, message, allowed);
        if (typeof destination === "string") {
          task.status = "FAILED";
          task.failure = destination;
          return;
        }
        source.remove(message);
        destination.send({ ...message, delaySeconds: undefined });
        task.moved++;
      }
      if (task.moved >= task.toMove || source.oldestVisible === undefined) task.status = "COMPLETED";
      else this.#continue(task, allowed);
    });
  }

  #destinationOf(
    { destinationArn, principal }: MoveTask,
    message: Message,
    allowed: Map<string, boolean>,
  ): Queue | MoveFailure {
    const arn = destinationArn ?? message.deadLetterSourceArn;
    if (arn === undefined) return "CouldNotDetermineMessageSource";
    const queue = this.#queues.byArn(arn);
    if (queue === undefined) return "AWS.SimpleQueueService.NonExistentQueue";
    const calls = this.#queues.cloud.neighbour<CallsDoor>("calls");
    const maySend =
      allowed.get(arn) ?? calls.check(principal, "sqs", "SendMessage", this.#queues.needsOf("SendMessage", queue.name));
    allowed.set(arn, maySend);
    return maySend ? queue : "AccessDenied";
  }
}
