/** Requests of all kinds over fakes, and the pause switch: signature to ledger. */
import { describe, expect, test } from "vitest";
import type { UrlRequest } from "#shared/runtime/url.ts";
import { createTalk, type Talk } from "../../test/protocol/talk.ts";

const status = async (world: Talk) => (await world.item()).active?.status;

describe("the pause switch", () => {
  test("is turned by a button or a word, holds every write, and lets go again", async () => {
    const talk = await createTalk();
    expect(await talk.press("pause")).toEqual({ status: 200, outcome: "pause" });
    expect(talk.ledger.accountNow).toMatchObject({ isPaused: true, pausedBy: "slack:U01" });
    await talk.press("approve");
    await talk.passTime(5);
    expect(talk.revisions()).toBe(1);
    const { body } = await talk.type("unpause", "U02");
    expect(body).toMatchObject({ response_type: "ephemeral", text: expect.stringContaining("Unpaused") });
    await talk.passTime();
    expect(talk.revisions()).toBe(2);
    expect(talk.said).toMatchObject([
      { reason: "paused", by: { user: "U01" }, incident: expect.stringMatching(/^account\/pause\/2026-/) },
      { reason: "unpaused", by: { user: "U02" } },
    ]);
    expect(new Set(talk.said.map((record) => (record as { incident: string }).incident)).size).toBe(1);
  });

  test("turned twice is told once", async () => {
    const talk = await createTalk();
    await talk.press("pause");
    await talk.press("pause", "U02");
    expect(talk.said).toHaveLength(1);
    expect(talk.responses.at(-1)).toContain("paused already");
    expect(talk.responses.at(-1)).toContain("slack:U01");
  });

  test("is not turned by who is not on the list, typed or pressed", async () => {
    const talk = await createTalk();
    expect((await talk.press("pause", "U03")).outcome).toBe("not-an-approver");
    expect((await talk.type("pause", "U03")).body).toMatchObject({ text: expect.stringContaining("slack.approvers") });
    expect(talk.ledger.accountNow.isPaused).toBe(false);
    expect(talk.said).toEqual([]);
  });

  test("a pause that is replayed after somebody unpaused pauses nothing", async () => {
    const talk = await createTalk();
    const request = await talk.click("pause");
    await talk.converse(request);
    await talk.press("unpause");
    expect(await talk.converse(request)).toEqual({ status: 200, outcome: "replayed" });
    expect(talk.ledger.accountNow.isPaused).toBe(false);
  });

  test("any other word is answered with those that there are", async () => {
    const talk = await createTalk();
    expect((await talk.type("help")).body).toMatchObject({ text: expect.stringContaining("`pause`") });
    expect(talk.ledger.accountNow.isPaused).toBe(false);
  });
});

describe("a request", () => {
  test.each<[string, number, string, (genuine: UrlRequest) => UrlRequest]>([
    ["with an altered byte", 401, "forged", (one) => ({ ...one, body: Buffer.from(one.body).fill(65, 0, 1) })],
    ["without a signature", 401, "unsigned", (one) => ({ ...one, headers: {} })],
    ["by GET", 404, "not-found", (one) => ({ ...one, method: "GET" })],
    ["for another path", 404, "not-found", (one) => ({ ...one, path: "/admin" })],
    ["that is too large", 413, "too-large", (one) => ({ ...one, body: Buffer.alloc(600 * 1024) })],
  ])("%s gets %i and changes nothing", async (_, code, outcome, change) => {
    const talk = await createTalk();
    expect(await talk.converse(change(await talk.click("approve")))).toEqual({ status: code, outcome });
    expect(await status(talk)).toBe("awaiting-approval");
  });

  test.each([301, -301])("that is %i seconds old is refused", async (seconds) => {
    const talk = await createTalk();
    const request = await talk.click("approve");
    talk.clock.advance(seconds);
    expect(await talk.converse(request)).toEqual({ status: 401, outcome: "stale" });
    expect(await status(talk)).toBe("awaiting-approval");
  });

  test("counts once", async () => {
    const talk = await createTalk();
    const request = await talk.click("approve", "U03");
    await talk.converse(request);
    talk.clock.advance(299);
    expect((await talk.converse(request)).outcome).toBe("replayed");
  });

  test("is refused while the secret holds no signing secret", async () => {
    const talk = await createTalk();
    talk.setSecrets(["", ""]);
    expect(await talk.press("approve")).toEqual({ status: 401, outcome: "no-secret" });
  });

  test("that is genuine but says nothing we know is refused", async () => {
    const talk = await createTalk();
    expect(await talk.converse(talk.sign("payload=%7B%7D"))).toEqual({ status: 400, outcome: "not-understood" });
  });
});
