/** Buttons, pressed by the right people, by others, twice, late and by forgers, at the deployed request URL. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import type { PlainRequest } from "../../local/neighbours.ts";
import type { LambdaProcessesDoor } from "../../local/services/lambda/door.ts";
import type { SlackWorkspaceDoor } from "../../local/services/slack/door.ts";
import { signatureOf } from "../../local/services/slack/interaction.ts";
import { expectAllNeeded } from "../meta/permissions/proof.ts";
import { startWorld, type World } from "./world.ts";

const ANN = "U0000001";
const BEN = "U0000002";
const SHOP = "shop";
const COOLDOWN_SECONDS = 600;
const CONFIG = {
  clusters: ["production"],
  slack: { approvers: `${ANN} ${BEN}` },
  oom: { cooldownSeconds: COOLDOWN_SECONDS, watchSeconds: 600 },
};

type Signed = Omit<PlainRequest, "path">;

const slackOf = (world: World) => world.cloud.local.cloud.neighbour<SlackWorkspaceDoor>("slack");
const lambdaOf = (world: World) => world.cloud.local.cloud.neighbour<LambdaProcessesDoor>("lambda");

const messageOf = (world: World, words = SHOP) => {
  const message = world.messages().findLast(({ text }) => text.includes(words));
  if (!message) throw new Error(`no message tells of ${words}`);
  return message;
};

const buttonsOf = (world: World, words = SHOP): readonly string[] =>
  messageOf(world, words).blocks.flatMap(({ type, elements }) =>
    type === "actions" ? (elements as readonly JsonObject[]).map(({ action_id }) => String(action_id)) : [],
  );

/** The request that Slack sends when the button is pressed now. */
const pressing = (world: World, actionId: string, user: string, words = SHOP): Signed =>
  slackOf(world).interaction({ ts: messageOf(world, words).ts, actionId, user });

/** What the request URL answers. */
const send = async (world: World, signed: Signed, path = "/"): Promise<number> => {
  const [only] = lambdaOf(world).urls();
  return (await lambdaOf(world).callUrl(only?.url ?? "", { ...signed, path })).status;
};

const press = (world: World, actionId: string, user: string, words = SHOP): Promise<{ status: number }> =>
  slackOf(world).click({ ts: messageOf(world, words).ts, actionId, user });

const status = async (world: World): Promise<string | undefined> => (await world.item(SHOP))?.active?.status;

/** A service in mode ask whose raise is proposed in Slack. */
const proposed = async (): Promise<World> => {
  const world = await startWorld({ config: CONFIG });
  await world.createService({ name: SHOP, mode: "ask" });
  await world.pass(120);
  world.kill({ service: SHOP });
  await world.until("proposed", () => world.messages().some(({ text }) => text.includes("waits for approval")), 120);
  return world;
};

const resigned = (world: World, { headers, body }: Signed, seconds: number): Signed => {
  const at = Math.floor(world.cloud.local.clock.now() / 1000) + seconds;
  const signature = signatureOf(slackOf(world).credentials().signingSecret, at, body);
  return {
    method: "POST",
    headers: { ...headers, "x-slack-request-timestamp": String(at), "x-slack-signature": signature },
    body,
  };
};

test("no forged, old, future or foreign request gets past the URL, and the genuine one counts once", async () => {
  const world = await proposed();
  const genuine = pressing(world, "approve", ANN);
  const { headers, body } = genuine;
  const attacks: readonly (readonly [string, Signed, number])[] = [
    ["a byte of the body altered", { ...genuine, body: body.replace(ANN, BEN) }, 401],
    ["a byte added", { ...genuine, body: `${body}&` }, 401],
    ["no signature", { ...genuine, headers: { "content-type": "application/x-www-form-urlencoded" } }, 401],
    ["the signature of nothing", { ...genuine, headers: { ...headers, "x-slack-signature": "v0=" } }, 401],
    ["a timestamp that is no number", { ...genuine, headers: { ...headers, "x-slack-request-timestamp": "x" } }, 401],
    ["signed six minutes ago", resigned(world, genuine, -360), 401],
    ["signed for six minutes from now", resigned(world, genuine, 360), 401],
    ["by GET", { ...genuine, method: "GET", body: "" }, 404],
    ["somebody who is not on the list", pressing(world, "approve", "U0000009"), 200],
  ];
  for (const [what, request, expected] of attacks) {
    expect([what, await send(world, request)]).toEqual([what, expected]);
    expect([what, await status(world)]).toEqual([what, "awaiting-approval"]);
  }
  expect(await send(world, genuine, "/other")).toBe(404);
  expect(await send(world, genuine)).toBe(200);
  await world.until("begun", async () => (await world.revisions(SHOP)).length === 2, 120);
  expect(await send(world, genuine)).toBe(200);
  await world.pass(301);
  expect(await send(world, genuine)).toBe(401);
  await world.until("steady", () => messageOf(world).text.includes("steady"));
  expect(await world.revisions(SHOP)).toHaveLength(2);
  const answers = (await world.records()).filter(({ kind }) => kind === "answer");
  expect(answers).toMatchObject([{ reason: "approved", by: { user: ANN } }]);
});

test("of two people who press at once one approves, though one body comes as text and one in base64", async () => {
  const world = await proposed();
  const [asForm, other] = [pressing(world, "approve", ANN), pressing(world, "approve", BEN)];
  // Lambda hands over text/* as it is and everything else, forms included, in base64.
  const asText = { ...other, headers: { ...other.headers, "content-type": "text/plain" } };
  const requests = [asText, asForm];
  expect(await Promise.all(requests.map((request) => send(world, request)))).toEqual([200, 200]);
  await world.until("steady", () => messageOf(world).text.includes("steady"));
  const answers = (await world.records()).filter(({ kind }) => kind === "answer");
  expect(answers).toHaveLength(1);
  expect(await world.revisions(SHOP)).toHaveLength(2);
});

test("a declined proposal is over, and the same is proposed anew after the cooldown", async () => {
  const world = await proposed();
  const first = messageOf(world).ts;
  expect((await press(world, "decline", BEN)).status).toBe(200);
  await world.until("declined", () => messageOf(world).text.includes("declined"), 120);
  expect(buttonsOf(world)).toEqual([]);
  expect(await world.revisions(SHOP)).toHaveLength(1);
  await world.pass(COOLDOWN_SECONDS);
  world.kill({ service: SHOP, task: "1".repeat(32) });
  await world.until("proposed anew", () => buttonsOf(world).includes("approve"), 120);
  expect(messageOf(world)).toMatchObject({ ts: first, text: expect.stringContaining("waits for approval") });
  await press(world, "approve", BEN);
  await world.until("begun", async () => (await world.revisions(SHOP)).length === 2, 120);
});

test("a raise that proved itself is taken back within a day, and not later", async () => {
  const world = await proposed();
  await press(world, "approve", ANN);
  await world.until("verified", () => messageOf(world).text.includes("held: no kill since"), 3600);
  expect(buttonsOf(world)).toEqual(["undo"]);
  const early = await world.definition(world.service(SHOP).taskDefinitionArn);
  expect(early.memory).toBe("2048");
  await press(world, "undo", BEN);
  await world.until("taken back", () => /\(taken back\)/.test(messageOf(world).text), 1800);
  const back = await world.definition(world.service(SHOP).taskDefinitionArn);
  expect(back).toMatchObject({ memory: "1024", revision: 3 });
  expect(world.messages().filter(({ text }) => text.includes(SHOP))).toHaveLength(1);
});

test("the pause button holds every write, and its own message lets them go on", async () => {
  const world = await proposed();
  await press(world, "pause", BEN);
  await world.until("told", () => world.messages().some(({ text }) => text.includes("paused")), 120);
  await press(world, "approve", ANN);
  await world.pass(900);
  expect(await world.revisions(SHOP)).toHaveLength(1);
  expect((await press(world, "unpause", "U0000009", "paused")).status).toBe(200);
  await world.pass(400);
  expect(await world.revisions(SHOP)).toHaveLength(1);
  await press(world, "unpause", ANN, "paused");
  await world.until("raised", async () => (await world.revisions(SHOP)).length === 2, 900);
  expect(world.messages().map(({ text }) => text)).toContainEqual(expect.stringContaining("go on"));
  expectAllNeeded(world, "converse");
});
