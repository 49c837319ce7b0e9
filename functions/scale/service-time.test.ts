import { expect, test } from "vitest";
import { isLearned, learnServiceTime, type SeenMinute, type ServiceTime } from "./service-time.ts";

const unknown: ServiceTime = { inFlightSeconds: 3, slotSeconds: 3, deletions: 0 };
const saturated: SeenMinute = [600, 8 * 6, 8 * 6, 6, 6];
const minute = (deletedMessages: number) => [{ startSeconds: 600, sentMessages: deletedMessages, deletedMessages }];

test("eight slots that are always busy and delete 240 a minute need two seconds a message", () => {
  const learned = learnServiceTime(unknown, [saturated], minute(240));
  expect(learned.slotSeconds).toBeCloseTo(2, 1);
  expect(learned.inFlightSeconds).toBe(learned.slotSeconds);
  expect(isLearned(learned)).toBe(true);
});

test("a minute that was not watched teaches nothing", () => {
  expect(learnServiceTime(unknown, [[540, 48, 48, 6, 6]], minute(240))).toBe(unknown);
});

test("a handful of deletions is not enough to know", () => {
  expect(isLearned(learnServiceTime(unknown, [[600, 6, 48, 0, 6]], minute(5)))).toBe(false);
});

test("messages in flight that nobody works on do not make a known slot look slow at once", () => {
  const known: ServiceTime = { inFlightSeconds: 2, slotSeconds: 2, deletions: 2000 };
  const learned = learnServiceTime(known, [[600, 6 * 6, 8 * 6, 0, 6]], minute(60));
  expect(learned.slotSeconds - 2).toBeLessThan((learned.inFlightSeconds - 2) / 3);
});

test("a service time that has doubled is followed within ten saturated minutes", () => {
  let service: ServiceTime = { inFlightSeconds: 2, slotSeconds: 2, deletions: 2000 };
  for (let index = 0; index < 10; index += 1) service = learnServiceTime(service, [saturated], minute(120));
  expect(service.slotSeconds).toBeGreaterThan(3.5);
});

const neverBusy: SeenMinute = [600, 0, 8 * 6, 0, 6];

test("four deletions that no read saw being worked on leave something of the guess", () => {
  const learned = learnServiceTime(unknown, [neverBusy], minute(4));
  expect(learned.inFlightSeconds).toBeCloseTo(0.6, 1);
});

test("however long nobody is met at work, a message takes some time", () => {
  let service = unknown;
  for (let index = 0; index < 1000; index += 1) service = learnServiceTime(service, [neverBusy], minute(240));
  expect([service.inFlightSeconds, service.slotSeconds]).toEqual([0.02, 0.02]);
});

test("reads that meet a busy slot now and then teach its time all the same", () => {
  let service = unknown;
  for (let index = 0; index < 60; index += 1) {
    const seen: SeenMinute = [600, index % 5 === 0 ? 1 : 0, 8 * 6, 0, 6];
    service = learnServiceTime(service, [seen], minute(2));
  }
  expect(service.inFlightSeconds).toBeGreaterThan(0.8);
  expect(service.inFlightSeconds).toBeLessThan(1.5);
});
