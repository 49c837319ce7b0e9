import { beforeEach, expect, test } from "vitest";
import { createCloud, type LocalCloud } from "../cloud.ts";
import type { Cloud, Json, JsonObject, Principal, Service } from "../contract.ts";
import type { SecretsDoor, SnsDoor } from "../neighbours.ts";
import { createIamService } from "./iam/service.ts";
import { createLogsService } from "./logs/service.ts";
import { createSecretsManagerService } from "./secretsmanager/service.ts";
import { createSnsService, type SnsView } from "./sns/service.ts";
import { createSsmService } from "./ssm/service.ts";
import { createStsService } from "./sts/service.ts";

const ROLE: Principal = { kind: "role", roleArn: "arn:aws:iam::111122223333:role/notify", sessionName: "notify-1" };
const ALARM: Principal = {
  kind: "service",
  service: "cloudwatch.amazonaws.com",
  sourceArn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a",
};
const RULE: Principal = {
  kind: "service",
  service: "events.amazonaws.com",
  sourceArn: "arn:aws:events:us-east-1:111122223333:rule/r",
};
const TOPIC = "arn:aws:sns:us-east-1:111122223333:operators";
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:inbox";

let local: LocalCloud;
let delivered: { to: string; body: Json }[];
let lines: string[];

const receivers = (cloud: Cloud): Service => {
  const to = (arn: string, body: Json): boolean => {
    if (arn.endsWith("closed")) return false;
    delivered.push({ to: arn, body });
    return true;
  };
  cloud.expose("sqs", { deliver: (arn: string, body: string) => to(arn, body) });
  cloud.expose("lambda", { allows: (arn: string) => !arn.endsWith("closed"), invokeAsync: to });
  return { name: "receivers", operations: {}, resources: {} };
};

beforeEach(() => {
  delivered = [];
  lines = [];
  const services = [
    createIamService,
    createStsService,
    createSsmService,
    createSecretsManagerService,
    createSnsService,
    createLogsService,
    receivers,
  ];
  local = createCloud({ startAtMs: Date.parse("2026-03-02T12:00:00Z"), services, say: (line) => lines.push(line) });
});

const make = (type: string, properties: JsonObject, logicalId = "It") => {
  const resources = Object.assign(
    {},
    ...[...local.services.values()].map((service) => service.resources),
  ) as Service["resources"];
  const declaration = {
    stackName: "Test",
    stackId: "",
    logicalId,
    type,
    assemblyFolder: "",
    generatedName: `Test-${logicalId}`,
    properties,
  };
  const made = resources[type]?.(declaration, local.cloud);
  if (!made) throw new Error(`${type} is not modelled`);
  return made;
};
const ask = (service: string, operation: string, input: JsonObject, principal: Principal = { kind: "owner" }) =>
  local.request(principal, { service, operation, input });
const grant = (...statements: readonly JsonObject[]): void => {
  const Policies = [{ PolicyName: "inline", PolicyDocument: { Statement: statements } }];
  make("AWS::IAM::Role", { RoleName: "notify", AssumeRolePolicyDocument: { Statement: [] }, Policies });
};

test("STS names the session of a role", async () => {
  expect(await ask("sts", "GetCallerIdentity", {}, ROLE)).toMatchObject({
    Account: "111122223333",
    Arn: "arn:aws:sts::111122223333:assumed-role/notify/notify-1",
  });
});

test("a secret is read by name, by full ARN and by ARN without its suffix, and its new value is read next", async () => {
  const { ref } = make("AWS::SecretsManager::Secret", { Name: "app/slack", SecretString: "one" });
  expect(ref).toMatch(/^arn:aws:secretsmanager:us-east-1:111122223333:secret:app\/slack-[0-9a-f]{6}$/);
  for (const SecretId of ["app/slack", ref, ref.slice(0, -7)])
    expect(await ask("secretsmanager", "GetSecretValue", { SecretId })).toMatchObject({
      ARN: ref,
      Name: "app/slack",
      SecretString: "one",
    });
  const before = await ask("secretsmanager", "DescribeSecret", { SecretId: ref });
  local.cloud.neighbour<SecretsDoor>("secretsmanager").put("app/slack", "two");
  const after = await ask("secretsmanager", "GetSecretValue", { SecretId: ref });
  expect(after.SecretString).toBe("two");
  expect(Object.keys(before.VersionIdsToStages as JsonObject)).not.toContain(after.VersionId);
});

test("a secret's permission is asked for on its ARN, also when it is named by name", async () => {
  const { ref } = make("AWS::SecretsManager::Secret", { Name: "app/slack", SecretString: "one" });
  grant({ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ref });
  expect(await ask("secretsmanager", "GetSecretValue", { SecretId: "app/slack" }, ROLE)).toMatchObject({
    SecretString: "one",
  });
  await expect(
    ask("secretsmanager", "PutSecretValue", { SecretId: "app/slack", SecretString: "x" }, ROLE),
  ).rejects.toMatchObject({ code: "AccessDeniedException" });
  await expect(ask("secretsmanager", "GetSecretValue", { SecretId: "other" })).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
});

test("a generated secret is as long as asked, without what is excluded, inside its template", async () => {
  make("AWS::SecretsManager::Secret", {
    Name: "generated",
    GenerateSecretString: {
      SecretStringTemplate: '{"user":"app"}',
      GenerateStringKey: "password",
      PasswordLength: 40,
      ExcludePunctuation: true,
      ExcludeCharacters: "abc0",
    },
  });
  const { SecretString } = await ask("secretsmanager", "GetSecretValue", { SecretId: "generated" });
  const value = JSON.parse(String(SecretString)) as Record<string, string>;
  expect(value).toEqual({ user: "app", password: expect.stringMatching(/^[d-zA-Z1-9]{40}$/) });
});

test("the parameter store knows the version of CDK's bootstrap and the templates' own, and names what it does not", async () => {
  make("AWS::SSM::Parameter", { Name: "/app/mode", Type: "String", Value: "observe" });
  expect(await ask("ssm", "GetParameter", { Name: "/app/mode" })).toMatchObject({
    Parameter: { Value: "observe", Type: "String", Version: 1 },
  });
  const names = { Names: ["/cdk-bootstrap/hnb659fds/version", "/none", "/app/mode"] };
  const { Parameters, InvalidParameters } = await ask("ssm", "GetParameters", names);
  expect((Parameters as JsonObject[]).map(({ Name }) => Name)).toEqual([
    "/cdk-bootstrap/hnb659fds/version",
    "/app/mode",
  ]);
  expect(InvalidParameters).toEqual(["/none"]);
  await expect(ask("ssm", "GetParameter", { Name: "/none" })).rejects.toMatchObject({ code: "ParameterNotFound" });
});

test("a topic hands notices to queues in an envelope or raw, to functions as records, and keeps them all", async () => {
  const { ref } = make("AWS::SNS::Topic", {
    TopicName: "operators",
    Subscription: [{ Protocol: "email", Endpoint: "ops@example.com" }],
  });
  make("AWS::SNS::Subscription", { TopicArn: ref, Protocol: "sqs", Endpoint: QUEUE });
  make("AWS::SNS::Subscription", {
    TopicArn: ref,
    Protocol: "sqs",
    Endpoint: `${QUEUE}-raw`,
    RawMessageDelivery: true,
  });
  make("AWS::SNS::Subscription", {
    TopicArn: ref,
    Protocol: "lambda",
    Endpoint: "arn:aws:lambda:us-east-1:111122223333:function:f",
  });
  const { MessageId } = await ask("sns", "Publish", { TopicArn: TOPIC, Message: "hello", Subject: "greeting" });
  const envelope = {
    Type: "Notification",
    MessageId,
    TopicArn: TOPIC,
    Message: "hello",
    Subject: "greeting",
    Timestamp: "2026-03-02T12:00:00.000Z",
  };
  const [queued, raw, invoked] = delivered;
  expect(JSON.parse(String(queued?.body))).toMatchObject(envelope);
  expect(raw).toEqual({ to: `${QUEUE}-raw`, body: "hello" });
  expect(invoked?.body).toMatchObject({ Records: [{ EventSource: "aws:sns", Sns: envelope }] });
  const notices = local.cloud.neighbour<SnsView>("sns").published();
  expect(notices).toMatchObject([{ messageId: MessageId, subject: "greeting", message: "hello" }]);
});

test("what a subscriber's policy refuses is said aloud and keeps nobody else from hearing", async () => {
  const { ref } = make("AWS::SNS::Topic", { TopicName: "operators" });
  make("AWS::SNS::Subscription", { TopicArn: ref, Protocol: "sqs", Endpoint: `${QUEUE}-closed` });
  make("AWS::SNS::Subscription", { TopicArn: ref, Protocol: "sqs", Endpoint: QUEUE });
  await ask("sns", "Publish", { TopicArn: TOPIC, Message: "hello" });
  expect(delivered).toHaveLength(1);
  expect(lines).toEqual([`${QUEUE}-closed does not let ${TOPIC} deliver to it`]);
});

test("alarms of the account pass a topic's default policy; rules and roles need one that names them", async () => {
  make("AWS::SNS::Topic", { TopicName: "operators" });
  const heard = (): number => local.cloud.neighbour<SnsView>("sns").published().length;
  const publish = (from: Principal): number => {
    local.cloud.neighbour<SnsDoor>("sns").publish(TOPIC, "hello", from);
    return heard();
  };
  expect([publish(ALARM), publish(RULE), publish(ROLE)]).toEqual([1, 1, 1]);
  const Statement = [
    { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish", Resource: TOPIC },
  ];
  make("AWS::SNS::TopicPolicy", { Topics: [TOPIC], PolicyDocument: { Statement } });
  expect([publish(RULE), publish(ALARM)]).toEqual([2, 2]);
  grant({ Effect: "Allow", Action: "sns:Publish", Resource: TOPIC });
  expect(publish(ROLE)).toBe(3);
});

test.each([
  ["an empty message", { TopicArn: TOPIC, Message: "" }, "InvalidParameter"],
  ["a message above 256 KiB", { TopicArn: TOPIC, Message: "x".repeat(262_145) }, "InvalidParameter"],
  ["no topic", { Message: "x" }, "InvalidParameter"],
  ["an unknown topic", { TopicArn: `${TOPIC}-2`, Message: "x" }, "NotFound"],
])("publishing %s is refused", async (_, input, code) => {
  make("AWS::SNS::Topic", { TopicName: "operators" });
  await expect(ask("sns", "Publish", input)).rejects.toMatchObject({ code });
});

test("log groups are found by the beginning of their name", async () => {
  for (const LogGroupName of ["/ecs/api", "/ecs/web", "/aws/lambda/oom"])
    make("AWS::Logs::LogGroup", { LogGroupName, RetentionInDays: 30 });
  const { logGroups } = await ask("logs", "DescribeLogGroups", { logGroupNamePrefix: "/ecs/" });
  expect(logGroups).toMatchObject([
    { logGroupName: "/ecs/api", retentionInDays: 30, arn: "arn:aws:logs:us-east-1:111122223333:log-group:/ecs/api:*" },
    { logGroupName: "/ecs/web" },
  ]);
});

test("a role that attaches an unknown managed policy, or a policy for a user, cannot be made", () => {
  const unknown = "arn:aws:iam::aws:policy/AdministratorAccess";
  expect(() =>
    make("AWS::IAM::Role", { AssumeRolePolicyDocument: { Statement: [] }, ManagedPolicyArns: [unknown] }),
  ).toThrow(`managed policy ${unknown} is not known`);
  expect(() => make("AWS::IAM::Policy", { PolicyName: "p", Users: ["me"], PolicyDocument: { Statement: [] } })).toThrow(
    "policy p names Users; only Roles are modelled",
  );
});
