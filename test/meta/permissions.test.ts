/** No role of the automation may do more than it needs: each statement is the only reason for a call, no call is denied. */
import { expect, test } from "vitest";
import { AwsError } from "../../local/contract.ts";
import type { IamDoor } from "../../local/neighbours.ts";
import { killEvent } from "../builders/kill.ts";
import { eventOf, SERVICE, startWorld, UNBRAKED, type World } from "../scenarios/world.ts";
import { needsOf, tableOf } from "./permissions-table.ts";

/** The reactions that these stories are about; another is added with the stories that need its permissions. */
const REACTIONS = ["Oom", "Notify", "Sweep"];

/** The roles of their functions, and the role by which the sweep's clock wakes it. */
const rolesOf = async (world: World): Promise<readonly string[]> => {
  const { Target } = await world.ask("scheduler", "GetSchedule", { Name: "reflex-sweep" });
  const clock = String((Target as { RoleArn: string }).RoleArn);
  return [
    clock.slice(clock.lastIndexOf("/") + 1),
    ...REACTIONS.map((reaction) => world.resource("AWS::IAM::Role", new RegExp(`^${reaction}Role`))),
  ];
};

/** What happens to a platform in a bad week: together the stories need every permission there is. */
const STORIES: Readonly<Record<string, (world: World) => Promise<void>>> = {
  "a service of a stack needs more memory": async (world) => {
    world.door.suffer("production", SERVICE, { memoryMiB: 1300 });
    await world.until("raised", () => world.service().taskDefinitionArn.endsWith(":2"), 600);
    await world.until("over", () => world.isOver(), 1800);
  },
  "the function is killed after it registered a revision": async (world) => {
    await world.createService({ name: "cart" });
    await world.pass(120);
    world.door.fault({ service: "ecs", operation: "RegisterTaskDefinition", kind: "crash" });
    world.kill({ service: "cart" });
    await world.until("over", () => world.isOver("cart"), 1800);
  },
  "AWS throttles a deployment": async (world) => {
    await world.createService({ name: "search" });
    await world.pass(120);
    world.door.fault({ service: "ecs", operation: "UpdateService", kind: "throttle", functionName: "reflex-oom" });
    world.kill({ service: "search" });
    await world.until("over", () => world.isOver("search"), 1800);
  },
  "nobody tells of a kill": async (world) => {
    await world.createService({ name: "quiet" });
    await world.pass(120);
    const rule = { Name: world.resource("AWS::Events::Rule", /OomKills/) };
    await world.ask("events", "DisableRule", rule);
    world.door.suffer("production", "quiet", { memoryMiB: 1300 });
    await world.until("raised", () => world.service("quiet").taskDefinitionArn.endsWith(":2"), 1200);
    await world.ask("events", "EnableRule", rule);
    await world.until("over", () => world.isOver("quiet"), 1800);
  },
  "messages come that nobody can read": async (world) => {
    const event = eventOf(killEvent());
    world.post({ ...event, detail: { ...event.detail, version: "five" } });
    for (const reaction of ["notify", "sweep"]) await world.send(reaction, "not JSON");
    await world.pass(60);
    for (const reaction of ["oom", "notify", "sweep"]) expect(await world.deadLetters(reaction)).toHaveLength(1);
  },
  "the sweep's queue takes nothing for a while": async (world) => {
    for (const call of [1, 2, 3, 4])
      world.interrupt({
        when: "before",
        service: "sqs",
        operation: "SendMessage",
        caller: "scheduler",
        where: ({ QueueUrl }) => String(QueueUrl).endsWith("/reflex-sweep"),
        call,
        happen: () => {
          throw new AwsError("InternalError", "SQS is not itself", { status: 500 });
        },
      });
    await world.pass(600);
    expect(world.isUninterrupted).toBe(true);
  },
};

test("every statement of the roles is the sole reason for a call, every action of it is used, and no call is denied", async () => {
  const world = await startWorld({ config: UNBRAKED });
  for (const play of Object.values(STORIES)) await play(world);
  const needs = needsOf(world.cloud.local, await rolesOf(world));
  const idle = needs.filter(({ allowed, soleReason }) => allowed === 0 || soleReason === 0);
  expect(idle, `of these permissions, some are not needed by any story:\n${tableOf(needs)}`).toEqual([]);
  expect(new Set(needs.map(({ role }) => role)).size).toBe(4);
  expect(world.cloud.local.calls.denied()).toEqual([]);
}, 120_000);

test.each([
  ["memory", { cpu: "4096", memory: "31744" }],
  ["CPU", { cpu: "8192", memory: "16384" }],
])("a revision with more %s than allowed is denied to the role that may register revisions", async (what, size) => {
  const world = await startWorld();
  const roleArn = `arn:aws:iam::111122223333:role/${world.resource("AWS::IAM::Role", /^OomRole/)}`;
  const role = { kind: "role", roleArn, sessionName: "x", functionName: "reflex-oom" } as const;
  expect(world.cloud.local.cloud.neighbour<IamDoor>("iam").role(roleArn)).toBeDefined();
  const model = await world.definition(world.service().taskDefinitionArn);
  const { family, containerDefinitions, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn } = model;
  const input = { family, containerDefinitions, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn };
  const register = (more: object) =>
    world.cloud.local.request(role, {
      service: "ecs",
      operation: "RegisterTaskDefinition",
      input: { ...input, ...more },
    });
  await expect(register(size)).rejects.toThrow(/explicit deny/);
  expect(world.cloud.local.calls.denied().at(-1)?.statement).toMatch(
    new RegExp(`OomCaps${what === "CPU" ? "Cpu" : "Memory"}$`),
  );
  await expect(register({ cpu: "4096", memory: "30720" })).resolves.toBeDefined();
});
