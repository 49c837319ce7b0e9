/** The two stacks on about sixty lines: what was decided, without what CDK writes around it. */
import { ofType, type Resource, type Template } from "./synthesized.ts";

// biome-ignore lint/suspicious/noExplicitAny: properties are those of a template
type Line = (properties: any) => string;

/** The readable part of a reference: logical ids end in eight characters of hash. */
const named = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return String(value);
  const { Ref, "Fn::GetAtt": attribute, "Fn::If": choice } = value as Record<string, unknown>;
  if (Array.isArray(choice)) return `${named(choice[1])} once released, else ${named(choice[2])}`;
  const id = typeof Ref === "string" ? Ref : Array.isArray(attribute) ? attribute[0] : JSON.stringify(value);
  return String(id).replace(/[0-9A-F]{8}$/, "");
};

const lines: Readonly<Record<string, Line>> = {
  "AWS::ECS::Cluster": ({ ClusterName, ClusterSettings }) => `${ClusterName} insights=${ClusterSettings[0].Value}`,
  "AWS::ECS::TaskDefinition": ({ Cpu, Memory, ContainerDefinitions: [{ HealthCheck }] }) =>
    `${Cpu}/${Memory} ${HealthCheck.Command[1]}`,
  "AWS::ECS::Service": ({ DeploymentConfiguration, DesiredCount, Tags }) =>
    `${DeploymentConfiguration.Strategy} count=${named(DesiredCount)} ${Tags[0].Key}=${Tags[0].Value}`,
  "AWS::ApplicationAutoScaling::ScalableTarget": ({ MinCapacity, MaxCapacity }) =>
    `from ${named(MinCapacity)}, to ${MaxCapacity}`,
  "AWS::ApplicationAutoScaling::ScalingPolicy": ({ PolicyName, TargetTrackingScalingPolicyConfiguration: policy }) =>
    policy ? `cpu ${policy.TargetValue} in=${policy.ScaleInCooldown} out=${policy.ScaleOutCooldown}` : PolicyName,
  "AWS::ElasticLoadBalancingV2::Listener": ({ Port, Protocol }) => `${Protocol} ${Port}`,
  "AWS::ElasticLoadBalancingV2::ListenerRule": ({ Priority, Conditions }) =>
    `${Priority} ${Conditions[0].PathPatternConfig.Values}`,
  "AWS::ECR::Repository": ({ RepositoryName, ImageTagMutability }) => `${RepositoryName} ${ImageTagMutability}`,
  "AWS::DynamoDB::GlobalTable": ({ KeySchema, GlobalSecondaryIndexes }) =>
    `${KeySchema.map((key: { AttributeName: string }) => key.AttributeName)} + ${GlobalSecondaryIndexes[0].IndexName}`,
  "AWS::Events::EventBus": ({ Name }) => Name,
  "AWS::Events::Rule": ({ EventBusName, EventPattern }) =>
    `${EventBusName ? named(EventBusName) : "default"} ${EventPattern["detail-type"]}`,
  "AWS::Scheduler::Schedule": ({ ScheduleExpression }) => ScheduleExpression,
  "AWS::SQS::Queue": ({ QueueName, VisibilityTimeout, RedrivePolicy }) =>
    RedrivePolicy
      ? `${QueueName} hides ${VisibilityTimeout} s, gives up after ${RedrivePolicy.maxReceiveCount}`
      : QueueName,
  "AWS::Lambda::Function": ({ Runtime, Architectures, Timeout, MemorySize }) =>
    `${Runtime} ${Architectures} ${Timeout} s ${MemorySize} MB`,
  "AWS::Lambda::EventSourceMapping": ({ BatchSize, ScalingConfig }) =>
    `batches of ${BatchSize}, at most ${ScalingConfig.MaximumConcurrency} at once`,
  "AWS::CloudWatch::Alarm": ({ ComparisonOperator, Threshold }) =>
    `${ComparisonOperator.startsWith("Less") ? "below" : "above"} ${Threshold}`,
  "AWS::SecretsManager::Secret": ({ Name }) => Name,
  "AWS::SNS::Topic": ({ TopicName }) => TopicName,
};

/** One line for each resource whose properties were decided by us, then the others by number. */
export const summaryOf = (name: string, template: Template): string => {
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))];
  const isSaid = (type: string) => lines[type] !== undefined;
  const said = types
    .filter(isSaid)
    .flatMap((type) => ofType(template, type).map(([id, resource]) => lineOf(id, resource)));
  const counted = types
    .filter((type) => !isSaid(type))
    .map((type) => `${ofType(template, type).length} ${short(type)}`);
  return [`# ${name}`, ...said, `and ${counted.join(", ")}`].join("\n");
};

const short = (type: string): string => type.split("::").slice(1).join(" ");
const lineOf = (id: string, { Type, Properties }: Resource): string =>
  `${short(Type)} ${id.replace(/[0-9A-F]{8}$/, "")}: ${lines[Type]?.(Properties)}`;
