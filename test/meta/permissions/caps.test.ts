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
