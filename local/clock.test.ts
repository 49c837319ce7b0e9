import { expect, test } from "vitest";
import { DueEventFailed, VirtualClock } from "./clock.ts";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const seconds = (count: number): number => NOON + count * 1000;

test("due events run in the order of their instants, equal ones in the order they were asked for", async () => {
  const clock = new VirtualClock(NOON);
  const ran: string[] = [];
  const note = (name: string, second: number): void => {
    clock.at(seconds(second), name, () => {
      ran.push(`${name}@${(clock.now() - NOON) / 1000}`);
    });
  };
  for (const [name, second] of [
    ["c", 3],
    ["a1", 1],
    ["b", 2],
    ["a2", 1],
    ["a3", 1],
    ["late", 60],
  ] as const)
    note(name, second);
  await clock.advance(seconds(10));
  expect(ran).toEqual(["a1@1", "a2@1", "a3@1", "b@2", "c@3"]);
  expect(clock.now()).toBe(seconds(10));
  expect(clock.nextDueAtMs()).toBe(seconds(60));
});

test("a thousand events in random order come out sorted, those asked for while running included", async () => {
  const clock = new VirtualClock(NOON);
  const ran: number[] = [];
  for (let each = 0; each < 1000; each += 1) {
    const second = (each * 7919) % 1000;
    clock.at(seconds(second), "first", () => {
      ran.push(clock.now());
      clock.at(clock.now() + 500, "second", () => void ran.push(clock.now()));
    });
  }
  await clock.advance(seconds(2000));
  expect(ran).toHaveLength(2000);
  expect(ran).toEqual([...ran].sort((a, b) => a - b));
});

test("an event in the past runs now, after what was asked for before it, and a cancelled one never", async () => {
  const clock = new VirtualClock(NOON);
  const ran: string[] = [];
  clock.at(NOON, "now", () => void ran.push("now"));
  clock.at(seconds(-5), "past", () => void ran.push(`past@${clock.now() - NOON}`));
  const timer = clock.at(seconds(1), "cancelled", () => void ran.push("cancelled"));
  timer.cancel();
  timer.cancel();
  await clock.advance(seconds(2));
  expect(ran).toEqual(["now", "past@0"]);
});

test("masses of cancelled events are forgotten, the others kept", async () => {
  const clock = new VirtualClock(NOON);
  let ran = 0;
  const timers = Array.from({ length: 5000 }, (_, each) =>
    clock.at(seconds(each), "each", () => {
      ran += 1;
    }),
  );
  for (const [index, timer] of timers.entries()) if (index % 5 !== 0) timer.cancel();
  await clock.advance(seconds(5000));
  expect(ran).toBe(1000);
});

test("time stands still while somebody holds it, and goes on when the last hold is released", async () => {
  const clock = new VirtualClock(NOON);
  const [first, second] = [clock.hold("oom at work"), clock.hold("notify at work")];
  let ran = false;
  clock.at(seconds(1), "tick", () => {
    ran = true;
  });
  const advanced = clock.advance(seconds(5));
  first.release();
  first.release();
  await new Promise((resolve) => setImmediate(resolve));
  expect([ran, clock.heldBy()]).toEqual([false, ["notify at work"]]);
  second.release();
  await advanced;
  expect([ran, clock.now()]).toEqual([true, seconds(5)]);
});

test("the next event waits for what the last one set going in promises", async () => {
  const clock = new VirtualClock(NOON);
  const ran: string[] = [];
  clock.at(seconds(1), "starts a chain", () => {
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => ran.push("chain"));
  });
  clock.at(seconds(1), "next", () => void ran.push("next"));
  await clock.advance(seconds(1));
  expect(ran).toEqual(["chain", "next"]);
});

test("a hold taken by one event delays the next, at the same instant too", async () => {
  const clock = new VirtualClock(NOON);
  const ran: string[] = [];
  clock.at(seconds(1), "invokes", () => {
    const hold = clock.hold("function");
    setTimeout(() => {
      ran.push("function");
      hold.release();
    }, 5);
  });
  clock.at(seconds(1), "next", () => void ran.push("next"));
  await clock.advance(seconds(1));
  expect(ran).toEqual(["function", "next"]);
});

test("the clock shows whole milliseconds, and nothing runs early", async () => {
  const clock = new VirtualClock(NOON + 0.7);
  let ranAt = 0;
  clock.at(NOON + 10.2, "fraction", () => {
    ranAt = clock.now();
  });
  await clock.advance(NOON + 10.9);
  expect([ranAt, clock.now()]).toEqual([0, NOON + 10]);
  await clock.advance(NOON + 11);
  expect(ranAt).toBe(NOON + 11);
});

test("settle runs what is due now and moves no time", async () => {
  const clock = new VirtualClock(NOON);
  const ran: string[] = [];
  clock.at(NOON, "now", () => void ran.push("now"));
  clock.at(NOON + 1, "soon", () => void ran.push("soon"));
  await clock.settle();
  expect([ran, clock.now()]).toEqual([["now"], NOON]);
});

test.each([
  [
    "thrown",
    () => {
      throw new Error("no such queue");
    },
  ],
  ["rejected", () => Promise.reject(new Error("no such queue"))],
])("what is %s by a due event stops the advance with its name, and the next advance goes on", async (_, run) => {
  const clock = new VirtualClock(NOON);
  let ran = false;
  clock.at(seconds(1), "poll the queue", run);
  clock.at(seconds(2), "next", () => {
    ran = true;
  });
  const failed = clock.advance(seconds(5));
  await expect(failed).rejects.toThrow(DueEventFailed);
  await expect(failed).rejects.toThrow(
    '"poll the queue", due at 2026-03-02T12:00:01.000Z, failed: Error: no such queue',
  );
  expect([ran, clock.now()]).toEqual([false, seconds(1)]);
  await clock.advance(seconds(5));
  expect([ran, clock.now()]).toEqual([true, seconds(5)]);
});

test("two who move time take turns, and time never goes back", async () => {
  const clock = new VirtualClock(NOON);
  const ran: string[] = [];
  clock.at(seconds(1), "slow", async () => {
    await new Promise((resolve) => setImmediate(resolve));
    ran.push("slow");
  });
  clock.at(seconds(2), "next", () => void ran.push("next"));
  await Promise.all([clock.advance(seconds(10)), clock.advance(seconds(4))]);
  expect(ran).toEqual(["slow", "next"]);
  expect(clock.now()).toBe(seconds(10));
  await expect(clock.advance(Number.NaN)).rejects.toThrow("time cannot move to NaN");
  expect(() => clock.at(Number.NaN, "broken", () => {})).toThrow('"broken" cannot fall due at NaN');
});
