/** What IAM denies whatever a function asks for. */
import { expect, test } from "vitest";
import { startWorld } from "../../scenarios/world.ts";

test("a revision with more memory or CPU than allowed is denied to the role that may register revisions", async () => {
  const world = await startWorld();
  const { request, calls } = world.cloud.local;
  const roleArn = `arn:aws:iam::111122223333:role/${world.resource("AWS::IAM::Role", /^OomRole/)}`;
  const role = { kind: "role", roleArn, sessionName: "x", functionName: "reflex-oom" } as const;
  const model = await world.definition(world.service().taskDefinitionArn);
  const { family, containerDefinitions, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn } = model;
  const same = { family, containerDefinitions, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn };
  const register = (cpu: string, memory: string) =>
    request(role, { service: "ecs", operation: "RegisterTaskDefinition", input: { ...same, cpu, memory } });

  await expect(register("4096", "31744")).rejects.toThrow(/explicit deny/);
  expect(calls.denied().at(-1)?.statement).toMatch(/OomCapsMemory$/);
  await expect(register("8192", "16384")).rejects.toThrow(/explicit deny/);
  expect(calls.denied().at(-1)?.statement).toMatch(/OomCapsCpu$/);
  await expect(register("4096", "30720")).resolves.toBeDefined();
});

test("what anybody can call is denied every item that is not its own", async () => {
  const world = await startWorld({ isEmpty: true });
  const { request } = world.cloud.local;
  const roleArn = `arn:aws:iam::111122223333:role/${world.resource("AWS::IAM::Role", /^ConverseRole/)}`;
  const TableName = world.resource("AWS::DynamoDB::GlobalTable", /Ledger/);
  const put = (pk: string) =>
    request(
      { kind: "role", roleArn, sessionName: "x" },
      {
        service: "dynamodb",
        operation: "PutItem",
        input: { TableName, Item: { pk: { S: pk }, sk: { S: "x" } } },
      },
    );
  for (const pk of ["waivers", "threats", "image#sha256:1", "answer#x", "account"])
    await expect(put(pk)).rejects.toThrow(/not authorized/);
  await expect(put("once#x")).resolves.toBeDefined();
});
