/** Where an event goes that no retry could save: dead-letter queue or destination, with the function's own permissions. */
import type { Cloud, JsonObject, Principal } from "../../contract.ts";
import type { SqsDoor } from "../../neighbours.ts";
import type { FunctionConfiguration } from "./functions.ts";

/** A message for a dead-letter queue or a destination; attributes only reach the former. */
export interface Farewell {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const stringAttributes = (attributes: Readonly<Record<string, string>> = {}): JsonObject =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );

const callOf = (
  cloud: Cloud,
  arn: string,
  { body, attributes }: Farewell,
): [string, string, JsonObject] | undefined => {
  const service = arn.split(":")[2];
  const MessageAttributes = stringAttributes(attributes);
  if (service === "sqs") {
    const queue = cloud
      .neighbour<SqsDoor>("sqs")
      .queues()
      .find((each) => each.arn === arn);
    return queue && ["sqs", "SendMessage", { QueueUrl: queue.url, MessageBody: body, MessageAttributes }];
  }
  if (service === "sns") return ["sns", "Publish", { TopicArn: arn, Message: body, MessageAttributes }];
  if (service === "lambda") return ["lambda", "Invoke", { FunctionName: arn, InvocationType: "Event", Payload: body }];
  return undefined;
};

/** Sends it; answers why it could not be sent, or undefined. */
export async function sendAway(
  cloud: Cloud,
  configuration: FunctionConfiguration,
  arn: string,
  farewell: Farewell,
): Promise<string | undefined> {
  const { name, roleArn } = configuration;
  const principal: Principal = { kind: "role", roleArn, sessionName: name, functionName: name };
  const call = callOf(cloud, arn, farewell);
  if (!call) return `there is no ${arn}`;
  return cloud.call(principal, ...call).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}
