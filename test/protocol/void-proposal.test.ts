/** A proposal whose service runs something else by now: nobody can approve it, and it must not stand in the way. */
import { expect, test } from "vitest";
import type { Message } from "#shared/runtime/inbox.ts";
import { killEvent } from "../builders/kill.ts";
import { REF, REPOSITORY } from "../fakes/services.ts";
import { createTalk, type Talk } from "./talk.ts";

const ended: Message = {
  kind: "event",
  detailType: "ECS Deployment State Change",
  event: { "detail-type": "ECS Deployment State Change", source: "aws.ecs", resources: [REF.arn] },
};

const last = ({ ledger }: Talk) => ledger.appended.toSorted((a, b) => a.sequence - b.sequence).at(-1);

test("a proposal is withdrawn when somebody's deployment has made it void, and the next kill makes a new one", async () => {
  const talk = await createTalk();
  talk.services.deployByPipeline(`${REPOSITORY}:v2`);
  talk.services.settle();
  await talk.spawn().handle(ended);
  expect((await talk.item()).active).toBeUndefined();
  expect(last(talk)).toMatchObject({ reason: "already-replaced", plan: { status: "superseded" } });
  const at = talk.clock.now().toISOString();
  await talk.spawn().handle(killEvent({ revision: 2, task: "b".repeat(32), at }));
  expect((await talk.item()).active).toMatchObject({
    status: "awaiting-approval",
    plan: { decidedFor: expect.stringMatching(/:2$/) },
  });
});

test("a proposal stays while the service runs what it was made for", async () => {
  const talk = await createTalk();
  await talk.spawn().handle(ended);
  expect((await talk.item()).active).toMatchObject({ status: "awaiting-approval" });
});
