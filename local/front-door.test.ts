import { beforeEach, expect, test } from "vitest";
import { createCloud, type LocalCloud } from "./cloud.ts";
import { AwsError, type JsonObject, type Principal, type Service } from "./contract.ts";
import type { CallsDoor, PrincipalsDoor } from "./neighbours.ts";
import type { Authority } from "./services/iam/authority.ts";
import { createIamService } from "./services/iam/service.ts";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const OWNER: Principal = { kind: "owner" };
const ROLE: Principal = {
  kind: "role",
  roleArn: "arn:aws:iam::111122223333:role/oom",
  sessionName: "oom-1",
  functionName: "oom",
};
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:inbox";
const RULE: Principal = {
  kind: "service",
  service: "events.amazonaws.com",
  sourceArn: "arn:aws:events:us-east-1:111122223333:rule/oom",
};

let local: LocalCloud;
let applied: number;
let queuePolicy: JsonObject | undefined;

const apply = (): JsonObject => {
  applied += 1;
  return { applied };
};
const worker = (): Service => ({
  name: "ecs",
  resources: {},
  operations: {
    UpdateService: {
      needs: () => [
        { action: "ecs:UpdateService", resource: "*" },
        { action: "iam:PassRole", resource: "arn:aws:iam::111122223333:role/task" },
      ],
      run: apply,
    },
    RegisterTaskDefinition: { needs: () => [], run: apply },
  },
});
const queue = (): Service => ({
  name: "sqs",
  resources: {},
  operations: {
    SendMessage: {
      needs: () => [{ action: "sqs:SendMessage", resource: QUEUE, resourcePolicy: queuePolicy }],
      run: apply,
    },
    DeleteMessage: {
      needs: () => [{ action: "sqs:DeleteMessage", resource: QUEUE }],
      run: () => {
        throw new AwsError("ReceiptHandleIsInvalid", "no");
      },
    },
  },
});

beforeEach(() => {
  applied = 0;
  queuePolicy = undefined;
  local = createCloud({ startAtMs: NOON, services: [createIamService, worker, queue] });
});

const give = (name: string, statements: readonly JsonObject[], more: JsonObject = {}): void => {
  local.services.get("iam")?.resources["AWS::IAM::Role"]?.(
    {
      stackName: "Test",
      stackId: "",
      logicalId: "Role",
      type: "AWS::IAM::Role",
      assemblyFolder: "",
      generatedName: name,
      properties: {
        AssumeRolePolicyDocument: {
          Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
        },
        Policies: [{ PolicyName: "inline", PolicyDocument: { Statement: statements } }],
        ...more,
      },
    },
    local.cloud,
  );
};
const allow = (action: string): JsonObject => ({ Effect: "Allow", Action: action, Resource: "*" });
const send = (principal: Principal): Promise<JsonObject> =>
  local.request(principal, { service: "sqs", operation: "SendMessage", input: {} });
const update = (principal: Principal): Promise<JsonObject> =>
  local.request(principal, { service: "ecs", operation: "UpdateService", input: {} });

test("every need of an operation has to be allowed, and nothing runs before the last is", async () => {
  give("oom", [allow("ecs:UpdateService")]);
  await expect(update(ROLE)).rejects.toThrow(
    "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/task",
  );
  expect(applied).toBe(0);
  expect(local.calls.all()).toMatchObject([
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
  give("oom", own);
  queuePolicy = statement && { Statement: [statement] };
  const sent = await send(principal).then(
    () => true,
    (error) => error.code !== "AccessDenied",
  );
  expect(sent).toBe(allowed);
  expect(local.calls.all()[0]?.allowed).toBe(allowed);
});

test("a permissions boundary has to allow as well, and its deny counts", async () => {
  const iam = local.services.get("iam")?.resources["AWS::IAM::ManagedPolicy"];
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
    local.cloud,
  );
  give("oom", [allow("sqs:SendMessage"), allow("ecs:*"), allow("iam:*")], { PermissionsBoundary: boundary?.ref ?? "" });
  await expect(send(ROLE)).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
});

test("a statement is the sole reason only where no other allows the call", async () => {
  give("oom", [allow("sqs:SendMessage"), allow("sqs:*"), allow("sqs:DeleteQueue")]);
  await send(ROLE);
  await local.request(ROLE, { service: "sqs", operation: "DeleteMessage", input: {} }).catch(() => undefined);
  const uses = local.cloud.neighbour<Authority>("iam").uses();
  expect(uses.map(({ statement, allowed, soleReason }) => [statement, allowed, soleReason])).toEqual([
    ["oom/inline#0", 1, 0],
    ["oom/inline#1", 2, 1],
    ["oom/inline#2", 0, 0],
  ]);
});

test("a call that a service makes in a role's name is authorised and logged like any other", () => {
  give("oom", [allow("sqs:ReceiveMessage")]);
  const calls = local.cloud.neighbour<CallsDoor>("calls");
  const may = (action: string) => calls.check(ROLE, "sqs", action.slice(4), [{ action, resource: QUEUE }]);
  expect([may("sqs:ReceiveMessage"), may("sqs:DeleteMessage")]).toEqual([true, false]);
  expect(local.calls.all()).toMatchObject([
    { operation: "ReceiveMessage", allowed: true, statement: "oom/inline#0", functionName: "oom" },
    { operation: "DeleteMessage", allowed: false, error: "AccessDenied" },
  ]);
});

test("ECS admits 20 registrations at once and one a second after; the person at the machine is not counted", async () => {
  give("oom", [allow("ecs:*")]);
  const register = (principal: Principal) =>
    local.request(principal, { service: "ecs", operation: "RegisterTaskDefinition", input: {} });
  for (let each = 0; each < 20; each += 1) await register(ROLE);
  await expect(register(ROLE)).rejects.toMatchObject({ code: "ThrottlingException", message: "Rate exceeded" });
  await register(OWNER);
  await local.clock.advance(NOON + 1000);
  await register(ROLE);
  await expect(register(ROLE)).rejects.toMatchObject({ code: "ThrottlingException" });
  expect(applied).toBe(22);
});

test.each([
  ["throttle", "RequestThrottled", 0],
  ["error", "InternalFailure", 0],
  ["timeout", undefined, 0],
  ["lost-response", undefined, 1],
] as const)("the fault %s strikes as often as asked, then no more", async (kind, code, appliedByThen) => {
  local.faults.add({ service: "sqs", operation: "SendMessage", kind, times: 2 });
  for (let each = 1; each <= 2; each += 1) {
    const error = await send(OWNER).catch((thrown) => thrown);
    expect([error.name, error.code]).toEqual([code ? "AwsError" : "ConnectionLost", code]);
    expect(applied).toBe(appliedByThen * each);
  }
  await send(OWNER);
  expect(local.faults.fired()).toEqual({ [kind]: 2 });
});

test("a duplicate is applied twice and answers the second time", async () => {
  local.faults.add({ service: "*", operation: "*", kind: "duplicate" });
  expect(await send(OWNER)).toEqual({ applied: 2 });
});

test("a delayed answer waits for virtual time", async () => {
  local.faults.add({ service: "sqs", operation: "SendMessage", kind: "delay", seconds: 30 });
  let answered = false;
  const sent = send(OWNER).then(() => {
    answered = true;
  });
  await local.clock.advance(NOON + 29_000);
  expect([applied, answered]).toEqual([1, false]);
  await local.clock.advance(NOON + 30_000);
  await sent;
  expect(answered).toBe(true);
});

test("a fault may spare the first calls, and all functions but one", async () => {
  give("oom", [allow("*")]);
  local.faults.add({ service: "sqs", operation: "SendMessage", kind: "error", skip: 1, functionName: "oom" });
  await send(OWNER);
  await send(ROLE);
  await expect(send(ROLE)).rejects.toMatchObject({ status: 500 });
});

test("the log keeps the newest calls and counts the others", async () => {
  local = createCloud({ startAtMs: NOON, callsKept: 10, services: [createIamService, worker, queue] });
  for (let each = 0; each < 95; each += 1) await send(OWNER);
  expect([local.calls.all().length, local.calls.total()]).toEqual([10, 95]);
});

test("the same seed gives the same request ids, keys and numbers, another seed others", () => {
  const drawn = (seed: string) => {
    const { cloud, requestId } = createCloud({ startAtMs: NOON, seed, services: [] });
    const keys = cloud.neighbour<PrincipalsDoor>("principals").issue(OWNER);
    return [requestId(), keys.accessKeyId, cloud.random.next(), cloud.random.uuid()];
  };
  expect(drawn("a")).toEqual(drawn("a"));
  for (const [index, value] of drawn("a").entries()) expect(drawn("b")[index]).not.toBe(value);
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
  give("oom", [], { AssumeRolePolicyDocument: { Statement } });
  const iam = local.cloud.neighbour<Authority>("iam");
  const trusts = (sourceArn?: string) =>
    iam.trusts("arn:aws:iam::111122223333:role/oom", "scheduler.amazonaws.com", sourceArn);
  expect([trusts(group), trusts(`${group}-2`), trusts()]).toEqual([true, false, false]);
});

test("trust is asked of the role's own document", () => {
  give("oom", []);
  const iam = local.cloud.neighbour<Authority>("iam");
  const arn = "arn:aws:iam::111122223333:role/oom";
  expect([
    iam.trusts(arn, "lambda.amazonaws.com"),
    iam.trusts(arn, "ecs.amazonaws.com"),
    iam.trusts(`${arn}2`, "lambda.amazonaws.com"),
  ]).toEqual([true, false, false]);
});
