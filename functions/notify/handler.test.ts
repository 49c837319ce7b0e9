import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { MessageItem } from "#shared/ports/messages.ts";
import { decisionRecord, INCIDENT, raiseRecords } from "../../test/builders/records.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { faultyProcess } from "../../test/fakes/faults.ts";
import { fakeLedger } from "../../test/fakes/ledger.ts";
import { fakeMessenger } from "../../test/fakes/messenger.ts";
import { createNotify } from "./handler.ts";

const told = (record: LedgerRecord) =>
  ({ kind: "event", detailType: "Reflex Record", event: { detail: record } }) as const;

const createWorld = (document: unknown = { clusters: ["production"] }) => {
  const clock = fakeClock();
  const ledger = fakeLedger();
  const messenger = fakeMessenger(clock);
  const config = parseConfig(document, "test");
  let processes = 0;
  /** A process of the function; each has its own faults and claims. */
  const spawn = (at?: number, fault: "crash-before" | "crash-after" = "crash-before") => {
    const process = faultyProcess({ at, fault });
    processes += 1;
    const owner = `invocation-${processes}`;
    const handle = createNotify({
      config,
      ledger: process.wrap(ledger),
      messages: process.wrap(ledger),
      messenger: process.wrap(messenger),
      clock,
      invocation: { owner: () => owner, secondsLeft: () => 25 },
    });
    return {
      process,
      handle: (message: Parameters<typeof handle>[0]) => Promise.race([handle(message), process.crashed]),
    };
  };
  return {
    clock,
    ledger,
    messenger,
    spawn,
    /** The record as the ledger keeps it, and the event that tells of it. */
    async tell(...records: readonly LedgerRecord[]) {
      for (const record of records) {
        await ledger.append(record);
        await spawn().handle(told(record));
      }
    },
    /** What the sweep does for messages that wait, until none is left. */
    async sweep(rounds = 3) {
      for (let round = 0; round < rounds; round += 1) {
        clock.advance(120);
        for (const due of await ledger.due(clock.now(), 10))
          if (due.kind === "message") await spawn().handle({ kind: "resend", incident: due.incident });
      }
    },
    texts: () => messenger.messages.map(({ content }) => content.text),
  };
};

test("one message is posted and edited in place as the plan moves on", async () => {
  const world = createWorld();
  const stages: (string | undefined)[] = [];
  for (const record of raiseRecords()) {
    await world.tell(record);
    stages.push(/\(([^)]*)\)$/.exec(world.texts()[0] ?? "")?.[1]);
  }
  expect(world.messenger.messages).toHaveLength(1);
  expect(stages).toEqual([
    "under way",
    "under way",
    "rolling out",
    "rolling out",
    "steady; watching whether it holds",
    "steady; watching whether it holds",
    "held: no kill since",
  ]);
});

test("the same record again edits nothing", async () => {
  const world = createWorld();
  await world.tell(decisionRecord());
  await world.tell(decisionRecord());
  expect(world.messenger.messages).toMatchObject([{ edits: 0 }]);
});

test("in whatever order the records come, the message says the same in the end", async () => {
  const inOrder = createWorld();
  await inOrder.tell(...raiseRecords());
  const [expected] = inOrder.messenger.messages;
  const shuffled = fc.shuffledSubarray([...raiseRecords()], { minLength: raiseRecords().length });
  await fc.assert(
    fc.asyncProperty(shuffled, async (records) => {
      const world = createWorld();
      await world.tell(...records);
      await world.sweep();
      expect(world.messenger.messages.map(({ content }) => content)).toEqual([expected?.content]);
    }),
    { numRuns: 60 },
  );
});

test("two processes at once post one message, and it says what the later of them knew", async () => {
  const world = createWorld();
  const records = raiseRecords();
  for (const record of records) await world.ledger.append(record);
  await Promise.all(records.map((record) => world.spawn().handle(told(record))));
  await world.sweep();
  expect(world.texts()).toEqual([expect.stringContaining("held: no kill since")]);
});

const undisturbed = await (async () => {
  const world = createWorld();
  await world.ledger.append(decisionRecord());
  const { process, handle } = world.spawn();
  await handle(told(decisionRecord()));
  return [...process.calls];
})();

test.each(
  undisturbed.flatMap((name, at) =>
    (["crash-before", "crash-after"] as const).map((fault) => [fault, at, name] as const),
  ),
)("%s call %i (%s): the next delivery leads to one message", async (fault, at) => {
  const world = createWorld();
  await world.ledger.append(decisionRecord());
  expect(await world.spawn(at, fault).handle(told(decisionRecord()))).toBe("crashed");
  world.clock.advance(360);
  await world.spawn().handle(told(decisionRecord()));
  await world.sweep();
  expect(world.texts()).toEqual([expect.stringContaining("under way")]);
  expect(await world.ledger.message(INCIDENT)).toMatchObject({ claim: undefined, maybePostedSince: undefined });
});

test("what the chat does not take is asked again by the sweep, until it is taken", async () => {
  const world = createWorld();
  world.messenger.suffer("down", "down", "down");
  await world.tell(decisionRecord());
  expect(world.messenger.messages).toEqual([]);
  await world.sweep(4);
  expect(world.texts()).toHaveLength(1);
  expect((await world.ledger.message(INCIDENT)).waitingSince).toBeUndefined();
});

test("a post whose answer is lost is found again and not posted twice", async () => {
  const world = createWorld();
  world.messenger.suffer("lost");
  await world.tell(decisionRecord());
  await world.tell(...raiseRecords().slice(1, 3));
  await world.sweep();
  expect(world.texts()).toEqual([expect.stringContaining("rolling out")]);
});

test("what nobody took for three days is given up", async () => {
  const world = createWorld();
  world.messenger.suffer(...Array.from({ length: 20 }, () => "down" as const));
  await world.tell(decisionRecord());
  world.clock.advance(71 * 3600);
  await world.sweep(1);
  expect(await world.ledger.due(world.clock.now(), 10)).toEqual([]);
  world.clock.advance(3600);
  expect(await world.ledger.due(world.clock.now(), 10)).toHaveLength(1);
  await world.sweep(1);
  world.clock.advance(3600);
  expect(await world.ledger.due(world.clock.now(), 10)).toEqual([]);
});

test.each<[string, Partial<LedgerRecord>, number]>([
  ["a hold that is everyday business", { decision: "hold", reason: "below-threshold", plan: undefined }, 0],
  ["a hold that spares the bill", { decision: "hold", reason: "budget-account", plan: undefined }, 1],
  ["an escalation", { decision: "escalate", reason: "at-ceiling", plan: undefined }, 1],
  ["what was only observed", { mode: "observe", plan: undefined }, 1],
])("%s makes %o: messages", async (_, over, messages) => {
  const world = createWorld();
  await world.tell(decisionRecord(over));
  expect(world.messenger.messages).toHaveLength(messages);
});

test("services in trouble at once are told in one message, and one that has its own keeps it", async () => {
  const world = createWorld({ clusters: ["production"], account: { correlationServices: 3 } });
  const about = (name: string): LedgerRecord => {
    const arn = `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`;
    const incident = `oom/production/${name}/${name}:1`;
    return decisionRecord({ id: `${incident}/decided`, incident, service: { arn, cluster: "production", name } });
  };
  for (const name of ["one", "two", "three", "four"]) {
    const record = about(name);
    if (record.service) await world.ledger.noteTrouble(record.service, world.clock.now(), 12);
    await world.tell(record);
  }
  expect(world.texts()).toEqual([
    expect.stringContaining("one was killed"),
    expect.stringContaining("two was killed"),
    expect.stringContaining("4 services are killed for memory at once"),
  ]);
  await world.tell({
    ...about("one"),
    id: "later",
    sequence: 9000,
    kind: "progress",
    step: { name: "deploy-revision", outcome: "done" },
  });
  expect(world.texts()[0]).toContain("rolling out");
});

const held = (name: string): LedgerRecord => {
  const arn = `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`;
  const incident = `oom/production/${name}/${name}:1`;
  return decisionRecord({
    id: `${incident}/hold/correlation`,
    incident,
    service: { arn, cluster: "production", name },
    decision: "hold",
    reason: "correlation",
    plan: undefined,
  });
};

test("who was held in a storm is told with it, however late, and the next storm has a message of its own", async () => {
  const world = createWorld({ clusters: ["production"], account: { correlationServices: 3 } });
  const storm = async (names: readonly string[]) => {
    for (const name of names) {
      const { service } = held(name);
      if (service) await world.ledger.noteTrouble(service, world.clock.now(), 30);
    }
  };
  await storm(["one", "two", "three"]);
  await world.tell(held("one"));
  world.clock.advance(1800);
  await world.tell(held("two"));
  expect(world.texts()).toEqual([expect.stringContaining("3 services are killed for memory at once")]);

  world.clock.advance(7 * 24 * 3600);
  await world.ledger.forgetTrouble(world.clock.now());
  await storm(["four", "five", "six", "seven"]);
  await world.tell(held("four"));
  expect(world.texts()).toEqual([
    expect.stringContaining("3 services are killed for memory at once"),
    expect.stringContaining("4 services are killed for memory at once"),
  ]);
});

test("what is recorded while the message is being posted is said by whoever posts it", async () => {
  const world = createWorld();
  const [decided, ...rest] = raiseRecords();
  if (!decided) throw new Error("a raise begins with its decision");
  await world.ledger.append(decided);
  world.messenger.during(async () => {
    for (const record of rest) await world.ledger.append(record);
    expect(await world.spawn().handle(told(decided))).toMatchObject({ reason: "left-to-another" });
  });
  await world.spawn().handle(told(decided));
  expect(world.messenger.messages).toMatchObject([
    { edits: 1, content: { text: expect.stringContaining("held: no kill since") } },
  ]);
});

test("a claim of somebody who is at it is left to them, with a mark that makes them look again", async () => {
  const world = createWorld();
  await world.ledger.append(decisionRecord());
  const free = await world.ledger.message(INCIDENT);
  const claim = { owner: "another", until: new Date(world.clock.now().getTime() + 60_000).toISOString() };
  const held: MessageItem = { ...free, claim, maybePostedSince: world.clock.now().toISOString() };
  await world.ledger.saveMessage(held, undefined);
  expect(await world.spawn().handle(told(decisionRecord()))).toMatchObject({ reason: "left-to-another" });
  expect(world.messenger.messages).toEqual([]);
  expect((await world.ledger.message(INCIDENT)).version).toBe(2);
});
