/** The only place of the product that asks what time it is. */
import type { Clock } from "#shared/ports/clock.ts";

export const systemClock: Clock = { now: () => new Date() };
