/** The only place of the product that asks what time it is. */
import type { Clock } from "#shared/ports/clock.ts";

export const systemClock: Clock = { now: () => new Date() };

/** Lets so many seconds pass. */
export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
