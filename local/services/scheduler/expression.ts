import { type Cron, cronOf, nextOf } from "./cron.ts";

/** When something recurs, or the one instant at which it happens. */
export type Schedule =
  | { readonly kind: "rate"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly cron: Cron; readonly timeZone: string }
  | { readonly kind: "at"; readonly atMs: number };

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const rateOf = (text: string): Schedule | undefined => {
  const [, digits = "", unit = "", plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(text) ?? [];
  const count = Number(digits);
  const unitMs = UNIT_MS[unit];
  const isPlural = plural === "s";
  if (!unitMs || count < 1 || isPlural !== count > 1) return undefined;
  return { kind: "rate", everyMs: count * unitMs };
};

const atOf = (text: string, timeZone: string): Schedule | undefined => {
  const [, local] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? [];
  const localMs = local === undefined ? Number.NaN : Date.parse(`${local}Z`);
  return Number.isNaN(localMs) ? undefined : { kind: "at", atMs: fromLocal(localMs, timeZone) };
};

/** `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-01-02T03:04:05)`; undefined when it is none of these. */
export const scheduleOf = (text: string, timeZone = "UTC"): Schedule | undefined => {
  if (!isTimeZone(timeZone)) return undefined;
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  if (fields === undefined) return rateOf(text) ?? atOf(text, timeZone);
  const cron = cronOf(fields);
  return cron && { kind: "cron", cron, timeZone };
};

const isTimeZone = (timeZone: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat("en-US", { timeZone }));
  } catch {
    return false;
  }
};

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
const offsetMs = (atMs: number, timeZone: string): number => {
  if (timeZone === "UTC") return 0;
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};

/** The instant at which a zone's wall clock shows `localMs`; the later one where it shows it twice. */
const fromLocal = (localMs: number, timeZone: string): number => {
  const guessMs = localMs - offsetMs(localMs, timeZone);
  return localMs - offsetMs(guessMs, timeZone);
};

/** The first due instant after `afterMs`, in milliseconds; a rate counts from `sinceMs`. */
export const nextDueMs = (schedule: Schedule, sinceMs: number, afterMs: number): number | undefined => {
  switch (schedule.kind) {
    case "rate":
      return sinceMs + (Math.floor((afterMs - sinceMs) / schedule.everyMs) + 1) * schedule.everyMs;
    case "at":
      return schedule.atMs > afterMs ? schedule.atMs : undefined;
    case "cron": {
      const localMs = nextOf(schedule.cron, afterMs + offsetMs(afterMs, schedule.timeZone));
      if (localMs === undefined) return undefined;
      const dueMs = fromLocal(localMs, schedule.timeZone);
      return dueMs > afterMs ? dueMs : nextDueMs(schedule, sinceMs, dueMs + 3_600_000);
    }
  }
};
