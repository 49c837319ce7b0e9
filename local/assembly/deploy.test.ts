import { expect, test } from "vitest";
import { createCloud, type LocalCloud } from "../cloud.ts";
import type { Cloud, JsonObject, ResourceDeclaration, Service } from "../contract.ts";
import { createCloudFormationService } from "../services/cloudformation/service.ts";
import { createSecretsManagerService } from "../services/secretsmanager/service.ts";
import { createSsmService } from "../services/ssm/service.ts";
import { deploy } from "./deploy.ts";
import type { AssemblyStack, Template } from "./manifest.ts";

const made: ResourceDeclaration[] = [];
const recorder = (): Service => {
  const make = (declaration: ResourceDeclaration) => {
    made.push(declaration);
    return { ref: `ref-${declaration.logicalId}`, attributes: { Arn: `arn-${declaration.logicalId}` } };
  };
  const resources = { "Test::Thing": make, "AWS::ECS::Service": make };
  return { name: "test", operations: {}, resources, start: () => started.push(made.length) };
};
const started: number[] = [];

const cloudWith = (...more: readonly ((cloud: Cloud) => Service)[]): LocalCloud => {
  made.length = 0;
  started.length = 0;
  const services = [createCloudFormationService, createSsmService, createSecretsManagerService, recorder, ...more];
  return createCloud({ startAtMs: Date.parse("2026-03-02T12:00:00Z"), services });
};
const thing = (Properties: JsonObject = {}, more: object = {}) => ({ Type: "Test::Thing", Properties, ...more });
const stack = (
  name: string,
  template: Omit<Template, "Resources"> & { Resources?: object },
  more: Partial<AssemblyStack> = {},
) =>
  ({
    name,
    folder: "/assembly",
    tags: {},
    dependsOn: [],
    ...more,
    template: { Resources: {}, ...template },
  }) as AssemblyStack;
const order = (): string[] => made.map(({ logicalId }) => logicalId);
const propertiesOf = (logicalId: string): JsonObject | undefined =>
  made.find((each) => each.logicalId === logicalId)?.properties;

test("resources come after what they refer to and what they depend on", () => {
  const Resources = {
    A: thing({ Policy: { "Fn::Join": ["", ["x", { "Fn::GetAtt": ["C", "Arn"] }]] } }),
    B: thing({}, { DependsOn: "D" }),
    C: thing({ Name: { "Fn::Sub": `\${${"D"}}-\${${"E.Arn"}}` } }, { DependsOn: ["B"] }),
    D: thing(),
    E: thing(),
  };
  deploy(cloudWith(), [stack("One", { Resources })]);
  expect(order()).toEqual(["D", "B", "E", "C", "A"]);
  expect(propertiesOf("C")).toEqual({ Name: "ref-D-arn-E" });
  expect(propertiesOf("A")).toEqual({ Policy: "xarn-C" });
});

test("resources that need each other in a circle are an error that shows it", () => {
  const Resources = { A: thing({ B: { Ref: "B" } }), B: thing({ C: { Ref: "C" } }), C: thing({}, { DependsOn: "A" }) };
  expect(() => deploy(cloudWith(), [stack("One", { Resources })])).toThrow(
    "resources of the stack One need each other in a circle: A -> B -> C -> A",
  );
});

test("stacks come after those that they depend on or read an output of, then every service starts once", () => {
  const output = { "Fn::GetStackOutput": { StackName: "Platform", Region: "us-east-1", OutputName: "Cluster" } };
  const stacks = [
    stack(
      "Later",
      { Resources: { L: thing({ Cluster: { "Fn::ImportValue": "Platform:Cluster" } }) } },
      { dependsOn: ["Automation"] },
    ),
    stack("Automation", { Resources: { A: thing({ Cluster: output }) } }),
    stack("Platform", {
      Resources: { P: thing() },
      Outputs: { Cluster: { Value: { Ref: "P" }, Export: { Name: "Platform:Cluster" } } },
    }),
  ];
  deploy(cloudWith(), stacks);
  expect(order()).toEqual(["P", "A", "L"]);
  expect([propertiesOf("A"), propertiesOf("L")]).toEqual([{ Cluster: "ref-P" }, { Cluster: "ref-P" }]);
  expect(started).toEqual([3]);
});

test("a type that is neither modelled nor inert ends the start with its name and place", () => {
  const Resources = { Site: { Type: "AWS::CloudFront::Distribution" } };
  expect(() => deploy(cloudWith(), [stack("One", { Resources })])).toThrow(
    "the stack One has a resource Site of type AWS::CloudFront::Distribution, which the local cloud neither models nor lists as inert",
  );
});

test("what goes wrong while a resource is made names it", () => {
  const Resources = {
    Parameter: { Type: "AWS::SSM::Parameter", Properties: {} },
    Twice: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "a" } },
    Again: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "a" }, DependsOn: "Twice" },
  };
  expect(() => deploy(cloudWith(), [stack("One", { Resources })])).toThrow(
    "creating Again (AWS::SecretsManager::Secret) of the stack One: a secret a already exists",
  );
});

test("conditions leave out resources, outputs and properties; parameters decide them", () => {
  const template = {
    Parameters: { Tag: { Type: "String", Default: "none" } },
    Conditions: { Runs: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Tag" }, "none"] }] } },
    Resources: {
      A: thing({
        Count: { "Fn::If": ["Runs", 2, 0] },
        Tag: { "Fn::If": ["Runs", { Ref: "Tag" }, { Ref: "AWS::NoValue" }] },
      }),
      B: thing({}, { Condition: "Runs" }),
    },
    Outputs: { B: { Value: { Ref: "B" }, Condition: "Runs" } },
  };
  const [without] = deploy(cloudWith(), [stack("One", template)]);
  expect([order(), propertiesOf("A"), without?.outputs]).toEqual([["A"], { Count: 0 }, []]);
  const [withTag] = deploy(cloudWith(), [stack("One", template)], { Tag: "v1.0.0" });
  expect([order(), propertiesOf("A")]).toEqual([["A", "B"], { Count: 2, Tag: "v1.0.0" }]);
  expect(withTag?.outputs).toEqual([{ key: "B", value: "ref-B", exportName: undefined }]);
});

test("a parameter may name one of the parameter store, as CDK's bootstrap version does", () => {
  const Parameters = {
    Bootstrap: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/hnb659fds/version" },
  };
  deploy(cloudWith(), [stack("One", { Parameters, Resources: { A: thing({ Version: { Ref: "Bootstrap" } }) } })]);
  expect(Number(propertiesOf("A")?.Version)).toBeGreaterThan(20);
  const missing = { Other: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/nothing" } };
  expect(() =>
    deploy(cloudWith(), [stack("One", { Parameters: missing, Resources: { A: thing({ X: { Ref: "Other" } }) } })]),
  ).toThrow("parameter Other names the SSM parameter /nothing, which does not exist");
});

test("a secret's value is found by its ARN inside a dynamic reference, a key of its JSON too", () => {
  const Resources = {
    Slack: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "slack", SecretString: '{"token":"xoxb-1"}' } },
    A: thing({
      Token: { "Fn::Join": ["", ["{{resolve:secretsmanager:", { Ref: "Slack" }, ":SecretString:token::}}"]] },
    }),
  };
  deploy(cloudWith(), [stack("One", { Resources })]);
  expect(propertiesOf("A")).toEqual({ Token: "xoxb-1" });
});

test("generated names are stack, logical id and a suffix that no other resource changes", () => {
  const nameIn = (Resources: object): string | undefined => {
    deploy(cloudWith(), [stack("One", { Resources })]);
    return made.find(({ logicalId }) => logicalId === "A")?.generatedName;
  };
  const alone = nameIn({ A: thing() });
  expect(alone).toMatch(/^One-A-[A-Z0-9]{12}$/);
  expect(nameIn({ Z: thing(), A: thing() })).toBe(alone);
});

test("ECS resources carry their stack's tags, after their own", () => {
  const Resources = {
    Api: { Type: "AWS::ECS::Service", Properties: { Tags: [{ Key: "team", Value: "own" }] } },
    T: thing(),
  };
  deploy(cloudWith(), [stack("One", { Resources }, { tags: { team: "stack", cost: "1" } })]);
  expect(propertiesOf("Api")?.Tags).toEqual([
    { Key: "team", Value: "own" },
    { Key: "cost", Value: "1" },
  ]);
  expect(propertiesOf("T")).toEqual({});
});

test("an inert listener's ARN repeats its load balancer's path, as CDK relies on", () => {
  const Resources = {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
    Balancer: { Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Properties: { Name: "main" } },
    Listener: { Type: "AWS::ElasticLoadBalancingV2::Listener", Properties: { LoadBalancerArn: { Ref: "Balancer" } } },
    A: thing({
      Kind: { "Fn::Select": [1, { "Fn::Split": ["/", { Ref: "Listener" }] }] },
      Name: { "Fn::Select": [2, { "Fn::Split": ["/", { Ref: "Listener" }] }] },
      Group: { "Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"] },
      Dns: { "Fn::GetAtt": ["Balancer", "DNSName"] },
    }),
  };
  deploy(cloudWith(), [stack("One", { Resources })]);
  expect(propertiesOf("A")).toEqual({
    Kind: "app",
    Name: "main",
    Group: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
    Dns: expect.stringMatching(/^main-\d+\.us-east-1\.elb\.amazonaws\.com$/),
  });
});
