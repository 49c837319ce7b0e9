import { expect, test } from "vitest";
import { isLearned, learnServiceTime, type SeenMinute, type ServiceTime } from "./service-time.ts";

const unknown: ServiceTime = { inFlightSeconds: 3, slotSeconds: 3, deletions: 0 };
const saturated: SeenMinute = [600, 8 * 6, 8 * 6, 6, 6];
const minute = (deletedMessages: number) => [{ startSeconds: 600, sentMessages: deletedMessages, deletedMessages }];

test("eight slots that are always busy and delete 240 a minute need two seconds a message", () => {
  const learned = learnServiceTime(unknown, [saturated], minute(240));
  expect([learned.slotSeconds, learned.inFlightSeconds, isLearned(learned)]).toEqual([2, 2, true]);
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
