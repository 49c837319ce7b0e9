/** What is kept in the ledger's table beside the ledger: known images, the pause switch, requests that count once. */
import { createHash } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, test } from "vitest";
import { dynamodbGateData } from "#shared/aws/dynamodb-gate-data.ts";
import { dynamodbKnownImages } from "#shared/aws/dynamodb-known-images.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { dynamodbOneUse } from "#shared/aws/dynamodb-one-use.ts";
import { dynamodbPauseSwitch } from "#shared/aws/dynamodb-pause-switch.ts";
import type { Threats } from "#shared/domain/finding.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import type { KnownImage, KnownImages } from "#shared/ports/known-images.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { OneUse } from "#shared/ports/one-use.ts";
import type { PauseSwitch } from "#shared/ports/pause-switch.ts";
import { finding, scan, waiver } from "../builders/gate.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { fakeKnownImages } from "../fakes/images.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { fakeOneUse } from "../fakes/one-use.ts";
import { fakePauseSwitch } from "../fakes/pause-switch.ts";
import { digestOf } from "../fakes/services.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

/** Whoever keeps what an operator gives read it at most so long ago. */
const KEPT_SECONDS = 60;

interface Subject {
  readonly known: KnownImages;
  readonly ledger: Ledger;
  readonly pause: PauseSwitch;
  readonly oneUse: OneUse;
  readonly clock: FakeClock;
  /** What an operator does. */
  giveThreats(threats: Threats): Promise<void>;
  giveWaiver(waiver: Waiver): Promise<void>;
}

const inMemory = (): Subject => {
  const [known, ledger] = [fakeKnownImages(), fakeLedger()];
  return {
    known,
    ledger,
    pause: fakePauseSwitch(ledger),
    oneUse: fakeOneUse(),
    clock: fakeClock(),
    async giveThreats(threats) {
      known.givenThreats = threats;
    },
    async giveWaiver(given) {
      known.givenWaivers = [...known.givenWaivers, given];
    },
  };
};

const inDynamoDb = (): Subject => {
  const { client, resource } = cloud.now();
  const [dynamodb, table] = [new DynamoDBClient(client), resource("AWS::DynamoDB::GlobalTable", "Ledger")];
  const clock = fakeClock();
  const given = dynamodbGateData(dynamodb, table);
  return {
    known: dynamodbKnownImages(dynamodb, table, clock),
    ledger: dynamodbLedger(dynamodb, table),
    pause: dynamodbPauseSwitch(dynamodb, table),
    oneUse: dynamodbOneUse(dynamodb, table),
    clock,
    giveThreats: given.saveThreats,
    giveWaiver: given.saveWaiver,
  };
};

let count = 0;
const fresh = (word: string): string => {
  count += 1;
  return `${word}-${count}`;
};

const image = (over: Partial<KnownImage> = {}): KnownImage => ({
  digest: digestOf(fresh("image")),
  registryId: "111122223333",
  repository: "order-service",
  scan: scan([finding({ severity: "CRITICAL" })]),
  readAt: "2026-11-23T03:00:00.000Z",
  verdict: { outcome: "block", rules: ["too-many-critical"], since: "2026-11-22T00:00:00.000Z" },
  ...over,
});

describe.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["in DynamoDB", inDynamoDb],
])("known images %s", (_, make) => {
  let subject: Subject;
  let known: KnownImages;
  beforeEach(() => {
    subject = make();
    known = subject.known;
  });

  test("are what was kept of them, and nothing at first", async () => {
    const kept = image();
    expect(await known.image(kept.digest)).toBeUndefined();
    await known.keep(kept);
    expect(await known.image(kept.digest)).toEqual(kept);
    const untold = image({ scan: undefined });
    await known.keep(untold);
    expect(await known.image(untold.digest)).toEqual(untold);
  });

  test("are replaced by a later reading and never by an earlier one, whichever is written last", async () => {
    const later = image({ readAt: "2026-11-23T04:00:00.000Z" });
    const earlier = { ...later, readAt: "2026-11-23T03:59:59.999Z", scan: scan() };
    await known.keep(later);
    await known.keep(earlier);
    expect(await known.image(later.digest)).toEqual(later);
    const again = { ...later, scan: scan() };
    await known.keep(again);
    expect(await known.image(later.digest)).toEqual(again);
  });

  test("have waiters, each once however often it waits, whole and with no other image's among them", async () => {
    const [digest, other] = [digestOf(fresh("image")), digestOf(fresh("image"))];
    expect(await known.waiting(digest)).toEqual([]);
    await known.wait(digest, "deployment-2", { kind: "event", event: { id: 2 } });
    await known.wait(digest, "deployment-1", { kind: "event", event: { id: 1 } });
    await known.wait(digest, "deployment-1", { kind: "event", event: { id: "again" } });
    await known.wait(other, "deployment-3", "text");
    expect(await known.waiting(digest)).toEqual([
      { kind: "event", event: { id: 1 } },
      { kind: "event", event: { id: 2 } },
    ]);
  });

  test("have more waiters than one page of an answer holds", async () => {
    const digest = digestOf(fresh("image"));
    const long = "x".repeat(300_000);
    for (let at = 0; at < 5; at += 1) await known.wait(digest, `deployment-${at}`, { at, long });
    const found = (await known.waiting(digest)) as readonly { readonly at: number }[];
    expect(found.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4]);
  });

  test("are judged by what operators gave, within a minute of its being given", async () => {
    expect([(await known.threats())["CVE-2026-1"], await known.waivers()]).toEqual([undefined, []]);
    const threats: Threats = { "CVE-2026-1": { isExploited: true, epss: 0.97 } };
    const given = waiver({ origin: "runtime", scope: { repository: "order-service" } });
    await subject.giveThreats(threats);
    await subject.giveWaiver(given);
    await subject.giveWaiver({ ...given, finding: "CVE-2026-2" });
    subject.clock.advance(KEPT_SECONDS);
    expect(await known.threats()).toMatchObject(threats);
    expect((await known.waivers()).map((one) => one.finding)).toEqual(["CVE-2026-1", "CVE-2026-2"]);
    expect(await known.waivers()).toContainEqual(given);
    await subject.giveThreats({});
  });

  test("are judged by what Inspector says as well: the last word counts, what it leaves out stays, the list stands beside it", async () => {
    const vulnerability = fresh("CVE-2026");
    const said = (day: number, word: object) => ({ saidAt: `2026-11-${day}T00:00:00.000Z`, ...word });
    const learn = (day: number, word: object) => known.learn(vulnerability, said(day, word));
    const first = { inspector: said(20, { epss: 0.1 }) };
    expect(await learn(20, { epss: 0.1 })).toEqual({ before: {}, after: first });
    const both = { inspector: said(21, { epss: 0.1, hasExploit: true }) };
    expect(await learn(21, { hasExploit: true })).toEqual({ before: first, after: both });
    expect(await learn(19, { epss: 0.9 })).toEqual({ before: both, after: both });
    expect(await learn(22, { epss: 0.1 })).toEqual({ before: both, after: both });
    await subject.giveThreats({ [vulnerability]: { epss: 0.5 } });
    subject.clock.advance(KEPT_SECONDS);
    expect((await known.threats())[vulnerability]).toEqual({ epss: 0.5, ...both });
    await subject.giveThreats({});
  });

  test("keep the first answer to a question, also of many who answer at once", async () => {
    const question = fresh("deployment/revision");
    expect(await known.answered(question)).toBeUndefined();
    const answers = await Promise.all(["a", "b", "c", "d"].map((answer) => known.answerOnce(question, answer)));
    expect(new Set(answers).size).toBe(1);
    expect(await known.answerOnce(question, "e")).toBe(answers[0]);
    expect(await known.answered(question)).toBe(answers[0]);
    expect(await known.answered(fresh("another"))).toBeUndefined();
  });
});

test("a scan that is too long for an item is not kept, and all else of the image is", async () => {
  const { known } = inDynamoDb();
  const hash = (at: number) => createHash("sha256").update(String(at)).digest("hex");
  const findings = Array.from({ length: 10_000 }, (_, at) => finding({ id: hash(at) }));
  const long = image({ scan: scan(findings) });
  await known.keep(long);
  expect(await known.image(long.digest)).toEqual({ ...long, scan: undefined });
});

describe.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["in DynamoDB", inDynamoDb],
])("a pause switch %s", (_, make) => {
  const ON = { isPaused: true, by: "slack:U1", at: new Date("2026-11-23T03:00:00.000Z") };
  const OFF = { isPaused: false, by: "slack:U2", at: new Date("2026-11-23T03:10:00.000Z") };
  const paused = { pausedAt: ON.at.toISOString(), pausedBy: ON.by };

  test("tells whoever switches whether that is news, and whose pause it is", async () => {
    const { pause, ledger } = make();
    expect(await pause.turn(OFF)).toMatchObject({ isNews: false });
    expect(await pause.turn(ON)).toEqual({ isNews: true, ...paused });
    expect(await ledger.account()).toMatchObject({ isPaused: true, pausedBy: ON.by });
    expect(await pause.turn({ ...ON, by: "slack:U3", at: OFF.at })).toEqual({ isNews: false, ...paused });
    expect(await pause.turn(OFF)).toEqual({ isNews: true, ...paused });
    expect((await ledger.account()).isPaused).toBe(false);
    expect(await pause.turn({ ...OFF, by: "slack:U3" })).toEqual({ isNews: false, ...paused });
  });

  test("is switched by one of many who press at once, and leaves the rest of the account alone", async () => {
    const { pause, ledger } = make();
    const ref = { arn: fresh("arn:aws:ecs:us-east-1:111122223333:service/production/cart"), cluster: "c", name: "n" };
    await ledger.noteTrouble(ref, ON.at, 1000);
    const all = await Promise.all(Array.from({ length: 8 }, () => pause.turn(ON)));
    expect(all.filter(({ isNews }) => isNews)).toHaveLength(1);
    expect((await ledger.account()).troubled).toHaveProperty([ref.arn], ON.at.toISOString());
    await pause.turn(OFF);
  });
});

test.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["in DynamoDB", inDynamoDb],
])("%s a request counts once, also when it comes many times at once, and says nothing of another", async (_, make) => {
  const { oneUse, clock } = make();
  const [key, other, until] = [fresh("signature"), fresh("signature"), new Date(clock.now().getTime() + 600_000)];
  const taken = await Promise.all(Array.from({ length: 8 }, () => oneUse.take(key, until)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await oneUse.take(key, until)).toBe(false);
  expect(await oneUse.take(other, until)).toBe(true);
});
