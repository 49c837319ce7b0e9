/** A setting: what may be written, what holds when nothing is, and what it means. */
import * as v from "valibot";

export type SettingValue = string | number | boolean;

/** How far a service's tag may go: only down, only up, or to any mode that `limits.modeByTag` allows. */
export type TagRule = "lower" | "higher" | "mode";

export interface Field<Value extends SettingValue = SettingValue> {
  readonly schema: v.GenericSchema<unknown, Value>;
  /** Holds when neither document nor tag says anything. */
  readonly default: Value;
  /** What may be written, after "must be". */
  readonly valid: string;
  readonly description: string;
  /** Where a borrowed default comes from. */
  readonly source: string | undefined;
  /** Undefined: no tag sets it. */
  readonly tag: TagRule | undefined;
  /** Values that the document may give to named services only. */
  readonly namedOnly: readonly Value[];
}

interface Words<Value> {
  readonly default: Value;
  readonly description: string;
  readonly source?: string;
  readonly tag?: TagRule;
  readonly namedOnly?: readonly Value[];
}

const field = <Value extends SettingValue>(
  schema: v.GenericSchema<unknown, Value>,
  valid: string,
  { source, tag, namedOnly = [], ...words }: Words<Value>,
): Field<Value> => ({
  schema: v.pipe(schema, v.description(words.description), v.metadata({ valid, source })),
  valid,
  source,
  tag,
  namedOnly,
  ...words,
});

interface Range {
  readonly from: number;
  readonly to: number;
}

/** A whole number inside a range. */
export function wholeNumber({ from, to }: Range, words: Words<number>): Field<number> {
  const valid = `a whole number from ${from} to ${to}`;
  const message = `must be ${valid}`;
  return field(
    v.pipe(v.number(message), v.integer(message), v.minValue(from, message), v.maxValue(to, message)),
    valid,
    words,
  );
}

/** A number inside a range. */
export function decimal({ from, to }: Range, words: Words<number>): Field<number> {
  const valid = `a number from ${from} to ${to}`;
  const message = `must be ${valid}`;
  return field(v.pipe(v.number(message), v.minValue(from, message), v.maxValue(to, message)), valid, words);
}

/** True or false. */
export const flag = (words: Words<boolean>): Field<boolean> =>
  field(v.boolean("must be true or false"), "true or false", words);

/** One of a few words. */
export function oneOf<const Word extends string>(options: readonly Word[], words: Words<Word>): Field<Word> {
  const valid = `one of ${options.join(", ")}`;
  return field(v.picklist(options, `must be ${valid}`), valid, words);
}

/** One of a few numbers. */
export function oneOfNumbers(options: readonly number[], words: Words<number>): Field<number> {
  const valid = `one of ${options.join(", ")}`;
  return field(v.picklist(options, `must be ${valid}`), valid, words);
}

/** Text of a given form; the form is told in words. */
export const text = (form: RegExp, valid: string, words: Words<string>): Field<string> =>
  field(v.pipe(v.string(`must be ${valid}`), v.regex(form, `must be ${valid}`)), valid, words);
