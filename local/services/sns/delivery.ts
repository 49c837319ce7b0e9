/** Brings a notice to a subscriber. Source: SNS developer guide, "Parsing Amazon SNS message formats". */
import type { Cloud, Json } from "../../contract.ts";
import type { LambdaDoor, SqsDoor } from "../../neighbours.ts";
import type { Notice, Subscription } from "./topic.ts";

/** Delivers to a queue or a function; what their policies refuse is said aloud and lost, as it is without a dead-letter queue. */
export function deliverTo(cloud: Cloud, { protocol, endpoint, arn, isRaw }: Subscription, notice: Notice): void {
  const from = { kind: "service", service: "sns.amazonaws.com", sourceArn: notice.topicArn } as const;
  const refused = (): void => cloud.say(`${endpoint} does not let ${notice.topicArn} deliver to it`);
  if (protocol === "sqs") {
    const body = isRaw ? notice.message : JSON.stringify(envelope(notice, arn));
    if (!cloud.neighbour<SqsDoor>("sqs").deliver(endpoint, body, from)) refused();
  }
  if (protocol === "lambda") {
    const lambda = cloud.neighbour<LambdaDoor>("lambda");
    const record = {
      EventSource: "aws:sns",
      EventVersion: "1.0",
      EventSubscriptionArn: arn,
      Sns: envelope(notice, arn),
    };
    if (lambda.allows(endpoint, from)) lambda.invokeAsync(endpoint, { Records: [record] });
    else refused();
  }
}

const envelope = (
  { messageId, topicArn, subject, message, at }: Notice,
  subscriptionArn: string,
): { [key: string]: Json } => ({
  Type: "Notification",
  MessageId: messageId,
  TopicArn: topicArn,
  ...(subject === undefined ? {} : { Subject: subject }),
  Message: message,
  Timestamp: at,
  SignatureVersion: "1",
  Signature: "LOCAL",
  SigningCertURL: "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-local.pem",
  UnsubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
});
