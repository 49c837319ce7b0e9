/** Small checks that put together say what a block may look like. Each reports by JSON pointer, in Slack's words. */
import type { Json } from "../../../contract.ts";

/** Takes one complaint about the value at a pointer. */
type Report = (pointer: string, message: string) => void;

/** Looks at one value. */
export type Check = (value: Json | undefined, pointer: string, report: Report) => void;

/** Text of at least one character. Lengths are counted as JavaScript counts them. */
export const text =
  (mostCharacters: number): Check =>
  (value, pointer, report) => {
    if (typeof value !== "string") report(pointer, "must be a string");
    else if (value.length === 0) report(pointer, "must be more than 0 characters");
    else if (value.length > mostCharacters) report(pointer, `must be less than ${mostCharacters + 1} characters`);
  };

export const flag: Check = (value, pointer, report) => {
  if (typeof value !== "boolean") report(pointer, "must be a boolean");
};

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, pointer, report) => {
    if (typeof value !== "string" || !allowed.includes(value))
      report(pointer, `must be a valid enum value: ${allowed.join(", ")}`);
  };

export const url: Check = (value, pointer, report) => {
  text(3000)(value, pointer, report);
  if (typeof value === "string" && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(value)) report(pointer, "must be a valid URL");
};

/** A list; an empty one is refused unless `least` is 0. */
export const list =
  (mostItems: number, item: Check, leastItems = 1): Check =>
  (value, pointer, report) => {
    if (!Array.isArray(value)) {
      report(pointer, "must be an array");
      return;
    }
    if (value.length > mostItems) report(pointer, `no more than ${mostItems} items allowed`);
    if (value.length < leastItems) report(pointer, `no less than ${leastItems} items allowed`);
    value.forEach((each: Json, index) => {
      item(each, `${pointer}/${index}`, report);
    });
  };

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object with these members and no others. */
export const object =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, pointer, report) => {
    if (!isObject(value)) {
      report(pointer, "must be an object");
      return;
    }
    const known = { ...required, ...optional };
    for (const name of Object.keys(required))
      if (value[name] === undefined || value[name] === null) report(pointer, `missing required field: ${name}`);
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      if (!check) report(pointer, `invalid additional property: ${name}`);
      else if (member !== null) check(member, `${pointer}/${name}`, report);
    }
  };

/** One of several objects, told apart by `type`. */
export const byType =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, pointer, report) => {
    const type = isObject(value) ? value.type : undefined;
    const check = typeof type === "string" && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (check) check(value, pointer, report);
    else report(`${pointer}/type`, `unsupported type: ${String(type)}`);
  };

/** The first check, and this as well. */
export const also =
  (check: Check, further: Check): Check =>
  (value, pointer, report) => {
    check(value, pointer, report);
    further(value, pointer, report);
  };
