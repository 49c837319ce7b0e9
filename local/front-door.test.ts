import { beforeEach, expect, test } from "vitest";
import type { JsonObject, Principal } from "./contract.ts";
import { allow, type FrontDoorFixture, frontDoorFixture, OWNER, QUEUE, ROLE } from "./front-door.fixture.ts";
import type { CallsDoor } from "./neighbours.ts";
import type { Authority } from "./services/iam/authority.ts";

const RULE: Principal = {
  kind: "service",
  service: "events.amazonaws.com",
  sourceArn: "arn:aws:events:us-east-1:111122223333:rule/oom",
};

let fixture: FrontDoorFixture;
beforeEach(() => {
  fixture = frontDoorFixture();
});

const send = (principal: Principal) => fixture.ask(principal, "sqs", "SendMessage");
const update = (principal: Principal) => fixture.ask(principal, "ecs", "UpdateService");

test("every need of an operation has to be allowed, and nothing runs before the last is", async () => {
  fixture.give("oom", [allow("ecs:UpdateService")]);
  await expect(update(ROLE)).rejects.toThrow(
    "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/task",
  );
  expect(fixture.applied).toBe(0);
  expect(fixture.local.calls.all()).toMatchObject([
    {
      resource: "arn:aws:iam::111122223333:role/task",
      allowed: false,
      decisions: [
        { action: "ecs:UpdateService", allowed: true, statement: "oom/inline#0" },
        { action: "iam:PassRole", allowed: false },
      ],
    },
  ]);
});

test("a role that does not exist may do nothing, the owner everything", async () => {
  await expect(update(ROLE)).rejects.toMatchObject({ code: "AccessDeniedException" });
  expect(await update(OWNER)).toEqual({ applied: 1 });
});

test.each<[string, JsonObject | undefined, Principal, JsonObject[], boolean]>([
  ["an AWS service needs the queue's policy", undefined, RULE, [], false],
  [
    "the queue's policy lets in the rule that it names",
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: QUEUE,
      Condition: { ArnEquals: { "aws:SourceArn": RULE.sourceArn } },
    },
    RULE,
    [],
    true,
  ],
  [
    "but not another rule",
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: QUEUE,
      Condition: { ArnEquals: { "aws:SourceArn": `${RULE.sourceArn}-2` } },
    },
    RULE,
    [],
    false,
  ],
  [
    "and not another service",
    { Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sqs:SendMessage", Resource: QUEUE },
    RULE,
    [],
    false,
  ],
  [
    "within the account the queue's policy is enough for a role",
    { Effect: "Allow", Principal: { AWS: ROLE.roleArn }, Action: "sqs:SendMessage", Resource: QUEUE },
    ROLE,
    [],
    true,
  ],
  [
    "naming the account leaves it to the role's own policies",
    {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "sqs:SendMessage",
      Resource: QUEUE,
    },
    ROLE,
    [],
    false,
  ],
  ["the role's own policy is enough as well", undefined, ROLE, [allow("sqs:SendMessage")], true],
  [
    "a deny of the queue wins over the role",
    { Effect: "Deny", Principal: { AWS: "*" }, Action: "sqs:*", Resource: QUEUE },
    ROLE,
    [allow("sqs:SendMessage")],
    false,
  ],
  [
    "a deny of the account's principals counts for its roles",
    { Effect: "Deny", Principal: { AWS: "111122223333" }, Action: "sqs:*", Resource: QUEUE },
    ROLE,
    [allow("sqs:SendMessage")],
    false,
  ],
  [
    "a deny without TLS does not meet this endpoint",
    {
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: QUEUE,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ROLE,
    [allow("sqs:SendMessage")],
    true,
  ],
])("%s", async (_, statement, principal, own, allowed) => {
  fixture.give("oom", own);
  fixture.queuePolicy = statement && { Statement: [statement] };
  const sent = await send(principal).then(
    () => true,
    (error) => error.code !== "AccessDenied",
  );
  expect(sent).toBe(allowed);
  expect(fixture.local.calls.all()[0]?.allowed).toBe(allowed);
});

test("a permissions boundary has to allow as well, and its deny counts", async () => {
  const iam = fixture.local.services.get("iam")?.resources["AWS::IAM::ManagedPolicy"];
  const boundary = iam?.(
    {
      stackName: "Test",
      stackId: "",
      logicalId: "Boundary",
      type: "",
      assemblyFolder: "",
      generatedName: "boundary",
      properties: { PolicyDocument: { Statement: [allow("ecs:*")] } },
    },
    fixture.local.cloud,
  );
  fixture.give("oom", [allow("sqs:SendMessage"), allow("ecs:*"), allow("iam:*")], {
    PermissionsBoundary: boundary?.ref ?? "",
  });
  await expect(send(ROLE)).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
});

test("a statement is the sole reason only where no other allows the call", async () => {
  fixture.give("oom", [allow("sqs:SendMessage"), allow("sqs:*"), allow("sqs:DeleteQueue")]);
  await send(ROLE);
  await fixture.local.request(ROLE, { service: "sqs", operation: "DeleteMessage", input: {} }).catch(() => undefined);
  const uses = fixture.local.cloud.neighbour<Authority>("iam").uses();
  expect(uses.map(({ statement, allowed, soleReason }) => [statement, allowed, soleReason])).toEqual([
    ["oom/inline#0", 1, 0],
    ["oom/inline#1", 2, 1],
    ["oom/inline#2", 0, 0],
  ]);
});

test("a call that a service makes in a role's name is authorised and logged like any other", () => {
  fixture.give("oom", [allow("sqs:ReceiveMessage")]);
  const calls = fixture.local.cloud.neighbour<CallsDoor>("calls");
  const may = (action: string) => calls.check(ROLE, "sqs", action.slice(4), [{ action, resource: QUEUE }]);
  expect([may("sqs:ReceiveMessage"), may("sqs:DeleteMessage")]).toEqual([true, false]);
  expect(fixture.local.calls.all()).toMatchObject([
    { operation: "ReceiveMessage", allowed: true, statement: "oom/inline#0", functionName: "oom" },
    { operation: "DeleteMessage", allowed: false, error: "AccessDenied" },
  ]);
});

test("a trust policy may name the source that the service acts for", () => {
  const group = "arn:aws:scheduler:us-east-1:111122223333:schedule-group/default";
  const Condition = { StringEquals: { "aws:SourceArn": group, "aws:SourceAccount": "111122223333" } };
  const Statement = {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: "scheduler.amazonaws.com" },
    Condition,
  };
  fixture.give("oom", [], { AssumeRolePolicyDocument: { Statement } });
  const iam = fixture.local.cloud.neighbour<Authority>("iam");
  const trusts = (sourceArn?: string) =>
    iam.trusts("arn:aws:iam::111122223333:role/oom", "scheduler.amazonaws.com", sourceArn);
  expect([trusts(group), trusts(`${group}-2`), trusts()]).toEqual([true, false, false]);
});

test("trust is asked of the role's own document", () => {
  fixture.give("oom", []);
  const iam = fixture.local.cloud.neighbour<Authority>("iam");
  const arn = "arn:aws:iam::111122223333:role/oom";
  expect([
    iam.trusts(arn, "lambda.amazonaws.com"),
    iam.trusts(arn, "ecs.amazonaws.com"),
    iam.trusts(`${arn}2`, "lambda.amazonaws.com"),
  ]).toEqual([true, false, false]);
});
