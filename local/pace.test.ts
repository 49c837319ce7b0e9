import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VirtualClock } from "./clock.ts";
import { keepPace } from "./pace.ts";

const NOON = Date.parse("2026-03-02T12:00:00Z");
let realMs: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  realMs = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets so much real time pass, a tick at a time. */
const pass = async (milliseconds: number): Promise<void> => {
  for (const endMs = realMs + milliseconds; realMs < endMs; ) {
    realMs += 50;
    await vi.advanceTimersByTimeAsync(50);
  }
};
const paced = (speed: number, lines: string[] = []) => {
  const clock = new VirtualClock(NOON);
  return {
    clock,
    pace: keepPace(
      clock,
      speed,
      (line) => lines.push(line),
      () => realMs,
    ),
  };
};

test("virtual time runs as many times as fast as asked", async () => {
  const { clock, pace } = paced(60);
  await pass(10_000);
  pace.stop();
  expect(clock.now()).toBe(NOON + 600_000);
  await pass(10_000);
  expect(clock.now()).toBe(NOON + 600_000);
});

test("no fraction of a millisecond is lost", async () => {
  const { clock, pace } = paced(1.01);
  await pass(10_000);
  pace.stop();
  expect(clock.now()).toBe(NOON + 10_100);
});

test("somebody may move time on meanwhile, and it runs on from there", async () => {
  const { clock, pace } = paced(1);
  await pass(1000);
  await clock.advance(NOON + 3_600_000);
  await pass(1000);
  pace.stop();
  expect(clock.now()).toBe(NOON + 3_601_000);
});

test("while work holds the clock time stands still, and what passed meanwhile is made up for", async () => {
  const { clock, pace } = paced(10);
  const hold = clock.hold("oom at work");
  await pass(2000);
  expect(clock.now()).toBe(NOON);
  hold.release();
  await new Promise((resolve) => setImmediate(resolve));
  await pass(100);
  pace.stop();
  expect(clock.now()).toBeGreaterThan(NOON + 20_000);
});

test("a due event that fails is said aloud, and time goes on", async () => {
  const lines: string[] = [];
  const { clock, pace } = paced(1, lines);
  clock.at(NOON + 500, "poll the queue", () => {
    throw new Error("no such queue");
  });
  await pass(2000);
  pace.stop();
  expect(lines).toEqual([
    expect.stringContaining('"poll the queue", due at 2026-03-02T12:00:00.500Z, failed: Error: no such queue'),
  ]);
  expect(clock.now()).toBeGreaterThanOrEqual(NOON + 1900);
});
