/** Random DynamoDB expressions and items: mostly well formed, wrong often enough. */
import fc from "fast-check";
import type { JsonObject } from "../../local/contract.ts";

/** A random request with its item: what both implementations are asked. */
export interface Sample {
  readonly item: JsonObject;
  readonly condition: string;
  readonly update: string;
  readonly values: JsonObject;
}

const scalar = fc.constantFrom<JsonObject>(
  { S: "" },
  { S: "a" },
  { S: "ab" },
  { S: "b" },
  { N: "0" },
  { N: "1" },
  { N: "-2.5" },
  { N: "1e2" },
  { N: "0.30" },
  { B: "YQ==" },
  { BOOL: true },
  { NULL: true },
);
const set = fc.constantFrom<JsonObject>({ SS: ["a", "b"] }, { SS: ["b"] }, { NS: ["1", "2"] }, { BS: ["YQ=="] });
const list = fc.array(scalar, { maxLength: 3 }).map((members): JsonObject => ({ L: members }));
const map = fc
  .dictionary(fc.constantFrom("x", "y"), scalar, { maxKeys: 2 })
  .map((members): JsonObject => ({ M: members }));
const value = fc.oneof({ weight: 5, arbitrary: scalar }, set, list, map);

const attribute = fc.constantFrom("a", "b", "c", "#d");
const path = fc.oneof(
  { weight: 12, arbitrary: attribute },
  {
    weight: 4,
    arbitrary: fc.tuple(attribute, fc.constantFrom(".x", ".y", "[0]", "[1]", "[5]")).map(([head, tail]) => head + tail),
  },
  fc.constantFrom("name", "#d.status"),
);
const placeholder = fc.constantFrom(":v", ":w");
const simple = fc.oneof(path, { weight: 2, arbitrary: placeholder });
const operand = fc.oneof(
  { weight: 6, arbitrary: simple },
  simple.map((inner) => `size(${inner})`),
  simple.map((inner) => `(${inner})`),
);
const comparator = fc.constantFrom("=", "<>", "<", "<=", ">", ">=");

const leaf = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(operand, comparator, operand).map((parts) => parts.join(" ")) },
  // Bounds, choices and prefixes are values: dynalite dies where one is a path to nothing, or bounds differ in type.
  fc.tuple(operand, placeholder, placeholder).map(([x, low, high]) => `${x} BETWEEN ${low} AND ${high}`),
  fc
    .tuple(operand, fc.array(placeholder, { minLength: 1, maxLength: 3 }))
    .map(([x, some]) => `${x} IN (${some.join(", ")})`),
  fc
    .tuple(fc.constantFrom("attribute_exists", "attribute_not_exists"), simple)
    .map(([name, inner]) => `${name}(${inner})`),
  fc
    .tuple(fc.constantFrom("begins_with", "contains", "attribute_type"), simple, placeholder)
    .map(([name, x, y]) => `${name}(${x}, ${y})`),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    tie("condition").map((inner) => `NOT (${inner})`),
    tie("condition").map((inner) => `(${inner})`),
    fc
      .tuple(tie("condition"), fc.constantFrom("AND", "OR", "and"), tie("condition"))
      .map(([left, word, right]) => `${left} ${word} ${right}`),
  ),
}));

// What is changed and what is read are different attributes, or numbers: dynalite lets two attributes share one
// container, so that a change of one shows in the other.
const below = (heads: fc.Arbitrary<string>) =>
  fc
    .tuple(heads, fc.constantFrom("", "", "", ".x", ".y", "[0]", "[1]", "[5]", ".status"))
    .map(([head, tail]) => head + tail);
const target = below(fc.constantFrom("a", "#d"));
const source = fc.oneof(below(fc.constantFrom("b", "c", "name")), placeholder);
const sign = fc.constantFrom("+", "-");
const assignment = fc.oneof(
  fc.tuple(target, source).map(([x, y]) => `${x} = ${y}`),
  fc.tuple(target, source, sign, source).map(([x, y, word, z]) => `${x} = ${y} ${word} ${z}`),
  fc.tuple(target, sign, placeholder).map(([x, word, y]) => `${x} = ${x} ${word} ${y}`),
  fc.tuple(target, placeholder, placeholder).map(([x, y, z]) => `${x} = if_not_exists(${x}, ${y}) + ${z}`),
  fc.tuple(target, below(fc.constantFrom("b", "c")), source).map(([x, y, z]) => `${x} = if_not_exists(${y}, ${z})`),
  fc.tuple(target, source, source).map(([x, y, z]) => `${x} = list_append(${y}, ${z})`),
);
const some = (one: fc.Arbitrary<string>) =>
  fc.array(one, { minLength: 1, maxLength: 2 }).map((actions) => actions.join(", "));
const sets = some(assignment).map((text) => `SET ${text}`);
// One removal of a list's member at most: dynalite counts the positions of the second after the first.
const removes = fc.oneof(target, fc.constantFrom("a, #d", "#d, a.x", "c, a")).map((text) => `REMOVE ${text}`);
const changes = fc
  .constantFrom("ADD", "DELETE")
  .chain((word) =>
    some(fc.tuple(target, placeholder).map(([left, right]) => `${left} ${right}`)).map((text) => `${word} ${text}`),
  );
const update = fc.oneof(
  sets,
  removes,
  changes,
  fc.tuple(sets, removes).map((parts) => parts.join(" ")),
);

const item = fc
  .dictionary(fc.constantFrom("a", "b", "c", "d"), value, { maxKeys: 4 })
  .map((attributes): JsonObject => ({ pk: { S: "p" }, sk: { S: "s" }, ...attributes }));

const values = fc.record({ ":v": value, ":w": value });

/** Random updates under random conditions. */
export const samples: fc.Arbitrary<Sample> = fc.record({ item, condition, update, values });
/** Random conditions of an update that always works. */
export const conditionSamples: fc.Arbitrary<Sample> = samples.map((sample) => ({ ...sample, update: "REMOVE z" }));
/** Random updates under a condition that always holds. */
export const updateSamples: fc.Arbitrary<Sample> = samples.map((sample) => ({
  ...sample,
  condition: "attribute_exists(pk)",
}));
