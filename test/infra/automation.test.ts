import { describe, expect, test } from "vitest";
import { reactions } from "../../infra/reactions.ts";
import { ofType, one, synthesized } from "./synthesized.ts";

const { platform, automation } = synthesized();
const declared = reactions(["production"]);
const idOf = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

describe.each(declared.map((declaration) => [declaration.name, declaration] as const))("%s", (name, declaration) => {
  const id = idOf(name);
  const count = (type: string) => ofType(automation, type).filter(([logicalId]) => logicalId.startsWith(id)).length;
  const { Properties: run } = one(automation, "AWS::Lambda::Function", id);

  test("is one queue with its dead letters, one function, one mapping, one role, one log group", () => {
    expect({
      queues: count("AWS::SQS::Queue"),
      functions: count("AWS::Lambda::Function"),
      mappings: count("AWS::Lambda::EventSourceMapping"),
      roles: count("AWS::IAM::Role"),
      logs: count("AWS::Logs::LogGroup"),
      rules: count("AWS::Events::Rule"),
      schedules: count("AWS::Scheduler::Schedule"),
    }).toEqual({
      queues: 2,
      functions: 1,
      mappings: 1,
      roles: 1,
      logs: 1,
      rules: declaration.rules.length,
      schedules: declaration.schedule ? 1 : 0,
    });
  });

  test("runs on Node 24 for arm64 with a log group that forgets", () => {
    expect({ runtime: run.Runtime, architectures: run.Architectures }).toEqual({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
    });
    expect(automation.Resources[run.LoggingConfig.LogGroup.Ref]?.Properties.RetentionInDays).toBe(90);
  });

  test("hides a message for six times the function's timeout and takes batches in part", () => {
    const queue = one(automation, "AWS::SQS::Queue", `${id}InboxQueue`).Properties;
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(run.Timeout * 6);
    const mapping = one(automation, "AWS::Lambda::EventSourceMapping", id).Properties;
    expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    expect(mapping.ScalingConfig.MaximumConcurrency).toBe(declaration.maximumConcurrency);
  });

  test("keeps what could not be delivered to its queue", () => {
    const targets = [
      ...ofType(automation, "AWS::Events::Rule")
        .filter(([logicalId]) => logicalId.startsWith(id))
        .flatMap(([, { Properties }]) => Properties.Targets),
      ...ofType(automation, "AWS::Scheduler::Schedule")
        .filter(([logicalId]) => logicalId.startsWith(id))
        .map(([, { Properties }]) => Properties.Target),
    ];
    expect(targets.length).toBeGreaterThan(0);
    for (const { Arn, DeadLetterConfig } of targets) {
      expect(Arn["Fn::GetAtt"][0]).toMatch(new RegExp(`^${id}InboxQueue`));
      expect(DeadLetterConfig.Arn["Fn::GetAtt"][0]).toMatch(new RegExp(`^${id}InboxDeadLetters`));
    }
  });

  test("wakes an operator for dead letters, age, errors and time, and for silence if a clock drives it", () => {
    const alarms = ofType(automation, "AWS::CloudWatch::Alarm").filter(([logicalId]) => logicalId.startsWith(id));
    expect(alarms.map(([, { Properties }]) => Properties.AlarmName.split(" ").at(-1)).sort()).toEqual(
      [
        ...["DeadLetters", "Errors", "NearTimeout", "OldestMessage"],
        ...(declaration.schedule ? ["Heartbeat"] : []),
        ...(declaration.metricAlarm ? [declaration.metricAlarm.name] : []),
      ].sort(),
    );
    for (const [, { Properties }] of alarms)
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^OperatorsTopic/) }]);
  });

  test("knows names, never numbers of a policy and never a secret", () => {
    const names = Object.keys(run.Environment.Variables);
    expect(names.filter((variable) => !/^(REFLEX|POWERTOOLS)_[A-Z_]+$/.test(variable))).toEqual([]);
    const values = JSON.stringify(run.Environment.Variables);
    expect(values).not.toMatch(/resolve:secretsmanager|xox[bp]-/);
    expect(Object.values(run.Environment.Variables).filter((value) => /^\d+$/.test(String(value)))).toEqual([]);
  });
});

test("silence counts as broken for a reaction that a clock drives, and only there", () => {
  for (const [id, { Properties }] of ofType(automation, "AWS::CloudWatch::Alarm"))
    expect([id, Properties.TreatMissingData]).toEqual([id, id.includes("Heartbeat") ? "breaching" : "notBreaching"]);
});

test("operators hear, on a way that is not Slack, that Slack takes nothing", () => {
  const [refuses] = ofType(automation, "AWS::CloudWatch::Alarm").filter(([id]) => id.includes("SlackRefuses"));
  expect(refuses?.[1].Properties).toMatchObject({
    AlarmName: "ecs-reflex notify SlackRefuses",
    Namespace: "EcsReflex",
    MetricName: "MessageRefused",
    Dimensions: [{ Name: "service", Value: "notify" }],
    Statistic: "Sum",
    Period: 600,
    EvaluationPeriods: 3,
    AlarmActions: [{ Ref: expect.stringMatching(/^OperatorsTopic/) }],
  });
});

test("operators hear that the gate goes on failing to judge every service", () => {
  const [fails] = ofType(automation, "AWS::CloudWatch::Alarm").filter(([id]) => id.includes("RoundsFail"));
  expect(fails?.[1].Properties).toMatchObject({
    AlarmName: "ecs-reflex gate RoundsFail",
    MetricName: "RoundFailed",
    Dimensions: [{ Name: "service", Value: "gate" }],
    EvaluationPeriods: 3,
  });
});

test("every alarm is named alike: the product, then the function and its trouble, or the service it watches", () => {
  const names = [platform, automation].flatMap((template) =>
    ofType(template, "AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties.AlarmName),
  );
  for (const name of names)
    expect(name).toMatch(/^ecs-reflex ([a-z-]+ [A-Z][A-Za-z]+|(depth|dead-man) of [a-z-]+\/[a-z-]+)$/);
  expect(new Set(names).size).toBe(names.length);
});

test("alarms may speak to the operators' topic although it has a policy of its own", () => {
  const { PolicyDocument } = one(automation, "AWS::SNS::TopicPolicy", "Operators").Properties;
  expect(PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({ Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" } }),
  );
});

test("every queue has dead letters, which live longer than its messages", () => {
  for (const template of [platform, automation]) {
    const queues = ofType(template, "AWS::SQS::Queue");
    const deadLetters = new Set<string>();
    for (const [, { Properties }] of queues)
      if (Properties.RedrivePolicy) deadLetters.add(Properties.RedrivePolicy.deadLetterTargetArn["Fn::GetAtt"][0]);
    for (const [id, { Properties }] of queues) {
      expect([id, deadLetters.has(id)]).toEqual([id, Properties.RedrivePolicy === undefined]);
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      expect(Properties.MessageRetentionPeriod).toBe(deadLetters.has(id) ? 1_209_600 : 345_600);
    }
  }
});

test("the ledger outlives the stack, forgets leases by itself and finds what is due", () => {
  const { DeletionPolicy, Properties } = one(automation, "AWS::DynamoDB::GlobalTable", "Ledger");
  const [replica] = Properties.Replicas;
  expect(DeletionPolicy).toBe("Retain");
  expect(replica.DeletionProtectionEnabled).toBe(true);
  expect(replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
  expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: "expiresAt", Enabled: true });
  expect(Properties.GlobalSecondaryIndexes[0]).toMatchObject({
    IndexName: "due",
    KeySchema: [
      { AttributeName: "duePk", KeyType: "HASH" },
      { AttributeName: "dueAt", KeyType: "RANGE" },
    ],
  });
});

test("nobody outside the account publishes records", () => {
  const { Statement } = one(automation, "AWS::Events::EventBusPolicy", "Records").Properties;
  expect(Statement).toMatchObject({
    Effect: "Deny",
    Principal: "*",
    Action: "events:PutEvents",
    Condition: { StringNotEquals: { "aws:PrincipalAccount": { Ref: "AWS::AccountId" } } },
  });
});

test("the secret is created empty", () => {
  const { Name, SecretString } = one(automation, "AWS::SecretsManager::Secret", "Slack").Properties;
  expect(Name).toBe("ecs-reflex/slack");
  expect(JSON.parse(SecretString)).toEqual({ botToken: "", signingSecret: "" });
});

test("the stacks know each other by fixed names alone", () => {
  for (const template of [platform, automation]) {
    expect(JSON.stringify(template)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
    for (const output of Object.values(template.Outputs ?? {})) expect(output.Export).toBeUndefined();
  }
});

test("no custom resource hides in either stack", () => {
  for (const template of [platform, automation])
    expect(Object.values(template.Resources).filter(({ Type }) => Type.startsWith("Custom::"))).toEqual([]);
});

test("several clusters are all listened to", () => {
  const { automation: wider } = synthesized({ clusters: ["production", "staging"] });
  const { EventPattern: kills } = one(wider, "AWS::Events::Rule", "OomKills").Properties;
  expect(kills.detail.clusterArn).toEqual([{ suffix: ":cluster/production" }, { suffix: ":cluster/staging" }]);
  const { EventPattern: deployments } = one(wider, "AWS::Events::Rule", "OomDeployments").Properties;
  expect(deployments.resources).toEqual([{ wildcard: "*:service/production/*" }, { wildcard: "*:service/staging/*" }]);
});
