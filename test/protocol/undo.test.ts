/** A person's undo under crashes, lost answers and other writers, at every call that its owner makes. */
import { describe, expect, test } from "vitest";
import { readMessage } from "#shared/runtime/inbox.ts";
import type { Fault } from "../fakes/faults.ts";
import { digestOf, REPOSITORY } from "../fakes/services.ts";
import { createTalk, type Talk } from "./talk.ts";

/** A raise that was approved and proved itself, and the note that its owner gets when somebody presses Undo. */
const undoAsked = async () => {
  const talk = await createTalk();
  await talk.press("approve");
  await talk.passTime();
  await talk.press("undo");
  const note = readMessage(JSON.stringify(talk.notes.at(-1)));
  return { talk, note };
};

const undisturbedCalls = async (): Promise<readonly string[]> => {
  const { talk, note } = await undoAsked();
  const { process, handle } = talk.spawn();
  await handle(note);
  return [...process.calls];
};

const CALLS = await undisturbedCalls();
const POSITIONS = CALLS.map((name, position) => [position, name] as const);

const lastStatus = ({ ledger }: Talk) =>
  ledger.appended.toSorted((a, b) => a.sequence - b.sequence).at(-1)?.plan?.status;

const copies = ({ services }: Talk) => services.registered.filter(({ arn }) => !/:[12]$/.test(arn));

test("an undo begins with the note and writes what a raise writes", () => {
  expect(CALLS).toContain("register");
  expect(CALLS.at(CALLS.indexOf("deploy") - 1)).toBe("describe");
});

describe.each<Fault>(["crash-before", "crash-after", "throttled", "lost"])("%s", (fault) => {
  test.each(POSITIONS)("at call %i (%s): one copy of what ran before, and it runs", async (at) => {
    const { talk, note } = await undoAsked();
    await talk
      .spawn({ at, fault })
      .handle(note)
      .catch(() => "put back");
    talk.clock.advance(180);
    await talk.passTime();
    expect(copies(talk)).toHaveLength(1);
    expect(talk.services.state?.taskDefinitionArn).toBe(copies(talk)[0]?.arn);
    expect(copies(talk)[0]?.size?.memoryMiB).toBe(1024);
    const item = await talk.item();
    expect(item).toMatchObject({ active: undefined, outbox: [], addedUsdPerMonth: 0 });
    expect(item.undoAsked).toBeUndefined();
    expect(lastStatus(talk)).toBe("undone");
  });
});

describe("a pipeline deploys in between", () => {
  test.each(POSITIONS)("before call %i (%s): its image is what runs in the end", async (position) => {
    const { talk, note } = await undoAsked();
    talk.services.tags.set("v2", digestOf("b"));
    const { process, handle } = talk.spawn();
    process.at(position, () => void talk.services.deployByPipeline(`${REPOSITORY}:v2`));
    await handle(note);
    await talk.passTime();
    expect(talk.services.running()).toBe(digestOf("b"));
    expect((await talk.item()).active).toBeUndefined();
  });
});

test("an undo asked for while a write of the plan is in doubt waits until that is known, and then undoes it", async () => {
  const talk = await createTalk();
  await talk.press("approve");
  const note = readMessage(JSON.stringify(talk.notes.at(-1)));
  const probe = await createTalk();
  await probe.press("approve");
  const { process, handle } = probe.spawn();
  await handle(readMessage(JSON.stringify(probe.notes.at(-1))));
  const deployed = process.calls.indexOf("deploy");
  expect(await talk.spawn({ at: deployed, fault: "crash-after" }).handle(note)).toBe("crashed");
  expect((await talk.press("undo")).outcome).toBe("undo");
  await talk.passTime();
  expect(talk.services.state?.taskDefinitionArn).toMatch(/order-service:3$/);
  expect(talk.services.registered.at(-1)?.size?.memoryMiB).toBe(1024);
  expect(lastStatus(talk)).toBe("undone");
});

test("an undo of a plan that has not changed anything yet ends it", async () => {
  const talk = await createTalk();
  talk.ledger.accountNow = { ...talk.ledger.accountNow, isPaused: true };
  await talk.press("approve");
  await talk.passTime(3);
  await talk.press("undo");
  talk.ledger.accountNow = { ...talk.ledger.accountNow, isPaused: false };
  await talk.passTime();
  expect(talk.services.registered).toHaveLength(1);
  expect((await talk.item()).active).toBeUndefined();
  expect(lastStatus(talk)).toBe("declined");
});
