import { expect, test } from "vitest";
import { type Calm, changeTaskSeconds, freshCalm, passTime } from "./calm.ts";

/** An hour of ten-second ticks with so many changes spread over it. */
const hourWith = (changes: number, calm: Calm = freshCalm, tasks = 8): Calm =>
  Array.from({ length: 360 }, (_, tick) => tick).reduce(
    (known, tick) =>
      passTime(known, {
        elapsedSeconds: 10,
        hasChanged: Math.floor(((tick + 1) * changes) / 360) > Math.floor((tick * changes) / 360),
        tasks,
      }),
    calm,
  );

test("a queue that is changed thirty-seven times in two hours keeps the price of a change", () => {
  expect(hourWith(19, hourWith(18)).priceSeconds).toBeCloseTo(freshCalm.priceSeconds, 6);
});

test("changes that come oftener make the next one dearer, rarer ones make it cheaper, within bounds", () => {
  expect(hourWith(26).priceSeconds).toBeCloseTo(freshCalm.priceSeconds * Math.exp(0.05 * 7.5), 6);
  expect(hourWith(10).priceSeconds).toBeCloseTo(freshCalm.priceSeconds * Math.exp(-0.05 * 8.5), 6);
  expect(hourWith(360).priceSeconds).toBe(150);
  expect(hourWith(0, { ...freshCalm, priceSeconds: 3 }).priceSeconds).toBe(2);
});

test("a change is worth what the usual count could idle for, or the present one where that is less", () => {
  const usual: Calm = { ...freshCalm, usualTasks: 8 };
  expect(changeTaskSeconds(usual, 8)).toBeCloseTo(40 * 8, 6);
  expect(changeTaskSeconds(usual, 400)).toBeCloseTo(40 * 8, 6);
  expect(changeTaskSeconds(usual, 2)).toBeCloseTo(40 * 2, 6);
  expect(changeTaskSeconds(usual, 0)).toBeCloseTo(40, 6);
});

test("the usual count follows the count within hours, so a pulse hardly moves it", () => {
  const pulse = passTime(hourWith(18), { elapsedSeconds: 60, hasChanged: false, tasks: 400 });
  expect(pulse.usualTasks).toBeLessThan(10);
  expect(hourWith(0, hourWith(0, hourWith(0, hourWith(0, pulse, 20), 20), 20), 20).usualTasks).toBeGreaterThan(15);
});

test("a change ends the idling that led to it", () => {
  const idle: Calm = { ...freshCalm, idleTaskSeconds: 320 };
  const after = (hasChanged: boolean) => passTime(idle, { elapsedSeconds: 10, hasChanged, tasks: 8 }).idleTaskSeconds;
  expect([after(false), after(true)]).toEqual([320, 0]);
});
