/** An event on which a function acts, and what AWS answers it meanwhile. */

/** Answers of AWS by `service.Operation`, the same each time or made from the input; `slack.METHOD` stands for Slack's Web API. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Acting {
  /** The call by which it acts, as `service.Operation`: what was answered without it was not acted on. */
  readonly acts: string;
  /** What the function is invoked with; `now` so that nothing in it is stale. */
  payload(now: Date): unknown;
  readonly answers: Answers;
  /** The document beside its bundle, where it would not act under the shipped one. */
  readonly config?: unknown;
}

/** The event of the function of that name. */
export const actingOf = async (name: string): Promise<Acting> => {
  const module: { acting: Acting } = await import(new URL(`./${name}.ts`, import.meta.url).href);
  return module.acting;
};

export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";
const PREFIX = `arn:aws:ecs:${REGION}:${ACCOUNT}`;

export const CLUSTER = "production";
export const SERVICE = "order-service";
export const SERVICE_ARN = `${PREFIX}:service/${CLUSTER}/${SERVICE}`;
export const ecsArn = (resource: string): string => `${PREFIX}:${resource}`;

/** A batch of one message, as Lambda hands it on from a queue. */
export const queued = (body: unknown): unknown => ({
  Records: [
    {
      messageId: "1",
      receiptHandle: "1",
      body: JSON.stringify(body),
      attributes: { ApproximateReceiveCount: "1" },
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:reflex-bench`,
      awsRegion: REGION,
    },
  ],
});
