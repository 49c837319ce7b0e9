import type { Cloud, Json, Service } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { LambdaDoor, SnsDoor, SqsDoor } from "../../neighbours.ts";

/** What reached the neighbours of EventBridge, in the order of arrival. */
export interface Arrival {
  readonly atMs: number;
  readonly arn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** A queue that is there and refuses. */
const CLOSED_QUEUE = "arn:aws:sqs:us-east-1:111122223333:closed";

/** Neighbours that keep what they get; an ARN containing `closed` refuses everything. */
export const recordingNeighbours =
  (arrivals: Arrival[]) =>
  (cloud: Cloud): Service => {
    const keep = (arn: string, body: string, attributes?: Arrival["attributes"]): boolean => {
      if (arn.includes("closed")) return false;
      arrivals.push({ atMs: cloud.clock.now(), arn, body, attributes });
      return true;
    };
    const sqs: Pick<SqsDoor, "deliver" | "queues"> = {
      queues: () => [{ arn: CLOSED_QUEUE, name: "closed", url: "", visibilitySeconds: 30 }],
      deliver: (queueArn, body, _from, attributes) => keep(queueArn, body, attributes),
    };
    const lambda: Pick<LambdaDoor, "allows" | "invokeAsync"> = {
      allows: (functionArn) => !functionArn.includes("closed"),
      invokeAsync: (functionArn, payload: Json) => void keep(functionArn, JSON.stringify(payload)),
    };
    const sns: SnsDoor = {
      publish: (topicArn, message) => {
        if (!keep(topicArn, message))
          throw new AwsError("AuthorizationError", `not authorized to publish to ${topicArn}`);
      },
    };
    cloud.expose("sqs", sqs);
    cloud.expose("lambda", lambda);
    cloud.expose("sns", sns);
    return { name: "recorders", operations: {}, resources: {} };
  };
