/** Which kills count as trouble of a service: what counts falsely would hold the raises of all others. */
import { expect, test } from "vitest";
import type { Message } from "#shared/runtime/inbox.ts";
import { killEvent } from "../builders/kill.ts";
import { PREFIX, REF } from "../fakes/services.ts";
import { createWorld } from "./world.ts";

/** The same kill with other fields in the event's detail. */
const withDetail = (over: object): Message => {
  const kill = killEvent();
  if (kill.kind !== "event") throw new Error("a kill is an event");
  return { ...kill, event: { ...kill.event, detail: { ...(kill.event.detail as object), ...over } } };
};

const troubled = async (message: Message) => {
  const world = createWorld();
  await world.spawn().handle(message);
  return Object.keys(world.ledger.accountNow.troubled);
};

test("a task killed for memory is trouble of its service", async () => {
  expect(await troubled(killEvent())).toEqual([REF.arn]);
});

test.each<[string, Message]>([
  ["a task that was being stopped, whose reason is an old one", withDetail({ stopCode: "ServiceSchedulerInitiated" })],
  ["a task of a revision that was replaced", killEvent({ revision: 7 })],
  [
    "a task of another account with a service of the same name",
    withDetail({
      taskDefinitionArn: `${PREFIX.replace("111122223333", "444455556666")}:task-definition/order-service:1`,
    }),
  ],
])("%s is none", async (_, message) => {
  expect(await troubled(message)).toEqual([]);
});
