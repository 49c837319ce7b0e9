/** IAM condition operators. Source: IAM user guide, "IAM JSON policy elements: Condition operators". */
import type { Json, JsonObject } from "../../contract.ts";
import { arnMatcher, literalMatcher, type Matcher, type RequestContext, textMatcher } from "./pattern.ts";

/** Whether a statement's conditions hold for a request. */
export type Condition = (context: RequestContext) => boolean;

interface Operator {
  /** Negated operators hold when the key is absent, and are "none of the values" rather than "one of them". */
  readonly negated: boolean;
  readonly compile: (value: string) => Matcher;
}

const lower = (text: string): string => text.toLowerCase();

const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
const instant = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const ordered =
  (parse: (text: string) => number, holds: (actual: number, wanted: number) => boolean) =>
  (value: string): Matcher => {
    const wanted = parse(value);
    if (Number.isNaN(wanted)) throw new Error(`condition value ${JSON.stringify(value)} cannot be compared`);
    return (text) => holds(parse(text), wanted);
  };

const truth = (value: string): Matcher => {
  const wanted = lower(value);
  if (wanted !== "true" && wanted !== "false")
    throw new Error(`Bool takes true or false, not ${JSON.stringify(value)}`);
  return (text) => lower(text) === wanted;
};

const equal = (a: number, b: number): boolean => a === b;
const below = (a: number, b: number): boolean => a < b;
const atMost = (a: number, b: number): boolean => a <= b;
const above = (a: number, b: number): boolean => a > b;
const atLeast = (a: number, b: number): boolean => a >= b;
const is = (compile: Operator["compile"]): Operator => ({ negated: false, compile });
const isNot = (compile: Operator["compile"]): Operator => ({ negated: true, compile });

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: is((value) => literalMatcher(value)),
  StringNotEquals: isNot((value) => literalMatcher(value)),
  StringEqualsIgnoreCase: is((value) => literalMatcher(value, lower)),
  StringNotEqualsIgnoreCase: isNot((value) => literalMatcher(value, lower)),
  StringLike: is(textMatcher),
  StringNotLike: isNot(textMatcher),
  ArnEquals: is(arnMatcher),
  ArnLike: is(arnMatcher),
  ArnNotEquals: isNot(arnMatcher),
  ArnNotLike: isNot(arnMatcher),
  NumericEquals: is(ordered(number, equal)),
  NumericNotEquals: isNot(ordered(number, equal)),
  NumericLessThan: is(ordered(number, below)),
  NumericLessThanEquals: is(ordered(number, atMost)),
  NumericGreaterThan: is(ordered(number, above)),
  NumericGreaterThanEquals: is(ordered(number, atLeast)),
  DateEquals: is(ordered(instant, equal)),
  DateNotEquals: isNot(ordered(instant, equal)),
  DateLessThan: is(ordered(instant, below)),
  DateLessThanEquals: is(ordered(instant, atMost)),
  DateGreaterThan: is(ordered(instant, above)),
  DateGreaterThanEquals: is(ordered(instant, atLeast)),
  Bool: is(truth),
};

/** Reads a `Condition` block. An operator that is not modelled is an error here, never a condition that holds. */
export function compileConditions(block: JsonObject): Condition {
  const conditions = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as JsonObject).map(([key, values]) =>
      compileOne(operator, key.toLowerCase(), texts(values)),
    ),
  );
  return (context) => conditions.every((holds) => holds(context));
}

function compileOne(written: string, key: string, values: readonly string[]): Condition {
  const [, quantifier = "", name = "", ifExists = ""] =
    /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(written) ?? [];
  if (name === "Null") {
    const wanted = values.map(lower);
    return (context) => wanted.includes(String(!context.has(key)));
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw new Error(`the condition operator ${written} is not modelled`);
  const matchers = values.map(operator.compile);
  const one = (value: string, context: RequestContext): boolean =>
    matchers.some((fits) => fits(value, context)) !== operator.negated;

  return (context) => {
    const actual = context.get(key);
    if (actual === undefined)
      return ifExists !== "" || quantifier === "ForAllValues:" || (quantifier === "" && operator.negated);
    if (quantifier === "ForAllValues:") return actual.every((value) => one(value, context));
    if (quantifier === "ForAnyValue:") return actual.some((value) => one(value, context));
    const [only, ...more] = actual;
    if (more.length > 0) throw new Error(`${key} has several values: ${written} needs ForAllValues or ForAnyValue`);
    return only !== undefined && one(only, context);
  };
}

/** A policy's value or values as text: numbers and booleans are written either way. */
export const texts = (value: Json | undefined): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map((each) => String(each));
