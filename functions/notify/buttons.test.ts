/** Which buttons a message has, from records as the ledger holds them. */
import { describe, expect, test } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { blockErrors } from "../../local/services/slack/block-kit/verdict.ts";
import { killEvent } from "../../test/builders/kill.ts";
import { createTalk, type Talk } from "../../test/protocol/talk.ts";
import { type Incident, incidentOf } from "./incident.ts";
import { messageOf } from "./message.ts";
import { pauseMessage } from "./pause-message.ts";

const recordsOf = ({ ledger }: Talk): readonly LedgerRecord[] =>
  ledger.appended.toSorted((a, b) => a.sequence - b.sequence);

const incidentNow = (talk: Talk): Incident => {
  const incident = incidentOf(recordsOf(talk));
  if (!incident) throw new Error("the ledger tells of nothing");
  return incident;
};

interface Button {
  readonly action_id: string;
  readonly value?: string;
  readonly confirm?: unknown;
}

const blocksOf = (talk: Talk, hasApprovers = true) =>
  messageOf(incidentNow(talk), { hasApprovers }).blocks as readonly { type: string; elements?: readonly Button[] }[];

const buttonsOf = (talk: Talk, hasApprovers = true): readonly Button[] =>
  blocksOf(talk, hasApprovers).flatMap(({ type, elements = [] }) => (type === "actions" ? elements : []));

const namesOf = (talk: Talk, hasApprovers = true) => buttonsOf(talk, hasApprovers).map(({ action_id }) => action_id);

const textOf = (talk: Talk, hasApprovers = true) => JSON.stringify(blocksOf(talk, hasApprovers));

const approved = async (rounds: number): Promise<Talk> => {
  const talk = await createTalk();
  await talk.press("approve");
  await talk.passTime(rounds);
  return talk;
};

describe("a proposal", () => {
  test("offers approval, refusal and the pause, and names its plan by fingerprint", async () => {
    const talk = await createTalk();
    expect(namesOf(talk)).toEqual(["approve", "decline", "pause"]);
    const plan = (await talk.item()).active?.plan;
    const [approve, decline] = buttonsOf(talk);
    expect(JSON.parse(approve?.value ?? "")).toMatchObject({ service: plan?.service.arn, plan: plan?.id });
    expect(decline?.value).toBe(approve?.value);
  });

  test("says so where nobody may approve", async () => {
    const talk = await createTalk();
    expect(namesOf(talk, false)).toEqual([]);
    expect(textOf(talk, false)).toContain("slack.approvers");
  });

  test("that was declined has no buttons and says who", async () => {
    const talk = await createTalk();
    await talk.press("decline", "U02");
    await talk.passTime(1);
    expect(namesOf(talk)).toEqual([]);
    expect(textOf(talk)).toContain("declined by <@U02>");
  });

  test("that was declined and is made anew has its buttons again", async () => {
    const talk = await createTalk();
    await talk.press("decline");
    talk.clock.advance(3601);
    await talk.spawn().handle(killEvent({ task: "1".repeat(32), at: talk.clock.now().toISOString() }));
    expect(namesOf(talk)).toEqual(["approve", "decline", "pause"]);
    expect((await talk.press("approve")).outcome).toBe("approve");
  });

  test("that lapsed has no buttons", async () => {
    const talk = await createTalk();
    talk.clock.advance(25 * 3600);
    await talk.passTime(1);
    expect(incidentNow(talk).stage).toBe("expired");
    expect(namesOf(talk)).toEqual([]);
  });
});

describe("a plan", () => {
  test("whose change is in force can be taken back, after a second question", async () => {
    const talk = await approved(4);
    expect(incidentNow(talk).stage).toBe("steady");
    expect(namesOf(talk)).toEqual(["undo", "pause"]);
    expect(buttonsOf(talk).every(({ confirm }) => confirm)).toBe(true);
    expect(textOf(talk)).toContain("approved by <@U01>");
  });

  test("that has changed nothing yet cannot be taken back", async () => {
    const talk = await createTalk();
    talk.ledger.accountNow = { ...talk.ledger.accountNow, isPaused: true };
    await talk.press("approve");
    await talk.passTime(1);
    expect(namesOf(talk)).toEqual(["pause"]);
  });

  test("that proved itself can still be taken back", async () => {
    const talk = await approved(20);
    expect(incidentNow(talk).stage).toBe("verified");
    expect(namesOf(talk)).toEqual(["undo"]);
  });

  test("that is being taken back, or was, has no buttons", async () => {
    const talk = await approved(20);
    talk.ledger.accountNow = { ...talk.ledger.accountNow, isPaused: true };
    await talk.press("undo", "U02");
    await talk.passTime(1);
    expect(incidentNow(talk).stage).toBe("undoing");
    expect(namesOf(talk)).toEqual([]);
    talk.ledger.accountNow = { ...talk.ledger.accountNow, isPaused: false };
    await talk.passTime();
    expect(incidentNow(talk).stage).toBe("undone");
    expect(namesOf(talk)).toEqual([]);
    expect(textOf(talk)).toContain("taken back by <@U02>");
  });

  test("of a configuration without approvers has no buttons", async () => {
    expect(namesOf(await approved(4), false)).toEqual([]);
  });
});

test("Slack takes every message with buttons, with the longest names that ECS allows", async () => {
  const talk = await createTalk();
  const incident = incidentNow(talk);
  const name = "s".repeat(255);
  const cluster = "c".repeat(255);
  const service = { arn: `arn:aws:ecs:us-gov-west-1:111122223333:service/${cluster}/${name}`, cluster, name };
  const plan = { id: "p".repeat(60), print: "0".repeat(32), canBeUndone: true };
  for (const stage of ["proposed", "rolling-out", "steady", "verified"] as const) {
    const { blocks } = messageOf({ ...incident, service, plan, stage }, { hasApprovers: true });
    expect(blockErrors(blocks as never)).toEqual([]);
  }
});

describe("a pause", () => {
  const said = async (...actions: readonly string[]) => {
    const talk = await createTalk();
    for (const action of actions) await talk.press(action, "U02");
    return pauseMessage(talk.said as readonly LedgerRecord[]);
  };

  test("is told with who paused, and offers its end", async () => {
    const message = await said("pause");
    expect(message?.text).toContain("paused");
    expect(JSON.stringify(message?.blocks)).toContain("Paused by <@U02>");
    expect(JSON.stringify(message?.blocks)).toContain('"unpause"');
    expect(blockErrors((message?.blocks ?? []) as never)).toEqual([]);
  });

  test("that is over says who ended it, and offers nothing", async () => {
    const message = await said("pause", "unpause");
    expect(message?.text).toContain("go on");
    expect(JSON.stringify(message?.blocks)).toContain("Unpaused by <@U02>");
    expect(JSON.stringify(message?.blocks)).not.toContain('"unpause"');
  });

  test("without records is nothing", () => {
    expect(pauseMessage([])).toBeUndefined();
  });
});
