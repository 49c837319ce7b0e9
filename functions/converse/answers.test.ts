/** Answers over fakes, to a plan that a real proposal made, carried out by its real owner. */
import { describe, expect, test } from "vitest";
import { killEvent } from "../../test/builders/kill.ts";
import { REF } from "../../test/fakes/services.ts";
import { CONFIG, createTalk, type Talk } from "../../test/protocol/talk.ts";

const status = async (world: Talk) => (await world.item()).active?.status;

describe("a proposal", () => {
  test("that is approved is carried out by its owner, and the ledger says who", async () => {
    const talk = await createTalk();
    expect(await talk.press("approve")).toEqual({ status: 200, outcome: "approve" });
    expect(talk.revisions()).toBe(1);
    const item = await talk.item();
    expect(talk.notes).toEqual([{ resume: item.active?.plan.id, service: REF }]);
    await talk.passTime();
    expect(talk.services.state?.taskDefinitionArn).toMatch(/order-service:2$/);
    const answer = talk.ledger.appended.find(({ kind }) => kind === "answer");
    expect(answer).toMatchObject({
      reason: "approved",
      by: { user: "U01", team: "T1", request: expect.stringMatching(/^[0-9a-f]{64}$/) },
      plan: { print: expect.stringMatching(/^[0-9a-f]{32}$/), status: "running" },
    });
    expect(talk.ledger.appended.map(({ sequence }) => sequence)).toEqual(
      talk.ledger.appended.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
  });

  test("that is declined is over, changes nothing, and is not proposed again until the cooldown is over", async () => {
    const talk = await createTalk();
    expect((await talk.press("decline")).outcome).toBe("decline");
    await talk.passTime();
    expect(talk.revisions()).toBe(1);
    await talk.spawn().handle(killEvent({ task: "1".repeat(32), at: talk.clock.now().toISOString() }));
    expect(talk.ledger.appended.at(-1)).toMatchObject({ decision: "hold", reason: "cooldown" });
    expect((await talk.item()).breaker.failures).toBe(0);
  });

  test("of which the note to its owner is lost is carried out by the sweep", async () => {
    const talk = await createTalk();
    talk.breakQueue();
    expect((await talk.press("approve")).status).toBe(200);
    expect(talk.notes).toEqual([]);
    await talk.passTime();
    expect(talk.revisions()).toBe(2);
  });

  test("that two people approve at once is approved once, and the second reads so", async () => {
    const talk = await createTalk();
    const clicks = await Promise.all([talk.click("approve", "U01"), talk.click("approve", "U02")]);
    const outcomes = (await Promise.all(clicks.map(talk.converse))).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(["already-approved", "approve"]);
    expect(talk.responses).toEqual(["Somebody approved it before you."]);
    await talk.passTime();
    expect(talk.revisions()).toBe(2);
  });

  test("that one approves while another declines is one of both", async () => {
    const talk = await createTalk();
    const clicks = await Promise.all([talk.click("approve", "U01"), talk.click("decline", "U02")]);
    const outcomes = (await Promise.all(clicks.map(talk.converse))).map(({ outcome }) => outcome);
    expect([
      ["approve", "already-approved"],
      ["not-waiting", "decline"],
    ]).toContainEqual(outcomes);
  });

  test("of a revision that was replaced meanwhile is void, and leaves no revision behind", async () => {
    const talk = await createTalk();
    const theirs = talk.services.deployByPipeline("111122223333.dkr.ecr.us-east-1.amazonaws.com/order-service:v1");
    talk.services.settle();
    await talk.press("approve");
    await talk.passTime();
    expect(talk.services.state?.taskDefinitionArn).toBe(theirs);
    expect(talk.revisions()).toBe(2);
    expect(talk.ledger.appended.at(-1)).toMatchObject({ reason: "already-replaced", plan: { status: "superseded" } });
  });

  test("that lapsed an instant ago cannot be approved, even before the sweep has come", async () => {
    const talk = await createTalk();
    talk.clock.advance(24 * 3600);
    expect((await talk.press("approve")).outcome).toBe("expired");
    expect(await status(talk)).toBe("awaiting-approval");
    await talk.passTime(2);
    expect(talk.revisions()).toBe(1);
  });

  test("is not approved by who is not on the list, and everybody else is still asked", async () => {
    const talk = await createTalk();
    expect((await talk.press("approve", "U03")).outcome).toBe("not-an-approver");
    expect(talk.responses[0]).toContain("slack.approvers");
    expect(await status(talk)).toBe("awaiting-approval");
    expect(talk.notes).toEqual([]);
  });

  test("is approved by nobody where nobody is named", async () => {
    const talk = await createTalk({ ...CONFIG, slack: {} });
    expect((await talk.press("approve")).outcome).toBe("not-an-approver");
  });

  test("is approved by those whom the service's own block names", async () => {
    const named = { ...CONFIG, services: { "production/order-*": { slack: { approvers: "U07" } } } };
    const talk = await createTalk(named);
    expect((await talk.press("approve", "U01")).outcome).toBe("not-an-approver");
    expect((await talk.press("approve", "U07")).outcome).toBe("approve");
  });

  test("of a cluster that is not looked after is not looked up", async () => {
    const talk = await createTalk();
    expect((await talk.converse(await talk.click("approve", "U01", "elsewhere"))).outcome).toBe("unknown-cluster");
  });
});

describe("a plan", () => {
  const raised = async () => {
    const talk = await createTalk();
    await talk.press("approve");
    await talk.passTime(4);
    return talk;
  };

  test("that is under way is taken back while it is watched", async () => {
    const talk = await raised();
    expect(await status(talk)).toBe("running");
    expect((await talk.press("undo", "U02")).outcome).toBe("undo");
    await talk.passTime();
    expect(talk.services.registered.at(-1)?.size?.memoryMiB).toBe(1024);
    expect(talk.services.state?.taskDefinitionArn).toMatch(/order-service:3$/);
    expect(talk.ledger.appended.at(-1)?.plan?.status).toBe("undone");
  });

  test("that ended is taken back within its time, once, and its money with it", async () => {
    const talk = await raised();
    await talk.passTime();
    expect((await talk.item()).addedUsdPerMonth).toBeGreaterThan(0);
    const again = await talk.click("undo", "U02");
    expect((await talk.press("undo", "U01")).outcome).toBe("undo");
    expect((await talk.converse(again)).outcome).toBe("being-taken-back");
    await talk.passTime();
    expect(talk.services.state?.taskDefinitionArn).toMatch(/order-service:3$/);
    expect(talk.services.registered.at(-1)?.size?.memoryMiB).toBe(1024);
    expect((await talk.item()).addedUsdPerMonth).toBe(0);
    expect((await talk.item()).undoAsked).toBeUndefined();
  });

  test("that ended too long ago stays", async () => {
    const talk = await raised();
    await talk.passTime();
    talk.clock.advance(24 * 3600);
    expect((await talk.press("undo")).outcome).toBe("undo-over");
    expect(talk.responses.at(-1)).toContain("cannot be taken back");
  });

  test("whose place somebody else's deployment took is not taken back over it", async () => {
    const talk = await raised();
    await talk.passTime();
    const theirs = talk.services.deployByPipeline(
      "111122223333.dkr.ecr.us-east-1.amazonaws.com/order-service:v1",
      4096,
    );
    talk.services.settle();
    await talk.press("undo");
    await talk.passTime();
    expect(talk.services.state?.taskDefinitionArn).toBe(theirs);
    expect(talk.ledger.appended.at(-1)?.plan?.status).toBe("superseded");
  });
});
