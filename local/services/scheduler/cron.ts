/** Whether a day of a month is meant; `daysInMonth` and `weekday` (1 is Sunday) are the calendar's. */
type DayTest = (day: number, weekday: number, daysInMonth: number) => boolean;

/** The six fields of an AWS cron expression, as what they allow. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly day: DayTest;
  readonly months: readonly number[];
  readonly years: readonly number[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const numberIn = (text: string, names: readonly string[]): number => {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + 1;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
};

/** The numbers a field allows: `*`, `5`, `1-5`, `0/15`, `1,3`; undefined when it is none of these. */
const numbersOf = (field: string, least: number, most: number, names: readonly string[] = []): number[] | undefined => {
  const allowed = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", stepText = "1", ...rest] = part.split("/");
    const [fromText = "", toText, ...more] = range === "*" ? [String(least), String(most)] : range.split("-");
    const from = numberIn(fromText, names);
    const to = toText === undefined ? (part.includes("/") ? most : from) : numberIn(toText, names);
    const step = Number(stepText);
    const inBounds = from >= least && to <= most && from <= to && Number.isInteger(step) && step >= 1;
    if (!inBounds || rest.length > 0 || more.length > 0) return undefined;
    for (let number = from; number <= to; number += step) allowed.add(number);
  }
  return [...allowed].sort((left, right) => left - right);
};

/** `15W`: the weekday nearest to the 15th, never in another month. */
const nearestWeekday =
  (wanted: number): DayTest =>
  (day, weekday, daysInMonth) => {
    const wantedWeekday = ((((weekday - 1 + wanted - day) % 7) + 7) % 7) + 1;
    if (wantedWeekday === 7) return day === (wanted === 1 ? 3 : wanted - 1);
    if (wantedWeekday === 1) return day === (wanted === daysInMonth ? wanted - 2 : wanted + 1);
    return day === wanted;
  };

const dayOfMonth = (field: string): DayTest | undefined => {
  if (field === "L") return (day, _weekday, daysInMonth) => day === daysInMonth;
  const [, near] = /^(\d+)W$/.exec(field) ?? [];
  if (near !== undefined) return Number(near) >= 1 && Number(near) <= 31 ? nearestWeekday(Number(near)) : undefined;
  const days = numbersOf(field, 1, 31);
  return days && ((day) => days.includes(day));
};

const dayOfWeek = (field: string): DayTest | undefined => {
  if (field === "L") return (_day, weekday) => weekday === 7;
  const [, lastText, nthText, nth] = /^(?:(\w+)L|(\w+)#([1-5]))$/.exec(field) ?? [];
  if (lastText !== undefined) {
    const wanted = numberIn(lastText, WEEKDAYS);
    if (!(wanted >= 1 && wanted <= 7)) return undefined;
    return (day, weekday, daysInMonth) => weekday === wanted && day + 7 > daysInMonth;
  }
  if (nthText !== undefined) {
    const wanted = numberIn(nthText, WEEKDAYS);
    if (!(wanted >= 1 && wanted <= 7)) return undefined;
    return (day, weekday) => weekday === wanted && Math.ceil(day / 7) === Number(nth);
  }
  const weekdays = numbersOf(field, 1, 7, WEEKDAYS);
  return weekdays && ((_day, weekday) => weekdays.includes(weekday));
};

/** Reads the six fields; exactly one of day-of-month and day-of-week must be `?`, as AWS asks. */
export const cronOf = (text: string): Cron | undefined => {
  const [minute = "", hour = "", monthDay = "", month = "", weekDay = "", year = "", ...rest] = text
    .trim()
    .split(/\s+/);
  if (rest.length > 0 || (monthDay === "?") === (weekDay === "?")) return undefined;
  const minutes = numbersOf(minute, 0, 59);
  const hours = numbersOf(hour, 0, 23);
  const day = monthDay === "?" ? dayOfWeek(weekDay) : dayOfMonth(monthDay);
  const months = numbersOf(month, 1, 12, MONTHS);
  const years = numbersOf(year, 1970, 2199);
  return minutes && hours && day && months && years && { minutes, hours, day, months, years };
};

const DAY_MS = 86_400_000;

/** The first instant after `afterMs` that the fields allow, both in milliseconds of the schedule's wall clock. */
export const nextOf = ({ minutes, hours, day, months, years }: Cron, afterMs: number): number | undefined => {
  const lastYear = years.at(-1) ?? 0;
  for (let midnightMs = Math.floor(afterMs / DAY_MS) * DAY_MS; ; midnightMs += DAY_MS) {
    const date = new Date(midnightMs);
    if (date.getUTCFullYear() > lastYear) return undefined;
    const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    const isDay =
      years.includes(date.getUTCFullYear()) &&
      months.includes(date.getUTCMonth() + 1) &&
      day(date.getUTCDate(), date.getUTCDay() + 1, daysInMonth);
    if (!isDay) continue;
    for (const hour of hours)
      for (const minute of minutes) {
        const dueMs = midnightMs + hour * 3_600_000 + minute * 60_000;
        if (dueMs > afterMs) return dueMs;
      }
  }
};
