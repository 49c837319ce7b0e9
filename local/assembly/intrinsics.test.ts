import { expect, test } from "vitest";
import type { Json } from "../contract.ts";
import { evaluateCondition, resolve, type Scope } from "./intrinsics.ts";

const REFS: Readonly<Record<string, Json>> = {
  "AWS::Region": "us-east-1",
  "AWS::AccountId": "111122223333",
  Queue: "https://queue/inbox",
  Tag: "none",
  Zones: ["a", "b"],
  Listener: "arn:aws:elb:::listener/app/main/1/2",
};
const scope: Scope = {
  stackName: "Automation",
  ref: (name) => REFS[name],
  attribute: (logicalId, attribute) => (logicalId === "Queue" && attribute === "Arn" ? "arn:queue" : undefined),
  importValue: (name) => (name === "Platform:Cluster" ? "production" : undefined),
  stackOutput: (stack, output) => (stack === "Platform" && output === "Cluster" ? "production" : undefined),
  condition: (name) => (({ Yes: true, No: false }) as Readonly<Record<string, boolean>>)[name],
  mapping: (...path) => (path.join() === "Layers,us-east-1,arm64" ? "arn:layer" : undefined),
  availabilityZones: () => ["us-east-1a", "us-east-1b", "us-east-1c"],
  dynamicReference: (service, reference) =>
    service === "secretsmanager" && reference === "slack:SecretString:token::" ? "xoxb-1" : undefined,
};

/** CloudFormation's braces, which are not TypeScript's. */
const braces = (inside: string): string => `\${${inside}}`;

// biome-ignore format: a table reads as a table
test.each<[string, Json, Json]>([
  ["a plain value is itself",                  { a: [1, true, null, "x"] }, { a: [1, true, null, "x"] }],
  ["Ref of a resource",                        { Ref: "Queue" }, "https://queue/inbox"],
  ["Ref of a pseudo parameter",                { Ref: "AWS::Region" }, "us-east-1"],
  ["Ref of a list",                            { Ref: "Zones" }, ["a", "b"]],
  ["GetAtt as a list",                         { "Fn::GetAtt": ["Queue", "Arn"] }, "arn:queue"],
  ["GetAtt with a dot",                        { "Fn::GetAtt": "Queue.Arn" }, "arn:queue"],
  ["Join over functions and numbers",          { "Fn::Join": [":", ["a", { Ref: "AWS::Region" }, 3]] }, "a:us-east-1:3"],
  ["Join over a list that a function answers", { "Fn::Join": [",", { Ref: "Zones" }] }, "a,b"],
  ["Select over Split",                        { "Fn::Select": [1, { "Fn::Split": ["/", { Ref: "Listener" }] }] }, "app"],
  ["Select with a text as index",              { "Fn::Select": ["0", ["x", "y"]] }, "x"],
  ["Select over GetAZs",                       { "Fn::Select": [1, { "Fn::GetAZs": "" }] }, "us-east-1b"],
  ["Sub of names and attributes",              { "Fn::Sub": `${braces("AWS::Region")}/${braces("Queue.Arn")}/${braces("!Literal")}` }, `us-east-1/arn:queue/${braces("Literal")}`],
  ["Sub with its own variables",               { "Fn::Sub": [`${braces("A")}-${braces("Tag")}`, { A: { Ref: "AWS::AccountId" } }] }, "111122223333-none"],
  ["ImportValue",                              { "Fn::ImportValue": "Platform:Cluster" }, "production"],
  ["GetStackOutput",                           { "Fn::GetStackOutput": { StackName: "Platform", Region: { Ref: "AWS::Region" }, OutputName: "Cluster" } }, "production"],
  ["FindInMap",                                { "Fn::FindInMap": ["Layers", { Ref: "AWS::Region" }, "arm64"] }, "arn:layer"],
  ["Base64",                                   { "Fn::Base64": { Ref: "Tag" } }, "bm9uZQ=="],
  ["If that holds",                            { "Fn::If": ["Yes", { Ref: "Tag" }, 0] }, "none"],
  ["If that does not",                         { "Fn::If": ["No", { Ref: "Tag" }, 0] }, 0],
  ["NoValue leaves out a property",            { a: 1, b: { Ref: "AWS::NoValue" } }, { a: 1 }],
  ["NoValue leaves out an element",            [1, { "Fn::If": ["No", 2, { Ref: "AWS::NoValue" }] }, 3], [1, 3]],
  ["a dynamic reference after joining",        { "Fn::Join": ["", ["{{resolve:secretsmanager:", "slack", ":SecretString:token::}}"]] }, "xoxb-1"],
  ["a dynamic reference within a text",        "Bearer {{resolve:secretsmanager:slack:SecretString:token::}}!", "Bearer xoxb-1!"],
  ["Condition in a policy is no function",     { Condition: { Bool: { "aws:SecureTransport": "false" } } }, { Condition: { Bool: { "aws:SecureTransport": "false" } } }],
])("%s", (_, value, expected) => {
  expect(resolve(value, "Inbox.Properties", scope)).toEqual(expected);
});

// biome-ignore format: a table reads as a table
test.each<[string, Json, string]>([
  ["an unknown function",          { Policy: [{ "Fn::Cidr": ["10.0.0.0/16", 2] }] }, "Inbox.Properties.Policy[0]: Fn::Cidr is not a known function"],
  ["a Ref to nothing",             { Url: { Ref: "Nothing" } }, "Inbox.Properties.Url: Ref Nothing names no parameter and no resource"],
  ["an unknown attribute",         { Arn: { "Fn::GetAtt": ["Queue", "QueueUrl"] } }, "Inbox.Properties.Arn: Fn::GetAtt Queue.QueueUrl is not known"],
  ["an export of nobody",          { "Fn::ImportValue": "Other" }, "Inbox.Properties: Fn::ImportValue no stack before this one exports Other"],
  ["an output of nobody",          { "Fn::GetStackOutput": { StackName: "Platform", OutputName: "X" } }, "Fn::GetStackOutput the stack Platform has no output X"],
  ["an index outside of a list",   { "Fn::Select": [3, ["a"]] }, "Fn::Select 3 is outside a list of 1"],
  ["a Join of objects",            { "Fn::Join": ["", [{ a: 1 }]] }, 'Fn::Join needs a text, not {"a":1}'],
  ["a Join of one argument",       { "Fn::Join": [""] }, "Fn::Join takes two arguments"],
  ["a Sub of nothing",             { "Fn::Sub": braces("Nothing") }, "names nothing that is known"],
  ["an unknown condition",         { "Fn::If": ["Maybe", 1, 2] }, "Fn::If Maybe is not a condition"],
  ["an unknown secret",            "{{resolve:secretsmanager:other}}", "{{resolve:secretsmanager:other}} names nothing that is known"],
  ["NoValue for all",              { Ref: "AWS::NoValue" }, "AWS::NoValue stands where a value is needed"],
])("%s is an error that names stack and place", (_, value, message) => {
  expect(() => resolve(value, "Inbox.Properties", scope)).toThrow("reading the stack Automation at Inbox.Properties");
  expect(() => resolve(value, "Inbox.Properties", scope)).toThrow(message);
});

// biome-ignore format: a table reads as a table
test.each<[string, Json, boolean]>([
  ["equal",           { "Fn::Equals": [{ Ref: "Tag" }, "none"] }, true],
  ["not equal",       { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Tag" }, "none"] }] }, false],
  ["and",             { "Fn::And": [{ Condition: "Yes" }, { Condition: "No" }] }, false],
  ["or",              { "Fn::Or": [{ Condition: "No" }, { Condition: "Yes" }] }, true],
])("a condition: %s", (_, value, expected) => {
  expect(evaluateCondition(value, "Conditions.X", scope)).toBe(expected);
});

test("a condition that is not known is an error", () => {
  expect(() => evaluateCondition({ "Fn::Contains": [["a"], "a"] }, "Conditions.X", scope)).toThrow(
    "reading the stack Automation at Conditions.X: Fn::Contains is not a known condition",
  );
});
