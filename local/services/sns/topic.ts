/** A topic, who listens to it, and what was said on it. */
import type { Cloud, JsonObject } from "../../contract.ts";

/** A topic; without a policy of its own it has SNS's default one. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  policy: JsonObject | undefined;
  readonly subscriptions: Subscription[];
  /** The last thousand notices. */
  readonly published: Notice[];
}

/** One subscription, confirmed at once. */
export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly isRaw: boolean;
}

/** What was published. */
export interface Notice {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** Virtual instant, ISO 8601. */
  readonly at: string;
}

/** A new notice of a topic. */
export const published = (cloud: Cloud, { arn }: Topic, message: string, subject: string | undefined): Notice => ({
  messageId: cloud.random.uuid(),
  topicArn: arn,
  subject,
  message,
  at: new Date(cloud.clock.now()).toISOString(),
});
