/** StartMessageMoveTask and ListMessageMoveTasks: dead letters back to where they failed. */
import { AwsError, type Json, type JsonObject, type Need, type Operation } from "../../../contract.ts";
import { invalidParameter, missingParameter } from "../errors.ts";
import type { Message } from "../message.ts";
import type { Queue } from "../queue.ts";
import type { Queues } from "../queues.ts";

/** Messages a second without a given rate: SQS chooses; ours. */
const ownRatePerSecond = 500;
const stepMs = 100;

interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly startedAtMs: number;
  readonly toMove: number;
  moved: number;
  status: "RUNNING" | "COMPLETED";
}

const notFound = () =>
  new AwsError(
    "ResourceNotFoundException",
    "The resource that you specified for the SourceArn parameter doesn't exist.",
    {
      status: 404,
    },
  );

function sourceArnOf(request: JsonObject): string {
  if (typeof request.SourceArn !== "string") throw missingParameter("SourceArn");
  return request.SourceArn;
}

function rateOf(request: JsonObject): number {
  const rate = request.MaxNumberOfMessagesPerSecond;
  if (rate === undefined || rate === null) return ownRatePerSecond;
  if (typeof rate !== "number" || !Number.isInteger(rate) || rate < 1 || rate > 500)
    throw invalidParameter("MaxNumberOfMessagesPerSecond must be between 1 and 500.");
  return rate;
}

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

/** Moves messages in virtual time; a moved message is a new one, with a new id and a new retention. */
export class MoveTasks {
  readonly #queues: Queues;
  readonly #tasks: MoveTask[] = [];

  constructor(queues: Queues) {
    this.#queues = queues;
  }

  start(request: JsonObject): JsonObject {
    const source = this.#queues.byArn(sourceArnOf(request));
    if (!source) throw notFound();
    const isDeadLetterQueue = [...this.#queues.all()].some(
      ({ attributes }) => attributes.redrive?.deadLetterTargetArn === source.arn,
    );
    if (!isDeadLetterQueue) throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
    if (this.#tasks.some(({ sourceArn, status }) => sourceArn === source.arn && status === "RUNNING"))
      throw new AwsError(
        "UnsupportedOperation",
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    const destinationArn = typeof request.DestinationArn === "string" ? request.DestinationArn : undefined;
    if (destinationArn !== undefined && !this.#queues.byArn(destinationArn)) throw notFound();
    const task: MoveTask = {
      handle: Buffer.from(`${this.#queues.cloud.random.uuid()}|${source.arn}`).toString("base64"),
      sourceArn: source.arn,
      destinationArn,
      startedAtMs: this.#queues.cloud.clock.now(),
      toMove: source.counts.visible,
      moved: 0,
      status: "RUNNING",
    };
    this.#tasks.unshift(task);
    this.#step(task, source, rateOf(request));
    return { TaskHandle: task.handle };
  }

  list(request: JsonObject): JsonObject {
    const sourceArn = sourceArnOf(request);
    const most = typeof request.MaxResults === "number" ? request.MaxResults : 1;
    const results = this.#tasks
      .filter((task) => task.sourceArn === sourceArn)
      .slice(0, most)
      .map(
        (task): Json => ({
          ...(task.status === "RUNNING" && { TaskHandle: task.handle }),
          Status: task.status,
          SourceArn: task.sourceArn,
          ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
          ApproximateNumberOfMessagesMoved: task.moved,
          ApproximateNumberOfMessagesToMove: task.toMove,
          StartedTimestamp: task.startedAtMs,
        }),
      );
    return { Results: results };
  }

  #step(task: MoveTask, source: Queue, ratePerSecond: number): void {
    const { clock } = this.#queues.cloud;
    clock.at(clock.now() + stepMs, `sqs: dead letters of ${source.name} move`, () => {
      const dueByNow = Math.ceil(((clock.now() - task.startedAtMs) / 1000) * ratePerSecond);
      while (task.moved < Math.min(task.toMove, dueByNow)) {
        const message = source.takeAway();
        if (!message) break;
        this.#destinationOf(task, message)?.send({ ...message, delaySeconds: undefined });
        task.moved++;
      }
      if (task.moved >= task.toMove || source.counts.visible === 0) task.status = "COMPLETED";
      else this.#step(task, source, ratePerSecond);
    });
  }

  #destinationOf({ destinationArn }: MoveTask, message: Message): Queue | undefined {
    const arn = destinationArn ?? message.deadLetterSourceArn;
    return arn === undefined ? undefined : this.#queues.byArn(arn);
  }
}

function moveNeeds(queues: Queues, request: JsonObject): readonly Need[] {
  const source = nameIn(sourceArnOf(request));
  const destination = typeof request.DestinationArn === "string" ? nameIn(request.DestinationArn) : undefined;
  return [
    ...["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].flatMap((action) =>
      queues.needsOf(action, source),
    ),
    ...(destination === undefined ? [] : queues.needsOf("SendMessage", destination)),
  ];
}

/** StartMessageMoveTask. */
export const startMessageMoveTask = (queues: Queues, tasks: MoveTasks): Operation => ({
  needs: (request) => moveNeeds(queues, request),
  run: (request) => tasks.start(request),
});

/** ListMessageMoveTasks: the latest first. */
export const listMessageMoveTasks = (queues: Queues, tasks: MoveTasks): Operation => ({
  needs: (request) => queues.needsOf("ListMessageMoveTasks", nameIn(sourceArnOf(request))),
  run: (request) => tasks.list(request),
});
