import { beforeEach, expect, test } from "vitest";
import { createCloud } from "./cloud.ts";
import type { Principal } from "./contract.ts";
import { allow, type FrontDoorFixture, frontDoorFixture, NOON, OWNER, ROLE } from "./front-door.fixture.ts";
import type { PrincipalsDoor } from "./neighbours.ts";

let fixture: FrontDoorFixture;
beforeEach(() => {
  fixture = frontDoorFixture();
});

const send = (principal: Principal) => fixture.ask(principal, "sqs", "SendMessage");

test("ECS admits 20 registrations at once and one a second after; the person at the machine is not counted", async () => {
  fixture.give("oom", [allow("ecs:*")]);
  const register = (principal: Principal) => fixture.ask(principal, "ecs", "RegisterTaskDefinition");
  for (let each = 0; each < 20; each += 1) await register(ROLE);
  await expect(register(ROLE)).rejects.toMatchObject({ code: "ThrottlingException", message: "Rate exceeded" });
  await register(OWNER);
  await fixture.local.clock.advance(NOON + 1000);
  await register(ROLE);
  await expect(register(ROLE)).rejects.toMatchObject({ code: "ThrottlingException" });
  expect(fixture.applied).toBe(22);
});

test.each([
  ["throttle", "RequestThrottled", 0],
  ["error", "InternalFailure", 0],
  ["timeout", undefined, 0],
  ["lost-response", undefined, 1],
] as const)("the fault %s strikes as often as asked, then no more", async (kind, code, appliedByThen) => {
  fixture.local.faults.add({ service: "sqs", operation: "SendMessage", kind, times: 2 });
  for (let each = 1; each <= 2; each += 1) {
    const error = await send(OWNER).catch((thrown) => thrown);
    expect([error.name, error.code]).toEqual([code ? "AwsError" : "ConnectionLost", code]);
    expect(fixture.applied).toBe(appliedByThen * each);
  }
  await send(OWNER);
  expect(fixture.local.faults.fired()).toEqual({ [kind]: 2 });
});

test("a duplicate is applied twice and answers the second time", async () => {
  fixture.local.faults.add({ service: "*", operation: "*", kind: "duplicate" });
  expect(await send(OWNER)).toEqual({ applied: 2 });
});

test("a delayed answer waits for virtual time", async () => {
  fixture.local.faults.add({ service: "sqs", operation: "SendMessage", kind: "delay", seconds: 30 });
  let answered = false;
  const sent = send(OWNER).then(() => {
    answered = true;
  });
  await fixture.local.clock.advance(NOON + 29_000);
  expect([fixture.applied, answered]).toEqual([1, false]);
  await fixture.local.clock.advance(NOON + 30_000);
  await sent;
  expect(answered).toBe(true);
});

test("a fault may spare the first calls, and all functions but one", async () => {
  fixture.give("oom", [allow("*")]);
  fixture.local.faults.add({ service: "sqs", operation: "SendMessage", kind: "error", skip: 1, functionName: "oom" });
  await send(OWNER);
  await send(ROLE);
  await expect(send(ROLE)).rejects.toMatchObject({ status: 500 });
});

test("the log keeps the newest calls and counts the others", async () => {
  fixture = frontDoorFixture(10);
  for (let each = 0; each < 95; each += 1) await send(OWNER);
  expect([fixture.local.calls.all().length, fixture.local.calls.total()]).toEqual([10, 95]);
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
