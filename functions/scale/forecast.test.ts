import { expect, test } from "vitest";
import type { Sample } from "./arrivals.ts";
import { forecast, freshForecasting, isForecastFounded, learnForecast } from "./forecast.ts";

/** A curve of ten-second reads with the given messages a second in each; a few wait, four are worked on. */
const curveOf = (rates: readonly number[]): readonly Sample[] => {
  let arrived = 0;
  return rates.map((rate, index): Sample => {
    arrived += rate * 10;
    return [index * 10, arrived, 5, 4];
  });
};
const flat = (count: number, rate: number): number[] => Array(count).fill(rate);

test("a curve of one read expects at least what leaves", () => {
  expect(forecast([[0, 100, 80, 20]], freshForecasting, 2).rate).toBe(10);
  expect(isForecastFounded([[0, 100, 80, 20]])).toBe(false);
});

test("a steady queue is expected to stay steady", () => {
  const { rate, isSurge } = forecast(curveOf(flat(32, 20)), freshForecasting, 2);
  expect(rate).toBeCloseTo(20, 0);
  expect(isSurge).toBe(false);
});

test("a ramp is expected to go on, and called a surge", () => {
  const ramp = curveOf([...flat(26, 20), 60, 100, 140, 180, 220, 260]);
  const { rate, isSurge } = forecast(ramp, freshForecasting, 2);
  expect(rate).toBeGreaterThan(260);
  expect(isSurge).toBe(true);
});

test("a queue whose surges never last is believed less each time", () => {
  let learned = freshForecasting;
  const rates = [...flat(32, 20)];
  for (let tick = 0; tick < 300; tick += 1) {
    rates.push(tick % 12 === 0 ? 200 : 20);
    learned = learnForecast(curveOf(rates.slice(-32)), learned);
  }
  const surge = curveOf([...flat(30, 20), 200, 200]);
  expect(forecast(surge, learned, 2).rate).toBeLessThan(forecast(surge, freshForecasting, 2).rate / 2);
});

test("after a pulse the rate is never expected below what arrives now", () => {
  expect(forecast(curveOf([...flat(20, 300), ...flat(12, 20)]), freshForecasting, 2).rate).toBeGreaterThanOrEqual(19);
});
