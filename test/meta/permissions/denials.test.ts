/** What IAM denies whatever a function asks for. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../../local/contract.ts";
import { registeredAgain } from "../../builders/registered-again.ts";
import { CLUSTER, SERVICE, startWorld, type World } from "../../scenarios/world.ts";

/** Asks under the role of a function, whatever its code would ask. */
const askAs = (world: World, reaction: string) => {
  const roleArn = `arn:aws:iam::111122223333:role/${world.resource("AWS::IAM::Role", new RegExp(`^${reaction}Role`))}`;
  return (service: string, operation: string, input: JsonObject) =>
    world.cloud.local.request({ kind: "role", roleArn, sessionName: "x" }, { service, operation, input });
};

test("a revision with more memory or CPU than allowed is neither registered nor deployed by any role that may do so", async () => {
  const world = await startWorld({ isDenying: true });
  const model = await world.definition(world.service().taskDefinitionArn);
  const sized = (cpu: string, memory: string) => ({ ...registeredAgain(model), family: SERVICE, cpu, memory });
  const expectDenied = async (asked: Promise<unknown>, statement: string) => {
    await expect(asked).rejects.toThrow(/explicit deny/);
    expect(world.cloud.local.calls.denied().at(-1)?.statement).toMatch(new RegExp(`#${statement}$`));
  };
  for (const reaction of ["Oom", "Gate"]) {
    const ask = askAs(world, reaction);
    await expectDenied(ask("ecs", "RegisterTaskDefinition", sized("4096", "31744")), `${reaction}CapsMemory`);
    await expectDenied(ask("ecs", "RegisterTaskDefinition", sized("8192", "16384")), `${reaction}CapsCpu`);
    await expect(ask("ecs", "RegisterTaskDefinition", sized("4096", "30720"))).resolves.toBeDefined();
  }
  await world.ask("ecs", "RegisterTaskDefinition", sized("8192", "16384"));
  const deploying = { cluster: CLUSTER, service: SERVICE, taskDefinition: SERVICE };
  for (const reaction of ["Oom", "Gate", "Scale"])
    await expectDenied(askAs(world, reaction)("ecs", "UpdateService", deploying), `${reaction}CapsCpu`);
});

test("what anybody can call is denied every item that is not its own", async () => {
  const world = await startWorld({ isEmpty: true, isDenying: true });
  const ask = askAs(world, "Converse");
  const TableName = world.resource("AWS::DynamoDB::GlobalTable", /Ledger/);
  const put = (pk: string) => ask("dynamodb", "PutItem", { TableName, Item: { pk: { S: pk }, sk: { S: "x" } } });
  for (const pk of ["waivers", "threats", "image#sha256:1", "answer#x", "account"])
    await expect(put(pk)).rejects.toThrow(/not authorized/);
  await expect(put("once#x")).resolves.toBeDefined();
});
