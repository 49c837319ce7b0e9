import type { Json } from "../../../contract.ts";
import { type JsonText, JsonTextError, Members, readJsonText } from "./json-text.ts";
import type { Test } from "./leaf.ts";
import { operatorTest, valueTest } from "./operators.ts";
import { type PatternRefusal, RefusedPattern } from "./refusal.ts";

/** One way to satisfy a pattern: every path must have a leaf that passes one of its tests, paths in order of name. */
export type Alternative = readonly (readonly [path: string, tests: readonly Test[]])[];

/** A pattern ready for matching: any one alternative is enough. */
export interface Pattern {
  readonly alternatives: readonly Alternative[];
}

/** Source: EventBridge quotas, a rule whose `$or` yields more combinations is refused. */
const MOST_COMBINATIONS = 1_000;

const RESERVED_INSIDE_OR: ReadonlySet<string> = new Set([
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
  "cidr",
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "regex",
  "not-wildcard",
  "not-equals-ignore-case",
  "date-after",
  "date-on-or-after",
  "date-before",
  "date-on-or-before",
  "in-date-range",
  "ip-address-in-range",
  "ip-address-not-in-range",
]);

type Draft = ReadonlyMap<string, readonly Test[]>;

const testsOf = (values: readonly JsonText[], path: string): readonly Test[] => {
  if (values.length === 0) throw new RefusedPattern("empty-array", `Empty arrays are not allowed at "${path}"`);
  return values.map((value) => {
    if (value instanceof Members) return operatorTest(value);
    if (Array.isArray(value))
      throw new RefusedPattern("unsupported-value", "Match value must be String, number, true, false, or null");
    return valueTest(value as Parameters<typeof valueTest>[0]);
  });
};

const withEither = (drafts: readonly Draft[], prefix: string, branches: JsonText): readonly Draft[] => {
  if (!Array.isArray(branches)) throw new RefusedPattern("or-needs-objects", "$or must be followed by an array.");
  const grown = (branches as readonly JsonText[]).flatMap((branch) => {
    if (!(branch instanceof Members))
      throw new RefusedPattern("or-needs-objects", "Only JSON objects are allowed in the array of $or.");
    return withMembers(drafts, prefix, branch, true);
  });
  if (branches.length < 2) throw new RefusedPattern("or-needs-two", "There must be at least 2 objects in $or.");
  if (grown.length > MOST_COMBINATIONS)
    throw new RefusedPattern(
      "or-too-many-combinations",
      `$or yields ${grown.length} combinations, at most 1000 may be`,
    );
  return grown;
};

/** Adds an object's members to every draft; a path that is named again replaces what was asked of it before. */
const withMembers = (
  drafts: readonly Draft[],
  prefix: string,
  { entries }: Members,
  insideOr: boolean,
): readonly Draft[] => {
  if (entries.length === 0) throw new RefusedPattern("empty-object", "Empty objects are not allowed");
  return entries.reduce((before, [name, value]) => {
    if (name === "$or") return withEither(before, prefix, value);
    if (insideOr && RESERVED_INSIDE_OR.has(name))
      throw new RefusedPattern(
        "or-reserved-field",
        `${name} is a reserved field name which cannot be used inside $or.`,
      );
    if (value instanceof Members) return withMembers(before, `${prefix}${name}.`, value, insideOr);
    if (!Array.isArray(value))
      throw new RefusedPattern("not-an-object-or-array", `"${name}" must be an object or an array`);
    const path = `${prefix}${name}`;
    const tests = testsOf(value, path);
    return before.map((draft) => new Map(draft).set(path, tests));
  }, drafts);
};

const byPath = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1;

/** Compiles an EventBridge pattern, from its text or its value, or says why it is none. Source: aws/event-ruler. */
export const compilePattern = (source: Json): Pattern | PatternRefusal => {
  try {
    const root = readJsonText(typeof source === "string" ? source : JSON.stringify(source));
    if (!(root instanceof Members)) throw new RefusedPattern("not-an-object", "Filter is not an object");
    const drafts = withMembers([new Map()], "", root, false);
    return { alternatives: drafts.map((draft) => [...draft].sort(byPath)) };
  } catch (error) {
    if (error instanceof RefusedPattern) return error.refusal;
    if (error instanceof JsonTextError) return { refused: "not-json", message: error.message };
    throw error;
  }
};

/** Whether compiling ended in a refusal. */
export const isRefused = (compiled: Pattern | PatternRefusal): compiled is PatternRefusal => "refused" in compiled;
