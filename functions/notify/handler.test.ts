import fc from "fast-check";
import { expect, test } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { MessageItem } from "#shared/ports/messages.ts";
import { createNotifyWorld as createWorld, told } from "../../test/builders/notify.ts";
import { decisionRecord, INCIDENT, raiseRecords } from "../../test/builders/records.ts";

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
  world.messenger.suffer("down", "down", "down", "down");
  await world.tell(decisionRecord());
  expect(world.messenger.messages).toEqual([]);
  const again = await world.spawn().handle({ kind: "resend", incident: INCIDENT });
  expect(again).toMatchObject({ reason: "put-off", alarming: "MessageRefused" });
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

test("what follows after somebody deleted the message is told in a new one", async () => {
  const world = createWorld();
  const [decided, ...rest] = raiseRecords();
  if (!decided) throw new Error("a raise begins with its decision");
  await world.tell(decided);
  world.messenger.deleteOldest();
  await world.tell(...rest);
  expect(world.texts()).toEqual([expect.stringContaining("held: no kill since")]);
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

test("what comes after something was given up is asked again as if that had not been", async () => {
  const world = createWorld();
  const [decided, later] = raiseRecords();
  if (!decided || !later) throw new Error("a raise has several records");
  world.messenger.suffer("down", "down", "down");
  await world.tell(decided);
  world.clock.advance(73 * 3600);
  await world.sweep(1);
  expect(await world.ledger.due(world.clock.now(), 10)).toEqual([]);
  world.clock.advance(3600);
  await world.tell(later);
  await world.sweep(1);
  expect(world.texts()).toHaveLength(1);
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
