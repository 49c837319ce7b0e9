/** A proposal of the oom reaction, and the people of a workspace who press the buttons of its message. */
import { createHmac } from "node:crypto";
import { parseConfig } from "#shared/config/parse.ts";
import { planPrint } from "#shared/runtime/plan-print.ts";
import type { UrlRequest } from "#shared/runtime/url.ts";
import { createConverse } from "../../functions/converse/handler.ts";
import { killEvent } from "../builders/kill.ts";
import { fakeOneUse } from "../fakes/one-use.ts";
import { fakePauseSwitch } from "../fakes/pause-switch.ts";
import { REF } from "../fakes/services.ts";
import { createWorld } from "./world.ts";

const SECRET = "signing-secret";
export const CONFIG = { clusters: ["production"], oom: { watchSeconds: 600 }, slack: { approvers: "U01 U02" } };

/** A service in mode ask, killed for memory a moment ago. */
export const createTalk = async (document: object = CONFIG) => {
  const world = createWorld(document);
  if (world.services.state) world.services.state = { ...world.services.state, tags: { "reflex:oom:mode": "ask" } };
  await world.spawn().handle(killEvent());
  const responses: string[] = [];
  const notes: unknown[] = [];
  const published: unknown[] = [];
  let secrets: readonly string[] = [SECRET];
  let isQueueDown = false;
  const oneUse = fakeOneUse();
  const deps = {
    config: parseConfig(document, "test"),
    ledger: world.ledger,
    pauseSwitch: fakePauseSwitch(world.ledger),
    oneUse,
    publisher: { publish: async (records: readonly unknown[]) => void published.push(...records) },
    mailboxes: {
      oom: {
        async send(message: unknown) {
          if (isQueueDown) throw new Error("the queue is down");
          notes.push(message);
        },
      },
    },
    signingSecrets: async () => secrets,
    respond: async (_: string, text: string) => responses.push(text) > 0,
    clock: world.clock,
  };
  const converse = createConverse(deps);
  let pressed = 0;

  const sign = (body: string): UrlRequest => {
    const timestamp = String(Math.floor(world.clock.now().getTime() / 1000));
    const hmac = createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`);
    const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${hmac.digest("hex")}` };
    return { method: "POST", path: "/", headers, body: Buffer.from(body) };
  };

  /** The request that Slack sends when this person presses this button of the message as it was. */
  const click = async (action: string, user = "U01", cluster = "production"): Promise<UrlRequest> => {
    const item = await world.item();
    const plan = (item.active ?? item.lastDone)?.plan;
    pressed += 1;
    return sign(
      `payload=${encodeURIComponent(
        JSON.stringify({
          type: "block_actions",
          user: { id: user, team_id: "T1" },
          trigger_id: String(pressed),
          response_url: "https://hooks.slack.com/actions/1",
          actions: [
            {
              action_id: action,
              value: JSON.stringify({
                service: REF.arn.replace("/production/", `/${cluster}/`),
                plan: plan?.id,
                print: plan && planPrint(plan),
              }),
            },
          ],
        }),
      )}`,
    );
  };

  return {
    ...world,
    converse,
    click,
    sign,
    responses,
    notes,
    /** Records that were published by converse itself. */
    said: published,
    press: async (action: string, user?: string) => converse(await click(action, user)),
    type: (text: string, user = "U01") =>
      converse(sign(new URLSearchParams({ command: "/reflex", text, user_id: user, team_id: "T1" }).toString())),
    setSecrets: (now: readonly string[]) => {
      secrets = now;
    },
    breakQueue: () => {
      isQueueDown = true;
    },
    revisions: () => world.services.registered.length,
  };
};

export type Talk = Awaited<ReturnType<typeof createTalk>>;
