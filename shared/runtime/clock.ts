/** The only place of the product that asks what time it is. */
import type { Clock } from "#shared/ports/clock.ts";

export const systemClock: Clock = { now: () => new Date() };

/** Lets so many seconds pass, or fewer when the signal says so. */
export const pause = (seconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
