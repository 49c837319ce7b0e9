/** A clock that stands still until it is moved. */
import type { Clock } from "#shared/ports/clock.ts";

export interface FakeClock extends Clock {
  advance(seconds: number): void;
}

export const fakeClock = (start = "2026-11-23T03:00:00.000Z"): FakeClock => {
  let nowMs = Date.parse(start);
  return {
    now: () => new Date(nowMs),
    advance(seconds) {
      nowMs += seconds * 1000;
    },
  };
};
