import { describe, expect, test } from "vitest";
import { LEDGER_PARTITIONS } from "#shared/domain/ledger-partitions.ts";
import { CODEDEPLOY_HOOK, GATE_HOOK } from "../../infra/constructs/gate-hook.ts";
import { CONVERSE } from "../../infra/constructs/request-url.ts";
import generated from "../../infra/generated/permissions.json" with { type: "json" };
import { CAPS, ofType, one, synthesized } from "./synthesized.ts";

const { automation } = synthesized();

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const names = Object.keys(generated) as (keyof typeof generated)[];
/** The construct of each function: a reaction's is called as the reaction is. */
const HOOKS: Readonly<Record<string, string>> = { [GATE_HOOK]: "LambdaHook", [CODEDEPLOY_HOOK]: "CodeDeployHook" };
const idOf = (name: string) => HOOKS[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const statementsOf = (name: string): readonly Statement[] =>
  one(automation, "AWS::IAM::Policy", `${idOf(name)}Role`).Properties.PolicyDocument.Statement;
const all = names.flatMap((name) => statementsOf(name).map((statement) => ({ name, statement })));
const actionsOf = ({ Action }: Statement) => [Action].flat();
const allowing = (action: string) =>
  all.filter(({ statement }) => statement.Effect === "Allow" && actionsOf(statement).includes(action));

/** Actions that IAM does not limit to a resource. Source: IAM service authorization reference. */
const UNLIMITED: ReadonlySet<string> = new Set([
  "ecs:DescribeTaskDefinition",
  "ecs:ListTaskDefinitions",
  "ecs:ListTasks",
  "ecs:ListServices",
  "cloudwatch:GetMetricData",
  "codedeploy:PutLifecycleEventHookExecutionStatus",
  "application-autoscaling:DescribeScalableTargets",
  "application-autoscaling:DescribeScalingPolicies",
]);

test("only actions that IAM does not limit are allowed on any resource", () => {
  const wide = all.filter(({ statement }) => statement.Effect === "Allow" && statement.Resource === "*");
  expect(wide.flatMap(({ statement }) => actionsOf(statement)).filter((action) => !UNLIMITED.has(action))).toEqual([]);
});

test("no action is a wildcard", () => {
  expect(all.flatMap(({ statement }) => actionsOf(statement)).filter((action) => action.includes("*"))).toEqual([]);
});

test("what reaches a service names the cluster", () => {
  const reaching = ["ecs:UpdateService", "ecs:DescribeServices", "ecs:DescribeServiceRevisions", "ecs:DescribeTasks"];
  for (const { statement } of reaching.flatMap(allowing))
    for (const resource of [statement.Resource].flat()) expect(JSON.stringify(resource)).toContain("/production/*");
});

test("listing is limited to the configured clusters by condition", () => {
  for (const { statement } of ["ecs:ListTasks", "ecs:ListServices"].flatMap(allowing))
    expect(JSON.stringify(statement.Condition?.ArnEquals?.["ecs:cluster"])).toContain(":cluster/production");
});

test("roles are passed to ECS tasks only, and only those under the role path", () => {
  const passing = allowing("iam:PassRole");
  expect(passing.map(({ name }) => name).sort()).toEqual(["gate", "oom"]);
  for (const { statement } of passing) {
    expect(JSON.stringify(statement.Resource)).toContain(":role/reflex-platform/*");
    expect(statement.Condition).toEqual({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
  }
});

test("tags are set only on revisions as they are registered", () => {
  const tagging = allowing("ecs:TagResource");
  expect(tagging.map(({ name }) => name).sort()).toEqual(["gate", "oom"]);
  for (const { statement } of tagging)
    expect(statement.Condition).toEqual({ StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" } });
});

test("whoever registers or deploys revisions is denied sizes beyond the limits", () => {
  const raising = new Set(
    ["ecs:RegisterTaskDefinition", "ecs:UpdateService"].flatMap(allowing).map(({ name }) => name),
  );
  expect([...raising].sort()).toEqual(["gate", "oom", "scale"]);
  for (const name of raising) {
    const denied = statementsOf(name).filter(({ Effect }) => Effect === "Deny");
    expect(denied.map(({ Condition }) => Condition?.NumericGreaterThan)).toEqual([
      { "ecs:task-memory": String(CAPS.maxMemoryMiB) },
      { "ecs:task-cpu": String(CAPS.maxCpuUnits) },
    ]);
    for (const statement of denied) {
      const registers = name === "scale" ? [] : ["ecs:RegisterTaskDefinition"];
      expect(actionsOf(statement)).toEqual([...registers, "ecs:UpdateService"]);
      expect(statement.Resource).toBe("*");
    }
  }
});

test("only the reactions that deploy revisions or set counts may change a service, and only the gate stops or lets on deployments", () => {
  const allowed = (action: string) => allowing(action).map(({ name }) => name);
  expect(allowed("ecs:UpdateService").sort()).toEqual(["gate", "oom", "scale"]);
  expect(allowed("ecs:StopServiceDeployment")).toEqual(["gate"]);
  expect(allowed("ecs:ContinueServiceDeployment")).toEqual(["gate"]);
});

test("the scaler registers no revision, and reads the counts of those queues alone that services follow", () => {
  expect(allowing("ecs:RegisterTaskDefinition").map(({ name }) => name)).not.toContain("scale");
  const reading = allowing("sqs:GetQueueAttributes").filter(({ name }) => name === "scale");
  const resources = reading.flatMap(({ statement }) => JSON.stringify(statement.Resource));
  expect(resources.some((resource) => resource.includes(":worker"))).toBe(true);
  expect(resources.filter((resource) => resource.includes("*"))).toEqual([]);
});

test("whoever reaches the ledger itself names one partition of it, and no request without a key passes", () => {
  const onItems = all.filter(({ statement }) =>
    JSON.stringify(statement.Resource).match(/"LedgerTable\w+","Arn"\]\}$/),
  );
  expect(onItems.length).toBeGreaterThan(20);
  for (const { statement } of onItems)
    expect(statement.Condition).toEqual({
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [expect.stringMatching(/^[a-z]+(?:#\*)?$/)] },
      Null: { "dynamodb:LeadingKeys": "false" },
    });
});

test("who writes into which partition of the ledger is who it belongs to, and waivers are people's alone", () => {
  const writes = ["dynamodb:PutItem", "dynamodb:UpdateItem"];
  const writers = (partition: string) =>
    names.filter((name) =>
      generated[name].some(({ on, actions }) => on === partition && actions.some((action) => writes.includes(action))),
    );
  const partitions = Object.keys(LEDGER_PARTITIONS).map((partition) => [partition, writers(partition)]);
  expect(Object.fromEntries(partitions)).toEqual({
    "ledger-services": ["converse", "gate", "oom", "scale"],
    "ledger-account": ["converse", "gate", "oom", "sweep"],
    "ledger-incidents": ["converse", "gate", "gate-codedeploy", "gate-hook", "notify", "oom", "scale"],
    "ledger-images": ["gate", "gate-codedeploy", "gate-hook"],
    "ledger-answers": ["gate-codedeploy", "gate-hook"],
    "ledger-requests": ["converse"],
    "ledger-vulnerabilities": ["gate"],
    "ledger-waivers": [],
    "ledger-threats": [],
  });
});

test("only those who speak with Slack know the secret", () => {
  expect(allowing("secretsmanager:GetSecretValue").map(({ name }) => name)).toEqual(["converse", "notify"]);
});

test("only those who hand plans back write to the queues of others", () => {
  for (const name of names) {
    const queues = statementsOf(name)
      .filter((statement) => actionsOf(statement).includes("sqs:SendMessage"))
      .flatMap(({ Resource }) => [Resource].flat())
      .map((resource) => (resource as { "Fn::GetAtt": [string, string] })["Fn::GetAtt"][0]);
    const own = idOf(name);
    const foreign = queues.filter((queue) => !queue.startsWith(own));
    expect([name, foreign.length > 0]).toEqual([name, name === "sweep" || name === CONVERSE]);
  }
});

describe.each(names)("%s", (name) => {
  test("has one statement per need, each with a name of its own", () => {
    const sids = statementsOf(name).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid ?? ""))).toEqual([]);
    const caps = statementsOf(name).filter(({ Effect }) => Effect === "Deny").length;
    // its log, and its queue if it has one
    expect(sids).toHaveLength(generated[name].length + caps + (name in HOOKS || name === CONVERSE ? 1 : 2));
  });

  test("has no policy written by AWS", () => {
    const role = one(automation, "AWS::IAM::Role", `${idOf(name)}Role`);
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  });
});

test("no role holds the policy of two functions", () => {
  for (const [, { Properties }] of ofType(automation, "AWS::IAM::Policy")) expect(Properties.Roles).toHaveLength(1);
});
