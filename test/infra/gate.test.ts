import { App, Stack } from "aws-cdk-lib";
import { Template as Assertions, Match } from "aws-cdk-lib/assertions";
import { type IVpc, Vpc } from "aws-cdk-lib/aws-ec2";
import {
  Cluster,
  ContainerImage,
  DeploymentStrategy,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
} from "aws-cdk-lib/aws-ecs";
import { describe, expect, test } from "vitest";
import { DeploymentGate, type DeploymentGateProps } from "../../infra/constructs/deployment-gate.ts";
import { compilePattern, isRefused } from "../../local/services/events/pattern/compile.ts";
import { matches } from "../../local/services/events/pattern/match.ts";
import { ofType, one, synthesized } from "./synthesized.ts";

const { automation, platform } = synthesized();

test("user-service waits for the gate before its first task, once there is an image to judge", () => {
  const { DeploymentConfiguration, Tags } = one(platform, "AWS::ECS::Service", "UserService").Properties;
  expect(DeploymentConfiguration.LifecycleHooks["Fn::If"]).toEqual([
    expect.stringMatching(/^UserServiceImageIsReleased/),
    [
      {
        TargetType: "PAUSE",
        LifecycleStages: ["PRE_SCALE_UP"],
        TimeoutConfiguration: { TimeoutInMinutes: 1440, Action: "ROLLBACK" },
      },
    ],
    { Ref: "AWS::NoValue" },
  ]);
  expect(Tags).toContainEqual({ Key: "reflex:gate:answers-pause-hooks", Value: "true" });
});

/** A service with the gate added in one line. */
const gated = (props: Pick<DeploymentGateProps, "hook" | "onTimeout">): Assertions => {
  const stack = new Stack(new App({ analyticsReporting: false }), "Gated");
  const cluster = new Cluster(stack, "Cluster", { vpc: new Vpc(stack, "Vpc") as IVpc }) as ICluster;
  const taskDefinition = new FargateTaskDefinition(stack, "Definition");
  taskDefinition.addContainer("api", { image: ContainerImage.fromRegistry("api:v1") });
  const deploymentStrategy = DeploymentStrategy.BLUE_GREEN;
  const service = new FargateService(stack, "Service", { cluster, taskDefinition, deploymentStrategy });
  new DeploymentGate(stack, "Gate", { service, ...props });
  return Assertions.fromStack(stack);
};

describe("the Lambda hook", () => {
  test("is called by ECS through a role that may call nothing else", () => {
    const template = gated({ hook: "lambda", onTimeout: "CONTINUE" });
    const ends = Match.arrayWith([Match.stringLikeRegexp(":function:reflex-gate-hook$")]);
    template.hasResourceProperties("AWS::ECS::Service", {
      DeploymentConfiguration: {
        LifecycleHooks: [
          Match.objectLike({
            TargetType: "AWS_LAMBDA",
            LifecycleStages: ["PRE_SCALE_UP"],
            HookTargetArn: { "Fn::Join": ["", ends] },
            TimeoutConfiguration: { TimeoutInMinutes: 1440, Action: "CONTINUE" },
          }),
        ],
      },
    });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: [{ Action: "lambda:InvokeFunction", Effect: "Allow", Resource: { "Fn::Join": ["", ends] } }],
      },
    });
  });

  test("outlives its stack with role and policy, for without it every hooked deployment would go back", () => {
    for (const type of ["AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy"])
      for (const id of ["LambdaHook", "CodeDeployHook"])
        expect([type, id, one(automation, type, id).DeletionPolicy]).toEqual([type, id, "RetainExceptOnCreate"]);
  });

  test("reads, remembers and publishes, and changes no service", () => {
    const { Statement } = one(automation, "AWS::IAM::Policy", "LambdaHookRole").Properties.PolicyDocument;
    const actions = (Statement as readonly { Action: string | readonly string[] }[]).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /Update|Register|Stop|Continue|Delete|PassRole/.test(action))).toEqual([]);
  });
});

describe("CodeDeploy's hook", () => {
  const { FunctionName, Timeout } = one(automation, "AWS::Lambda::Function", "CodeDeployHook").Properties;

  test("has a name that AWS's own policy for CodeDeploy lets it call, and all the time that a function may have", () => {
    expect(FunctionName).toBe("CodeDeployHook_reflex-gate");
    expect(Timeout).toBe(900);
  });

  test("changes nothing but the ledger and the hook that asked", () => {
    const { Statement } = one(automation, "AWS::IAM::Policy", "CodeDeployHookRole").Properties.PolicyDocument;
    const actions = (Statement as readonly { Action: string | readonly string[] }[]).flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) => /Update|Register|Stop|Continue|Delete|PassRole|CreateDeployment/.test(action)),
    ).toEqual([]);
    expect(actions.filter((action) => action.startsWith("codedeploy:")).sort()).toEqual([
      "codedeploy:GetApplicationRevision",
      "codedeploy:GetDeployment",
      "codedeploy:GetDeploymentGroup",
      "codedeploy:PutLifecycleEventHookExecutionStatus",
    ]);
  });
});

const rules = ofType(automation, "AWS::Events::Rule")
  .filter(([id]) => id.startsWith("Gate"))
  .map(([id, { Properties }]) => {
    const pattern = compilePattern(Properties.EventPattern);
    if (isRefused(pattern)) throw new Error(`${id}: ${pattern.refused}`);
    return pattern;
  });

const envelope = {
  version: "0",
  id: "1",
  account: "111122223333",
  region: "us-east-1",
  time: "2026-11-23T12:00:00Z",
  resources: [],
};
const scan = { "repository-name": "api", "image-digest": "sha256:1", "image-tags": [] };
const hook = {
  eventName: "HOOK_AWAITING_ACTION",
  hookType: "PAUSE",
  lifecycleStage: "PRE_SCALE_UP",
  clusterArn: "arn:aws:ecs:us-east-1:111122223333:cluster/production",
};
const service = { resources: ["arn:aws:ecs:us-east-1:111122223333:service/production/api"] };

// biome-ignore format: a table reads as a table
test.each<[string, boolean, object]>([
  ["a basic scan that ended", true, { source: "aws.ecr", "detail-type": "ECR Image Scan", detail: scan }],
  ["a basic scan that failed", true, { source: "aws.ecr", "detail-type": "ECR Image Scan", detail: { ...scan, "scan-status": "FAILED" } }],
  ["an enhanced scan", true, { source: "aws.inspector2", "detail-type": "Inspector2 Scan", detail: scan }],
  ["a push", false, { source: "aws.ecr", "detail-type": "ECR Image Action", detail: scan }],
  ["a finding about an image", true, { source: "aws.inspector2", "detail-type": "Inspector2 Finding", detail: { resources: [{ type: "AWS_ECR_CONTAINER_IMAGE" }] } }],
  ["a finding about an instance", false, { source: "aws.inspector2", "detail-type": "Inspector2 Finding", detail: { resources: [{ type: "AWS_EC2_INSTANCE" }] } }],
  ["a hook that waits", true, { source: "aws.ecs", "detail-type": "ECS Hook State Change", detail: hook }],
  ["a hook that was answered", false, { source: "aws.ecs", "detail-type": "ECS Hook State Change", detail: { ...hook, eventName: "HOOK_SUCCEEDED" } }],
  ["a hook of another stage", false, { source: "aws.ecs", "detail-type": "ECS Hook State Change", detail: { ...hook, lifecycleStage: "POST_TEST_TRAFFIC_SHIFT" } }],
  ["a hook in a cluster that is not ours", false, { source: "aws.ecs", "detail-type": "ECS Hook State Change", detail: { ...hook, clusterArn: `${hook.clusterArn}-old` } }],
  ["a Lambda hook", false, { source: "aws.ecs", "detail-type": "ECS Hook State Change", detail: { ...hook, hookType: "AWS_LAMBDA" } }],
  ["a deployment that begins", true, { source: "aws.ecs", "detail-type": "ECS Deployment State Change", ...service, detail: { eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" } }],
  ["a deployment elsewhere", false, { source: "aws.ecs", "detail-type": "ECS Deployment State Change", resources: ["arn:aws:ecs:us-east-1:1:service/staging/api"], detail: { eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" } }],
])("%s wakes the gate: %s", (_, expected, event) => {
  expect(rules.some((pattern) => matches(pattern, JSON.stringify({ ...envelope, ...event })))).toBe(expected);
});
