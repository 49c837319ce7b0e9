/** SNS: topics, their policies and subscriptions, and publishing to queues, functions and people. */
import {
  AwsError,
  arnOf,
  type Cloud,
  type CreatedResource,
  type Json,
  type JsonObject,
  type ResourceDeclaration,
  type Service,
} from "../../contract.ts";
import type { CallsDoor, SnsDoor } from "../../neighbours.ts";
import { deliverTo } from "./delivery.ts";
import { type Notice, published, type Subscription, type Topic } from "./topic.ts";

/** The service `sns`. E-mail and HTTP subscriptions are kept as "published", and go no further. */
export function createSnsService(cloud: Cloud): Service {
  const topics = new Map<string, Topic>();
  const publish = (topicArn: string, message: string, subject: string | undefined): string => {
    const topic = topics.get(topicArn);
    if (!topic) throw new AwsError("NotFound", "Topic does not exist", { status: 404 });
    const notice = published(cloud, topic, message, subject);
    topic.published.push(notice);
    if (topic.published.length > 1000) topic.published.shift();
    for (const subscription of topic.subscriptions) deliverTo(cloud, subscription, notice);
    return notice.messageId;
  };
  const policyOf = (topicArn: string): JsonObject => topics.get(topicArn)?.policy ?? defaultPolicy(cloud, topicArn);
  const door: SnsDoor & SnsView = {
    publish(topicArn, message, from) {
      // An alarm of the account passes the default policy; EventBridge and roles do not.
      const isAlarm = from.kind === "service" && from.service.startsWith("cloudwatch");
      const context = isAlarm ? { "AWS:SourceOwner": cloud.account } : {};
      const need = { action: "sns:Publish", resource: topicArn, context, resourcePolicy: policyOf(topicArn) };
      if (cloud.neighbour<CallsDoor>("calls").check(from, "sns", "Publish", [need]))
        publish(topicArn, message, undefined);
    },
    published: () => [...topics.values()].flatMap((topic) => topic.published),
  };
  cloud.expose("sns", door);

  return {
    name: "sns",
    operations: {
      Publish: {
        needs: (input) => {
          const topicArn = topicIn(input);
          return [{ action: "sns:Publish", resource: topicArn, resourcePolicy: policyOf(topicArn) }];
        },
        run: (input) => {
          const { Message, Subject } = input;
          if (typeof Message !== "string" || Message === "")
            throw new AwsError("InvalidParameter", "Invalid parameter: Empty message");
          if (Buffer.byteLength(Message) > 262_144)
            throw new AwsError("InvalidParameter", "Invalid parameter: Message too long");
          return { MessageId: publish(topicIn(input), Message, typeof Subject === "string" ? Subject : undefined) };
        },
      },
      ListTopics: {
        needs: () => [{ action: "sns:ListTopics", resource: "*" }],
        run: () => ({ Topics: [...topics.keys()].map((TopicArn) => ({ TopicArn })) }),
      },
    },
    resources: {
      "AWS::SNS::Topic": (declaration: ResourceDeclaration) => createTopic(cloud, topics, declaration),
      "AWS::SNS::Subscription": ({ properties }: ResourceDeclaration) => {
        const topic = known(topics, String(properties.TopicArn));
        const subscription = subscriptionOf(cloud, topic.arn, properties);
        topic.subscriptions.push(subscription);
        return { ref: subscription.arn, attributes: { Arn: subscription.arn } };
      },
      "AWS::SNS::TopicPolicy": ({ properties, generatedName }: ResourceDeclaration) => {
        for (const arn of (properties.Topics ?? []) as readonly string[])
          known(topics, arn).policy = properties.PolicyDocument as JsonObject;
        return { ref: generatedName, attributes: { Id: generatedName } };
      },
    },
  };
}

/** What the screen may ask of SNS's door. */
export interface SnsView {
  published(): readonly Notice[];
}

function createTopic(
  cloud: Cloud,
  topics: Map<string, Topic>,
  { properties, generatedName }: ResourceDeclaration,
): CreatedResource {
  const name = String(properties.TopicName ?? generatedName);
  const arn = arnOf(cloud, "sns", name);
  const subscriptions = ((properties.Subscription ?? []) as readonly JsonObject[]).map((each) =>
    subscriptionOf(cloud, arn, each),
  );
  topics.set(arn, { arn, name, policy: undefined, subscriptions, published: [] });
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
}

function subscriptionOf(cloud: Cloud, topicArn: string, properties: JsonObject): Subscription {
  if (properties.FilterPolicy !== undefined) throw new Error("FilterPolicy of a subscription is not modelled");
  return {
    arn: `${topicArn}:${cloud.random.uuid()}`,
    protocol: String(properties.Protocol),
    endpoint: String(properties.Endpoint),
    isRaw: isTrue(properties.RawMessageDelivery),
  };
}

const isTrue = (value: Json | undefined): boolean => value === true || value === "true";

function known(topics: ReadonlyMap<string, Topic>, arn: string): Topic {
  const topic = topics.get(arn);
  if (topic) return topic;
  throw new Error(`there is no topic ${arn}`);
}

/** What a topic without a policy of its own has. Its condition holds for the account's alarms, not for its roles. */
const defaultPolicy = ({ account }: Cloud, topicArn: string): JsonObject => ({
  Id: "__default_policy_ID",
  Statement: [
    {
      Sid: "__default_statement_ID",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: ["sns:Publish"],
      Resource: topicArn,
      Condition: { StringEquals: { "AWS:SourceOwner": account } },
    },
  ],
});

function topicIn({ TopicArn, TargetArn }: JsonObject): string {
  const arn = TopicArn ?? TargetArn;
  if (typeof arn === "string" && arn.split(":").length === 6) return arn;
  throw new AwsError(
    "InvalidParameter",
    "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
  );
}
