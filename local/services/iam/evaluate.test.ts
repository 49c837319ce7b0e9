import { expect, test } from "vitest";
import type { JsonObject } from "../../contract.ts";
import { contextOf, judge } from "./evaluate.ts";
import { compilePolicy } from "./statement.ts";

const SERVICE = "arn:aws:ecs:us-east-1:111122223333:service/main/api";
const ROLE = "arn:aws:iam::111122223333:role/tasks/api";
const TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/ledger";

const allow = (action: string | string[], resource: string | string[], Condition?: JsonObject): JsonObject => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...(Condition ? { Condition } : {}),
});
const deny = (...written: Parameters<typeof allow>): JsonObject => ({ ...allow(...written), Effect: "Deny" });

const inCluster = allow("ecs:UpdateService", "arn:aws:ecs:*:*:service/main/*", {
  ArnEquals: { "ecs:cluster": "arn:aws:ecs:us-east-1:111122223333:cluster/main" },
});
const pass = allow("iam:PassRole", "arn:aws:iam::111122223333:role/tasks/*", {
  StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
});
const capped = [
  allow("ecs:RegisterTaskDefinition", "*"),
  deny("ecs:RegisterTaskDefinition", "*", { NumericGreaterThan: { "ecs:task-memory": "8192" } }),
];
const keys = (quantifier: string): JsonObject[] => [
  allow("dynamodb:PutItem", TABLE, { [`${quantifier}:StringLike`]: { "dynamodb:LeadingKeys": ["service#*"] } }),
];
/** A policy variable, which is not one of TypeScript. */
const variable = (name: string): string => `\${${name}}`;
const CLUSTER = "arn:aws:ecs:us-east-1:111122223333:cluster/main";
type Case = [
  sentence: string,
  statements: JsonObject[],
  action: string,
  resource: string,
  context: Record<string, unknown>,
  effect: "allow" | "deny" | "none",
];

// biome-ignore format: a table reads as a table
const CASES: Case[] = [
  ["nothing is allowed by nothing",                      [], "ecs:UpdateService", SERVICE, {}, "none"],
  ["UpdateService in the cluster",                       [inCluster], "ecs:UpdateService", SERVICE, { "ecs:cluster": CLUSTER }, "allow"],
  ["UpdateService in another cluster",                   [inCluster], "ecs:UpdateService", SERVICE, { "ecs:cluster": CLUSTER.replace("main", "other") }, "none"],
  ["UpdateService with the key absent",                  [inCluster], "ecs:UpdateService", SERVICE, {}, "none"],
  ["condition keys are case-insensitive",                [inCluster], "ecs:UpdateService", SERVICE, { "ECS:Cluster": CLUSTER }, "allow"],
  ["PassRole for tasks",                                 [pass], "iam:PassRole", ROLE, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }, "allow"],
  ["PassRole for another service",                       [pass], "iam:PassRole", ROLE, { "iam:PassedToService": "lambda.amazonaws.com" }, "none"],
  ["PassRole of another path",                           [pass], "iam:PassRole", ROLE.replace("/tasks/", "/admin/"), { "iam:PassedToService": "ecs-tasks.amazonaws.com" }, "none"],
  ["memory at the cap",                                  capped, "ecs:RegisterTaskDefinition", "*", { "ecs:task-memory": 8192 }, "allow"],
  ["memory above the cap",                               capped, "ecs:RegisterTaskDefinition", "*", { "ecs:task-memory": 16384 }, "deny"],
  ["memory unknown: the deny does not match",            capped, "ecs:RegisterTaskDefinition", "*", {}, "allow"],
  ["a deny counts whatever the order",                   [...capped].reverse(), "ecs:RegisterTaskDefinition", "*", { "ecs:task-memory": "16384" }, "deny"],
  ["ForAnyValue deny on one bad leading key",            [allow("dynamodb:*", TABLE), deny("dynamodb:PutItem", TABLE, { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["audit#*"] } })], "dynamodb:PutItem", TABLE, { "dynamodb:LeadingKeys": ["service#a", "audit#b"] }, "deny"],
  ["ForAllValues with one bad key",                      keys("ForAllValues"), "dynamodb:PutItem", TABLE, { "dynamodb:LeadingKeys": ["service#a", "audit#b"] }, "none"],
  ["ForAllValues with good keys alone",                  keys("ForAllValues"), "dynamodb:PutItem", TABLE, { "dynamodb:LeadingKeys": ["service#a"] }, "allow"],
  ["ForAllValues without any key allows, as AWS warns",  keys("ForAllValues"), "dynamodb:PutItem", TABLE, {}, "allow"],
  ["ForAnyValue without any key does not",               keys("ForAnyValue"), "dynamodb:PutItem", TABLE, {}, "none"],
  ["ForAnyValue with one good key",                      keys("ForAnyValue"), "dynamodb:PutItem", TABLE, { "dynamodb:LeadingKeys": ["x", "service#a"] }, "allow"],
  ["action names are case-insensitive",                  [allow("ECS:updateservice", "*")], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["a star and a question mark in actions",              [allow("ecs:Describe?ervice*", "*")], "ecs:DescribeServices", SERVICE, {}, "allow"],
  ["an action is matched whole",                         [allow("ecs:Update", "*")], "ecs:UpdateService", SERVICE, {}, "none"],
  ["an index is not its table",                          [allow("dynamodb:Query", TABLE)], "dynamodb:Query", `${TABLE}/index/due`, {}, "none"],
  ["an index by pattern",                                [allow("dynamodb:Query", `${TABLE}/index/*`)], "dynamodb:Query", `${TABLE}/index/due`, {}, "allow"],
  ["a star does not span the fields of an ARN",          [allow("ecs:UpdateService", "arn:aws:ecs:*:service/main/api")], "ecs:UpdateService", SERVICE, {}, "none"],
  ["a pattern that ends early is not the beginning of an ARN", [allow("ecs:UpdateService", "arn:aws:ecs:*")], "ecs:UpdateService", SERVICE, {}, "none"],
  ["a star spans slashes within the last field",         [allow("ecs:UpdateService", "arn:aws:ecs:*:*:service/*")], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["resources are case-sensitive",                       [allow("ecs:UpdateService", SERVICE.replace("api", "API"))], "ecs:UpdateService", SERVICE, {}, "none"],
  ["an action without resources needs a star",           [allow("ecs:DescribeTaskDefinition", "arn:aws:ecs:us-east-1:111122223333:task-definition/*")], "ecs:DescribeTaskDefinition", "*", {}, "none"],
  ["NotAction allows the rest",                          [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["NotAction leaves out what it names",                 [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "iam:PassRole", ROLE, {}, "none"],
  ["NotResource denies everything else",                 [allow("ecs:*", "*"), { Effect: "Deny", Action: "ecs:*", NotResource: SERVICE }], "ecs:UpdateService", SERVICE.replace("api", "web"), {}, "deny"],
  ["NotResource spares what it names",                   [allow("ecs:*", "*"), { Effect: "Deny", Action: "ecs:*", NotResource: SERVICE }], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["a policy variable in a resource",                    [allow("ecs:UpdateService", `arn:aws:ecs:*:*:service/main/${variable("aws:PrincipalTag/service")}`)], "ecs:UpdateService", SERVICE, { "aws:PrincipalTag/service": "api" }, "allow"],
  ["a variable's value is no pattern",                   [allow("ecs:UpdateService", `arn:aws:ecs:*:*:service/main/${variable("aws:PrincipalTag/service")}`)], "ecs:UpdateService", SERVICE, { "aws:PrincipalTag/service": "*" }, "none"],
  ["a variable without a value fits nothing",            [allow("ecs:UpdateService", `arn:aws:ecs:*:*:service/main/${variable("aws:PrincipalTag/service")}`)], "ecs:UpdateService", SERVICE, {}, "none"],
  ["a variable's default",                               [allow("ecs:UpdateService", `arn:aws:ecs:*:*:service/main/${variable("aws:PrincipalTag/service, 'api'")}`)], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["a variable in a condition's value",                  [allow("ecs:*", "*", { StringEquals: { "aws:ResourceTag/team": variable("aws:PrincipalTag/team") } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/team": "a", "aws:PrincipalTag/team": "a" }, "allow"],
  ["StringEquals is case-sensitive",                     [allow("ecs:*", "*", { StringEquals: { "aws:ResourceTag/mode": "act" } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/mode": "Act" }, "none"],
  ["StringEqualsIgnoreCase is not",                      [allow("ecs:*", "*", { StringEqualsIgnoreCase: { "aws:ResourceTag/mode": "act" } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/mode": "Act" }, "allow"],
  ["StringNotEquals holds for an absent key",            [allow("ecs:*", "*", { StringNotEquals: { "aws:ResourceTag/mode": "off" } })], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["StringNotEquals means none of the values",           [allow("ecs:*", "*", { StringNotEquals: { "aws:ResourceTag/mode": ["off", "no"] } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/mode": "no" }, "none"],
  ["IfExists holds for an absent key",                   [allow("ecs:*", "*", { StringEqualsIfExists: { "aws:ResourceTag/mode": "act" } })], "ecs:UpdateService", SERVICE, {}, "allow"],
  ["IfExists compares a present one",                    [allow("ecs:*", "*", { StringEqualsIfExists: { "aws:ResourceTag/mode": "act" } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/mode": "ask" }, "none"],
  ["all operators and keys must hold",                   [allow("ecs:*", "*", { StringEquals: { a: "1", b: "2" }, Bool: { c: "true" } })], "ecs:UpdateService", SERVICE, { a: "1", b: "2", c: false }, "none"],
  ["one of several values is enough",                    [allow("ecs:*", "*", { StringEquals: { a: ["1", "2"] } })], "ecs:UpdateService", SERVICE, { a: "2" }, "allow"],
  ["Bool",                                               [deny("sqs:*", "*", { Bool: { "aws:SecureTransport": "false" } }), allow("sqs:*", "*")], "sqs:SendMessage", "*", { "aws:SecureTransport": true }, "allow"],
  ["Null true asks for absence",                         [allow("ecs:*", "*", { Null: { "aws:ResourceTag/mode": "true" } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/mode": "act" }, "none"],
  ["Null false asks for presence",                       [allow("ecs:*", "*", { Null: { "aws:ResourceTag/mode": false } })], "ecs:UpdateService", SERVICE, { "aws:ResourceTag/mode": "act" }, "allow"],
  ["ArnLike with wildcards",                             [allow("sqs:*", "*", { ArnLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/*" } })], "sqs:SendMessage", "*", { "aws:SourceArn": "arn:aws:events:us-east-1:111122223333:rule/oom" }, "allow"],
  ["ArnNotLike",                                         [allow("sqs:*", "*", { ArnNotLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/*" } })], "sqs:SendMessage", "*", { "aws:SourceArn": "arn:aws:events:us-east-1:111122223333:rule/oom" }, "none"],
  ["NumericLessThanEquals",                              [allow("ecs:*", "*", { NumericLessThanEquals: { "ecs:task-cpu": "1024" } })], "ecs:UpdateService", SERVICE, { "ecs:task-cpu": 1024 }, "allow"],
  ["numbers are no texts: 9 is below 10",                [allow("ecs:*", "*", { NumericLessThan: { "ecs:task-cpu": "10" } })], "ecs:UpdateService", SERVICE, { "ecs:task-cpu": 9 }, "allow"],
  ["DateLessThan",                                       [allow("ecs:*", "*", { DateLessThan: { "aws:CurrentTime": "2026-03-02T13:00:00Z" } })], "ecs:UpdateService", SERVICE, { "aws:CurrentTime": "2026-03-02T12:00:00.000Z" }, "allow"],
];

test.each(CASES)("%s", (_, statements, action, resource, context, effect) => {
  const compiled = compilePolicy("role/policy", { Statement: statements });
  expect(judge(compiled, { action, resource, context: contextOf(context) }).effect).toBe(effect);
});

test.each([
  [
    "an operator that is not modelled",
    { Effect: "Allow", Action: "*", Resource: "*", Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    "the condition operator IpAddress is not modelled",
  ],
  ["an effect that is none", { Effect: "allow", Action: "*", Resource: "*" }, 'has Effect "allow"'],
  [
    "Action and NotAction",
    { Effect: "Allow", Action: "*", NotAction: "*", Resource: "*" },
    "needs either Action or NotAction",
  ],
  ["no resource", { Effect: "Allow", Action: "*" }, "needs either Resource or NotResource"],
  [
    "an unknown element",
    { Effect: "Allow", Action: "*", Resource: "*", Principle: "*" },
    "has Principle, which is not modelled",
  ],
  [
    "a number that is none",
    { Effect: "Allow", Action: "*", Resource: "*", Condition: { NumericLessThan: { a: "much" } } },
    'condition value "much" cannot be compared',
  ],
])("a policy with %s is refused when it is read", (_, statement, message) => {
  expect(() => compilePolicy("role/policy", { Statement: [statement] })).toThrow(message);
});

test("several values without ForAllValues or ForAnyValue are an error, not a guess", () => {
  const compiled = compilePolicy("role/policy", { Statement: allow("*", "*", { StringEquals: { a: "1" } }) });
  const request = { action: "ecs:UpdateService", resource: SERVICE, context: contextOf({ a: ["1", "2"] }) };
  expect(() => judge(compiled, request)).toThrow("needs ForAllValues or ForAnyValue");
});

test("the statement that decided is named by its Sid, else by its place", () => {
  const compiled = compilePolicy("api/inline", {
    Statement: [allow("ecs:A", "*"), { ...allow("ecs:B", "*"), Sid: "MayB" }],
  });
  const decided = (action: string) => judge(compiled, { action, resource: "*", context: contextOf({}) }).statement?.id;
  expect([decided("ecs:A"), decided("ecs:B"), decided("ecs:C")]).toEqual([
    "api/inline#0",
    "api/inline#MayB",
    undefined,
  ]);
});
