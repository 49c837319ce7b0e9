/** SQS: standard queues in full, FIFO queues in what matters. */
import type { Cloud, Service } from "../../contract.ts";
import type { WireDoor } from "../../neighbours.ts";
import { createDoor } from "./door.ts";
import { QueueMetrics } from "./metrics.ts";
import { MoveTasks } from "./move-tasks.ts";
import { getQueueAttributes, setQueueAttributes } from "./operations/attributes.ts";
import { listMessageMoveTasks, startMessageMoveTask } from "./operations/move-tasks.ts";
import {
  createQueue,
  deleteQueue,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  listQueueTags,
  purgeQueue,
  tagQueue,
  untagQueue,
} from "./operations/queues.ts";
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
  receiveMessage,
} from "./operations/receive.ts";
import { sendMessage, sendMessageBatch } from "./operations/send.ts";
import { Queues } from "./queues.ts";
import { Receiving } from "./receiving.ts";
import { createQueuePolicyResource, createQueueResource } from "./resources.ts";
import { Sending } from "./sending.ts";

/** SDKs take a queue's URL for the endpoint, so it must lead back here; without a server it is AWS's own. */
function originOf(cloud: Cloud): string {
  try {
    return cloud.neighbour<WireDoor>("wire").endpoint();
  } catch {
    return `https://sqs.${cloud.region}.amazonaws.com`;
  }
}

/** SQS with no queue yet; opens the door `sqs`. */
export function createSqsService(cloud: Cloud): Service {
  const queues = new Queues(cloud, () => originOf(cloud));
  const sending = new Sending();
  const receiving = new Receiving();
  const moveTasks = new MoveTasks(queues);
  cloud.expose("sqs", createDoor(cloud, queues, sending));
  return {
    name: "sqs",
    operations: {
      ChangeMessageVisibility: changeMessageVisibility(queues),
      ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(queues),
      CreateQueue: createQueue(queues),
      DeleteMessage: deleteMessage(queues),
      DeleteMessageBatch: deleteMessageBatch(queues),
      DeleteQueue: deleteQueue(queues),
      GetQueueAttributes: getQueueAttributes(queues),
      GetQueueUrl: getQueueUrl(queues),
      ListDeadLetterSourceQueues: listDeadLetterSourceQueues(queues),
      ListMessageMoveTasks: listMessageMoveTasks(queues, moveTasks),
      ListQueueTags: listQueueTags(queues),
      ListQueues: listQueues(queues),
      PurgeQueue: purgeQueue(queues),
      ReceiveMessage: receiveMessage(queues, receiving),
      SendMessage: sendMessage(queues, sending),
      SendMessageBatch: sendMessageBatch(queues, sending),
      SetQueueAttributes: setQueueAttributes(queues),
      StartMessageMoveTask: startMessageMoveTask(queues, moveTasks),
      TagQueue: tagQueue(queues),
      UntagQueue: untagQueue(queues),
    },
    resources: {
      "AWS::SQS::Queue": (declaration) => createQueueResource(queues, declaration),
      "AWS::SQS::QueuePolicy": (declaration) => createQueuePolicyResource(queues, declaration),
    },
    start: () => new QueueMetrics(cloud, queues).start(),
  };
}
