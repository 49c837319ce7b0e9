/** What every ledger promises: the one in memory and the one in DynamoDB. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, test } from "vitest";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { dynamodbMessages } from "#shared/aws/dynamodb-messages.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { AdmissionRequest, Ledger } from "#shared/ports/ledger.ts";
import type { Messages } from "#shared/ports/messages.ts";
import { kill } from "../builders/oom.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

const inDynamoDb = (): Ledger & Messages => {
  const { client, resource } = cloud.now();
  const table = resource("AWS::DynamoDB::GlobalTable", "Ledger");
  const dynamodb = new DynamoDBClient(client);
  const ledger = dynamodbLedger(dynamodb, table);
  const { message, saveMessage } = dynamodbMessages(dynamodb, table);
  return Object.assign(ledger, { message, saveMessage });
};

const NOW = new Date("2026-11-23T04:00:00.000Z");
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

let count = 0;
/** A service, an incident, a rate group that no other test has touched. */
const fresh = (word: string): string => {
  count += 1;
  return `${word}-${count}`;
};
const freshService = (): ServiceRef => {
  const name = fresh("cart");
  return { arn: `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`, cluster: "production", name };
};

const record = (incident: string, sequence: number, over: Partial<LedgerRecord> = {}): LedgerRecord => ({
  id: `${incident}/${sequence}`,
  at: NOW.toISOString(),
  sequence,
  incident,
  reaction: "oom",
  service: undefined,
  kind: "decision",
  mode: "act",
  decision: "hold",
  reason: "cooldown",
  evidence: { until: "later" },
  plan: undefined,
  step: undefined,
  settings: {},
  ...over,
});

/** The index by time follows the table a little later. */
const settle = () => cloud.now().cloud.advance(5);

/** JSON keeps no member that is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each<[string, () => Ledger & Messages]>([
  ["in memory", fakeLedger],
  ["in DynamoDB", inDynamoDb],
])("a ledger %s", (_, make) => {
  let ledger: Ledger & Messages;
  beforeEach(async () => {
    ledger = make();
    await ledger.forgetTrouble(later(1_000_000));
  });

  test("knows nothing of a service at first, and then what was saved, one version on", async () => {
    const ref = freshService();
    const unknown = await ledger.service(ref);
    expect(unknown).toMatchObject({ ref, version: 0, kills: [], active: undefined });
    const scaling = { slot: 7, state: { samples: [[1, 2.5, 3, 4]], desiredCount: 2 } };
    const known = { cooldownUntil: "later", addedUsdPerMonth: 9.73, scaling };
    const saved = await ledger.save({ ...unknown, ...known }, undefined);
    expect(saved).toMatchObject({ kind: "saved", item: { version: 1, ...known } });
    expect(await ledger.service(ref)).toMatchObject({ version: 1, ...known });
  });

  test("refuses what was made of an older version, and shows what is there", async () => {
    const ref = freshService();
    const unknown = await ledger.service(ref);
    await ledger.save({ ...unknown, cooldownUntil: "first" }, undefined);
    for (const stale of [unknown, { ...unknown, version: 7 }])
      expect(await ledger.save({ ...stale, cooldownUntil: "second" }, undefined)).toMatchObject({
        kind: "conflict",
        current: { version: 1, cooldownUntil: "first" },
      });
    expect((await ledger.service(ref)).cooldownUntil).toBe("first");
  });

  test("of many writers of one version lets one through", async () => {
    const unknown = await ledger.service(freshService());
    const results = await Promise.all(Array.from({ length: 8 }, () => ledger.save(unknown, undefined)));
    expect(results.filter(({ kind }) => kind === "saved")).toHaveLength(1);
    const unsaid = await ledger.message(fresh("incident"));
    const messages = await Promise.all(Array.from({ length: 8 }, () => ledger.saveMessage(unsaid, undefined)));
    expect(messages.filter(({ kind }) => kind === "saved")).toHaveLength(1);
  });

  test("notes services in trouble, as many as it was asked to remember, and those it knows again", async () => {
    const [one, two] = [freshService(), freshService()];
    expect((await ledger.noteTrouble(one, NOW, 1)).troubled).toEqual({ [one.arn]: NOW.toISOString() });
    expect((await ledger.noteTrouble(two, NOW, 1)).troubled).toEqual({ [one.arn]: NOW.toISOString() });
    const again = { [one.arn]: later(60).toISOString() };
    expect((await ledger.noteTrouble(one, later(60), 1)).troubled).toEqual(again);
    expect((await ledger.account()).troubled).toEqual(again);
  });

  test("forgets trouble that is older, and only that", async () => {
    const [one, two] = [freshService(), freshService()];
    await ledger.noteTrouble(one, NOW, 10);
    await ledger.noteTrouble(two, later(60), 10);
    expect(await ledger.forgetTrouble(later(60))).toBe(1);
    expect(Object.keys((await ledger.account()).troubled)).toEqual([two.arn]);
    expect(await ledger.forgetTrouble(later(60))).toBe(0);
  });

  test("forgets hundreds at once", async () => {
    const services = Array.from({ length: 300 }, freshService);
    for (const service of services) await ledger.noteTrouble(service, NOW, 1000);
    expect(await ledger.forgetTrouble(later(1))).toBe(300);
    expect((await ledger.account()).troubled).toEqual({});
  });

  describe("admission", () => {
    // Each of these tests has an hour and a month of its own, for the account is one.
    const request = async (over: Partial<AdmissionRequest> = {}): Promise<AdmissionRequest> => ({
      group: fresh("group"),
      intervalMs: 2000,
      maxActsPerHour: 100,
      maxUsdPerMonth: 1000,
      usdPerMonth: 1,
      isFirst: true,
      now: NOW,
      seen: await ledger.account(),
      ...over,
    });

    test("hands out the slots of a group one interval apart, also to those who saw an older account", async () => {
      const asked = await request({ now: new Date("2027-01-01T00:00:00.000Z") });
      const slots = [];
      for (let turn = 0; turn < 3; turn += 1) slots.push(await ledger.admit(asked));
      expect(slots).toEqual(
        ["00.000", "02.000", "04.000"].map((at) => ({ kind: "admitted", slotAt: new Date(`2027-01-01T00:00:${at}Z`) })),
      );
      const other = await ledger.admit({ ...asked, group: fresh("group") });
      expect(other).toEqual({ kind: "admitted", slotAt: asked.now });
    });

    test("refuses what is beyond the hour's acts, until the next hour", async () => {
      const asked = await request({ now: new Date("2027-02-01T00:59:00.000Z"), maxActsPerHour: 2 });
      await ledger.admit(asked);
      await ledger.admit(asked);
      expect(await ledger.admit(asked)).toEqual({ kind: "over-budget", spent: 2 });
      expect(await ledger.admit({ ...asked, now: new Date("2027-02-01T01:00:00.000Z") })).toMatchObject({
        kind: "admitted",
      });
    });

    test("gives who missed a slot another one, whatever the budgets say, and spends none of them", async () => {
      const asked = await request({ now: new Date("2027-05-01T00:00:00.000Z"), maxActsPerHour: 1 });
      await ledger.admit(asked);
      const { acts, addedUsd } = await ledger.account();
      const again = await ledger.admit({ ...asked, isFirst: false });
      expect(again).toEqual({ kind: "admitted", slotAt: new Date("2027-05-01T00:00:02.000Z") });
      expect(await ledger.account()).toMatchObject({ acts, addedUsd });
    });

    test("refuses what is beyond the month's money, until the next month", async () => {
      const asked = await request({ now: new Date("2027-03-31T12:00:00.000Z"), usdPerMonth: 60, maxUsdPerMonth: 100 });
      await ledger.admit(asked);
      expect(await ledger.admit(asked)).toEqual({ kind: "over-budget", spent: 60 });
      expect(await ledger.admit({ ...asked, usdPerMonth: 40 })).toMatchObject({ kind: "admitted" });
      expect(await ledger.admit({ ...asked, now: new Date("2027-04-01T00:00:00.000Z") })).toMatchObject({
        kind: "admitted",
      });
    });
  });

  test("keeps each record once, and answers those of an incident in their order", async () => {
    const [incident, other] = [fresh("oom/production/cart"), fresh("oom/production/cart")];
    for (const sequence of [2000, 1, 1000]) await ledger.append(record(incident, sequence));
    await ledger.append({ ...record(incident, 1), reason: "told twice" });
    await ledger.append(record(other, 5));
    const found = await ledger.records(incident);
    expect(found.map(({ sequence, reason }) => [sequence, reason])).toEqual([
      [1, "cooldown"],
      [1000, "cooldown"],
      [2000, "cooldown"],
    ]);
    expect(plain(found[0])).toEqual(plain(record(incident, 1)));
    expect(await ledger.records(fresh("nothing"))).toEqual([]);
  });

  test("answers all that is due, however large it is", async () => {
    const large = { incident: "i".repeat(60_000), reason: "paused" };
    const refs = Array.from({ length: 20 }, freshService);
    for (const ref of refs) await ledger.save({ ...(await ledger.service(ref)), lastHold: large }, later(-1000));
    await settle();
    expect(await ledger.due(later(-900), 500)).toHaveLength(20);
    for (const ref of refs) await ledger.save({ ...(await ledger.service(ref)), lastHold: undefined }, undefined);
    await settle();
  });

  test("answers what is due, oldest first, at most so many, and not before its time", async () => {
    const [second, first, ahead] = [freshService(), freshService(), freshService()];
    const outbox = [record(fresh("incident"), 0, { reaction: "gate" })];
    await ledger.save({ ...(await ledger.service(second)), outbox }, later(-10));
    await ledger.save({ ...(await ledger.service(first)), outbox }, later(-20));
    await ledger.save({ ...(await ledger.service(ahead)), outbox }, later(10));
    const patient = freshService();
    const waiting = { kill: kill({ service: patient }), since: NOW.toISOString(), lookAt: NOW.toISOString() };
    await ledger.save({ ...(await ledger.service(patient)), waiting, outbox }, later(-5));
    const incident = fresh("incident");
    await ledger.saveMessage(await ledger.message(incident), later(-15));

    const wanted = [
      { kind: "outbox", ref: first, owner: "gate" },
      { kind: "message", incident },
      { kind: "outbox", ref: second, owner: "gate" },
      { kind: "waiting", ref: patient, owner: "oom" },
    ];
    await settle();
    expect(await ledger.due(NOW, 10)).toEqual(wanted);
    expect(await ledger.due(NOW, 2)).toEqual(wanted.slice(0, 2));

    await ledger.save(await ledger.service(first), undefined);
    await ledger.save(await ledger.service(second), undefined);
    await ledger.save(await ledger.service(ahead), undefined);
    await ledger.save(await ledger.service(patient), undefined);
    await ledger.saveMessage(await ledger.message(incident), undefined);
    await settle();
    expect(await ledger.due(later(100), 10)).toEqual([]);
  });

  test("answers every record of an incident, more than the 1 MB that one page of an answer holds", async () => {
    const incident = fresh("oom/production/cart");
    const evidence = { long: "x".repeat(300_000) };
    for (const sequence of [1, 2, 3, 4]) await ledger.append(record(incident, sequence, { evidence }));
    expect((await ledger.records(incident)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });

  test("remembers where a message is, against older versions", async () => {
    const incident = fresh("incident");
    const unsaid = await ledger.message(incident);
    expect(unsaid).toMatchObject({ incident, version: 0, posted: undefined, says: undefined });
    const posted = { channel: "C0000001", ts: "1.000001" };
    const saved = await ledger.saveMessage({ ...unsaid, posted, says: "abc" }, undefined);
    expect(saved).toMatchObject({ kind: "saved", item: { version: 1, posted } });
    expect(await ledger.saveMessage({ ...unsaid, says: "other" }, undefined)).toMatchObject({
      kind: "conflict",
      current: { version: 1, posted, says: "abc" },
    });
    expect(await ledger.message(incident)).toMatchObject({ version: 1, posted, says: "abc" });
  });
});
