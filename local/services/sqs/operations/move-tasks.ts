/** StartMessageMoveTask and ListMessageMoveTasks: dead letters back to where they failed. */
import { AwsError, type Json, type JsonObject, type Operation } from "../../../contract.ts";
import { invalidParameter, missingParameter } from "../errors.ts";
import { integerMember } from "../members.ts";
import type { MoveTask, MoveTasks } from "../move-tasks.ts";
import type { Queue } from "../queue.ts";
import type { Queues } from "../queues.ts";

const notFound = (parameter: string) =>
  new AwsError(
    "ResourceNotFoundException",
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    { status: 404 },
  );

function sourceArnOf(request: JsonObject): string {
  if (typeof request.SourceArn !== "string") throw missingParameter("SourceArn");
  return request.SourceArn;
}

const destinationArnOf = ({ DestinationArn }: JsonObject): string | undefined =>
  typeof DestinationArn === "string" && DestinationArn !== "" ? DestinationArn : undefined;

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

function sourceOf(queues: Queues, request: JsonObject): Queue {
  const source = queues.byArn(sourceArnOf(request));
  if (!source) throw notFound("SourceArn");
  return source;
}

/** Only queues' dead letters can be moved: those of a topic or a function alone have no source to go back to. */
function checkIsDeadLetterQueue(queues: Queues, { arn }: Queue): void {
  const isOne = [...queues.all()].some(({ attributes }) => attributes.redrive?.deadLetterTargetArn === arn);
  if (!isOne) throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
}

function checkDestination(queues: Queues, source: Queue, arn: string): void {
  const destination = queues.byArn(arn);
  if (!destination) throw notFound("DestinationArn");
  // AWS publishes no words for these two.
  if (destination === source) throw invalidParameter("Source queue and destination queue must not be the same.");
  if (destination.attributes.isFifo !== source.attributes.isFifo)
    throw invalidParameter("Destination queue must be the same type of queue as the source.");
}

/** StartMessageMoveTask. */
export const startMessageMoveTask = (queues: Queues, tasks: MoveTasks): Operation => ({
  needs(request) {
    const source = nameIn(sourceArnOf(request));
    const destinationArn = destinationArnOf(request);
    return [
      ...["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].flatMap((action) =>
        queues.needsOf(action, source),
      ),
      ...(destinationArn === undefined ? [] : queues.needsOf("SendMessage", nameIn(destinationArn))),
    ];
  },
  run(request, { principal }) {
    const source = sourceOf(queues, request);
    checkIsDeadLetterQueue(queues, source);
    const destinationArn = destinationArnOf(request);
    if (destinationArn !== undefined) checkDestination(queues, source, destinationArn);
    const ratePerSecond = integerMember(request, "MaxNumberOfMessagesPerSecond", undefined, 1, 500);
    if (tasks.of(source.arn).some(({ status }) => status === "RUNNING"))
      throw invalidParameter(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    return { TaskHandle: tasks.start({ source, destinationArn, ratePerSecond, principal }).handle };
  },
});

const listed = (task: MoveTask): Json => ({
  ...(task.status === "RUNNING" && { TaskHandle: task.handle }),
  Status: task.status,
  SourceArn: task.source.arn,
  ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
  ...(task.ratePerSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.ratePerSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.failure !== undefined && { FailureReason: task.failure }),
  StartedTimestamp: task.startedAtMs,
});

/** ListMessageMoveTasks: the latest first. */
export const listMessageMoveTasks = (queues: Queues, tasks: MoveTasks): Operation => ({
  needs: (request) =>
    ["ListMessageMoveTasks", "GetQueueAttributes"].flatMap((action) =>
      queues.needsOf(action, nameIn(sourceArnOf(request))),
    ),
  run(request) {
    const { arn } = sourceOf(queues, request);
    return {
      Results: tasks
        .of(arn)
        .slice(0, integerMember(request, "MaxResults", 1, 1, 10))
        .map(listed),
    };
  },
});
