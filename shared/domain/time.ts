/** Arithmetic on instants. Domain code is told the time, it never asks for it. */

/** An instant as AWS and the ledger hand it over: a `Date` or ISO 8601 text. */
export type Instant = Date | string;

/** Milliseconds since 1970; refuses what is no instant, for a wrong time must never pass as an early one. */
export function epochMs(instant: Instant): number {
  const ms = typeof instant === "string" ? Date.parse(instant) : instant.getTime();
  if (Number.isNaN(ms)) throw new RangeError(`reading an instant: ${String(instant)} is not an ISO 8601 date and time`);
  return ms;
}

/** True when the text names an instant. */
export const isInstant = (text: string): boolean => !Number.isNaN(Date.parse(text));

/** Seconds from the first instant to the second; negative when the second is earlier. */
export const secondsBetween = (from: Instant, to: Instant): number => (epochMs(to) - epochMs(from)) / 1000;

/** The instant so many seconds later, as ISO text. */
export const addSeconds = (instant: Instant, seconds: number): string =>
  new Date(epochMs(instant) + seconds * 1000).toISOString();

/** True when more than so many seconds lie between the instant and now. */
export const isOlderThan = (instant: Instant, seconds: number, now: Instant): boolean =>
  secondsBetween(instant, now) > seconds;

/** True when the first instant is before the second. */
export const isBefore = (first: Instant, second: Instant): boolean => epochMs(first) < epochMs(second);

/** The day in UTC, such as `2026-11-23`. */
export const dayOf = (instant: Instant): string => new Date(epochMs(instant)).toISOString().slice(0, 10);

/** The hour in UTC, such as `2026-11-23T09`. */
export const hourOf = (instant: Instant): string => new Date(epochMs(instant)).toISOString().slice(0, 13);

/** The month in UTC, such as `2026-11`. */
export const monthOf = (instant: Instant): string => new Date(epochMs(instant)).toISOString().slice(0, 7);
