/** A cloud with queues and a CloudWatch that remembers, for tests of SQS. */
import { createCloud } from "../../cloud.ts";
import type { Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { CloudWatchDoor, LambdaDoor, SqsDoor } from "../../neighbours.ts";
import { createSqsService } from "./service.ts";

/** A value as CloudWatch was told it. */
interface Told {
  readonly atMs: number;
  readonly queue: string | undefined;
  readonly metric: string;
  readonly value: number;
}

const owner: Principal = { kind: "owner" };

/** A cloud whose clock stands at noon, with these queues in it, made by the API. */
export async function cloudWithQueues(queues: Readonly<Record<string, JsonObject>> = {}, seed = "1") {
  const told: Told[] = [];
  const suspended: string[] = [];
  const listening = (cloud: Cloud): Service => {
    const door: CloudWatchDoor = {
      put: (_, metric, { QueueName }, value) => told.push({ atMs: cloud.clock.now(), queue: QueueName, metric, value }),
    };
    cloud.expose("cloudwatch", door);
    const processes: Pick<LambdaDoor, "suspend"> = {
      suspend: ({ sessionName }) => {
        suspended.push(sessionName);
        return { resume: async () => void suspended.splice(suspended.indexOf(sessionName), 1) };
      },
    };
    cloud.expose("lambda", processes);
    return { name: "cloudwatch", operations: {}, resources: {} };
  };
  const local = createCloud({
    startAtMs: Date.UTC(2026, 10, 23, 12),
    seed,
    services: [createSqsService, listening],
  });
  const service = local.services.get("sqs");
  if (!service) throw new Error("the cloud has no sqs");
  service.start?.(local.cloud);
  const as = (principal: Principal, operation: string, input: JsonObject): Promise<JsonObject> =>
    local.request(principal, { service: "sqs", operation, input });
  const call = (operation: string, input: JsonObject = {}) => as(owner, operation, input);
  for (const [QueueName, Attributes] of Object.entries(queues)) await call("CreateQueue", { QueueName, Attributes });
  const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/111122223333/${name}`;
  const arn = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`;
  return {
    ...local,
    service,
    told,
    /** Sessions of functions whose process time passes for, because they wait. */
    suspended,
    as,
    call,
    url,
    arn,
    door: local.cloud.neighbour<SqsDoor>("sqs"),
    /** A call on the queue `work`. */
    work: (operation: string, input: JsonObject = {}) => call(operation, { QueueUrl: url("work"), ...input }),
    pass: (seconds: number) => local.clock.advance(local.clock.now() + seconds * 1000),
  };
}
