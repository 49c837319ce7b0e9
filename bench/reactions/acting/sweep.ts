/** A round of the sweep that finds one plan due and hands it back. */
import { type Acting, CLUSTER, queued, SERVICE, SERVICE_ARN } from "./acting.ts";

const item = {
  ref: { arn: SERVICE_ARN, cluster: CLUSTER, name: SERVICE },
  active: { plan: { id: "raise-memory-0123456789abcdef", reaction: "oom" } },
  outbox: [],
};

export const acting: Acting = {
  acts: "sqs.SendMessage",
  payload: () => queued({ source: "ecs-reflex.sweep", "detail-type": "Scheduled Round", detail: {} }),
  answers: {
    "dynamodb.Query": { Items: [{ sk: { S: "state" }, body: { S: JSON.stringify(item) } }], Count: 1 },
    "dynamodb.GetItem": { Item: { troubled: { M: {} } } },
    "ecs.ListTasks": { taskArns: [] },
    "sqs.SendMessage": { MessageId: "1" },
  },
};
