/** Checks what comes in at the control door: a refusal names the field, its value, and what would be fine. */
import type { Json, JsonObject } from "../contract.ts";

/** A refusal of the control door, with its HTTP status. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Reads a value, or refuses it: `name` is the field as written in the body. */
export type Check<T> = (value: Json, name: string) => T;

const refuse = (value: Json, name: string, fine: string): never => {
  throw new Refusal(`${name} is ${JSON.stringify(value)}; ${fine} would be fine`);
};

/** A number within bounds, both included; `unit` reads like "seconds". */
export const number =
  (unit: string, atLeast: number, atMost: number): Check<number> =>
  (value, name) =>
    typeof value === "number" && value >= atLeast && value <= atMost
      ? value
      : refuse(value, name, `a number of ${unit} from ${atLeast} to ${atMost}`);

/** A whole number within bounds. */
export const count =
  (unit: string, atLeast: number, atMost: number): Check<number> =>
  (value, name) =>
    typeof value === "number" && Number.isInteger(value) && value >= atLeast && value <= atMost
      ? value
      : refuse(value, name, `a whole number of ${unit} from ${atLeast} to ${atMost}`);

/** A text that is not empty. */
export const text =
  (what: string): Check<string> =>
  (value, name) =>
    typeof value === "string" && value !== "" ? value : refuse(value, name, what);

/** One of a few words. */
export const oneOf =
  <const T extends string>(words: readonly T[]): Check<T> =>
  (value, name) =>
    words.find((word) => word === value) ?? refuse(value, name, `one of ${words.join(", ")}`);

/** True or false. */
export const flag: Check<boolean> = (value, name) =>
  typeof value === "boolean" ? value : refuse(value, name, "true or false");

/** True or false, or a text that says why. */
export const flagOrReason: Check<boolean | string> = (value, name) =>
  typeof value === "boolean" || (typeof value === "string" && value !== "")
    ? value
    : refuse(value, name, "true, false, or the text of a reason");

/** A list of texts. */
export const texts =
  (what: string): Check<readonly string[]> =>
  (value, name) =>
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string" && each !== "")
      ? (value as readonly string[])
      : refuse(value, name, what);

/** A JSON object, taken as it is. */
export const object =
  (what: string): Check<JsonObject> =>
  (value, name) =>
    isObject(value) ? value : refuse(value, name, what);

/** The same check, and null. */
export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, name) =>
    value === null ? null : check(value, name);

/** A check of a field that may be left out. */
export interface Optional<T> {
  readonly optional: Check<T>;
}

/** Says that a field may be left out. */
export const optional = <T>(check: Check<T>): Optional<T> => ({ optional: check });

type Shape = Readonly<Record<string, Check<unknown> | Optional<unknown>>>;

type Read<S extends Shape> = {
  readonly [K in keyof S as S[K] extends Check<unknown> ? K : never]: S[K] extends Check<infer T> ? T : never;
} & {
  readonly [K in keyof S as S[K] extends Optional<unknown> ? K : never]?: S[K] extends Optional<infer T> ? T : never;
};

/** The fields of a body, all of them known and right. */
export function fields<S extends Shape>(body: Json, shape: S): Read<S> {
  if (!isObject(body))
    throw new Refusal(`the body is ${JSON.stringify(body)}; a JSON object with ${names(shape)} would be fine`);
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(shape, name));
  if (unknown !== undefined) throw new Refusal(`${unknown} is not a field here; ${names(shape)} would be fine`);
  const read: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(shape)) {
    const value = body[name];
    if (value !== undefined)
      read[name] = typeof check === "function" ? check(value, name) : check.optional(value, name);
    else if (typeof check === "function") throw new Refusal(`${name} is missing; ${names(shape)} would be fine`);
  }
  return read as Read<S>;
}

/** Refuses a body that asks for nothing. */
export function atLeastOne<T extends object>(read: T, shape: Shape): T {
  if (Object.keys(read).length === 0)
    throw new Refusal(`the body is empty; one or more of ${names(shape)} would be fine`);
  return read;
}

const names = (shape: Shape): string =>
  Object.entries(shape)
    .map(([name, check]) => (typeof check === "function" ? name : `${name} (optional)`))
    .join(", ");

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
