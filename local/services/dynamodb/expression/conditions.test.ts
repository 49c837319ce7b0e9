import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../contract.ts";
import { parseItem } from "../value.ts";
import { Expressions } from "./compile.ts";
import { holds } from "./evaluate.ts";

const item = parseItem({
  n: { N: "5" },
  low: { N: "1" },
  high: { N: "5.0" },
  word: { S: "abc" },
  blank: { S: "" },
  flag: { BOOL: true },
  nothing: { NULL: true },
  letters: { SS: ["a", "b"] },
  pieces: { L: [{ N: "1" }, { S: "x" }, { M: { deep: { BOOL: false } } }] },
  entry: { M: { x: { N: "1" } } },
  bytes: { B: "AQID" },
});

const bound = (ConditionExpression: string, values: JsonObject = {}) => {
  const used = Object.fromEntries(
    Object.entries(values).filter(([name]) => ConditionExpression.match(new RegExp(`${name}\\b`))),
  );
  const request = { ConditionExpression, ...(Object.keys(used).length > 0 && { ExpressionAttributeValues: used }) };
  const { condition } = new Expressions().bind(request, ["ConditionExpression"]);
  if (!condition) throw new Error("there is no condition");
  return condition;
};

const values: JsonObject = {
  ":five": { N: "5" },
  ":six": { N: "6" },
  ":abc": { S: "abc" },
  ":ab": { S: "ab" },
  ":a": { S: "a" },
  ":one": { N: "1" },
  ":x": { S: "x" },
  ":map": { M: { x: { N: "1.0" } } },
  ":set": { SS: ["b", "a"] },
  ":prefix": { B: "AQI=" },
  ":type": { S: "NULL" },
  ":true": { BOOL: true },
};

describe("holds", () => {
  test.each([
    "n = :five",
    "n <= :five",
    "n >= :five",
    "n < :six",
    "n BETWEEN low AND high",
    "n BETWEEN low AND :five",
    "n IN (:six, high)",
    "n <> :six",
    "nowhere <> :five",
    "NOT nowhere = :five",
    "NOT NOT n = :five",
    "entry = :map",
    "letters = :set",
    "begins_with(word, :ab)",
    "begins_with(bytes, :prefix)",
    "contains(word, :ab)",
    "contains(letters, :a)",
    "contains(pieces, :x)",
    "size(word) < :five",
    "size(pieces) < size(word) OR size(pieces) = size(word)",
    "size(blank) < :one",
    "attribute_type(nothing, :type)",
    "attribute_exists(pieces[2].deep)",
    "attribute_not_exists(pieces[3])",
    "attribute_not_exists(toString)",
    "flag = :true AND n = :five OR n = :six",
    "n = :six AND n = :six OR flag = :true",
    "flag = :true OR n = :six AND n = :six",
  ])("%s", (condition) => {
    expect(holds(bound(condition, values), item)).toBe(true);
  });
});

describe("does not hold", () => {
  test.each([
    "n < :five",
    "n > :five",
    "n = :abc",
    "n BETWEEN nowhere AND high",
    "n BETWEEN low AND nowhere",
    "nowhere = gone",
    "nowhere < :five",
    "n IN (nowhere, :six)",
    "word > :five",
    "size(n) > :one",
    "contains(entry, :x)",
    "begins_with(word, :x)",
    "NOT (n = :five)",
    "NOT n = :five AND flag = :true",
  ])("%s", (condition) => {
    expect(holds(bound(condition, values), item)).toBe(false);
  });
});

describe("is refused before any item is read", () => {
  test.each([
    ["n < :true", "operator: <, operand type: BOOL"],
    ["n BETWEEN :six AND :five", "upper bound to be greater than or equal to lower bound"],
    ["n BETWEEN :abc AND :five", "requires same data type for lower and upper bounds"],
    ["n = n", "The first operand must be distinct"],
    ["n IN (low, n)", "The first operand must be distinct"],
    ["((n = :five))", "The expression has redundant parentheses"],
    ["n", 'Syntax error; token: "<EOF>", near: "n"'],
    ["size(n)", "function: size"],
    ["contains(n, begins_with(word, :ab))", "not allowed to be used this way in an expression; function: begins_with"],
    ["attribute_exists(:five)", "requires a document path"],
    ["begins_with(word, :five)", "operator or function: begins_with, operand type: N"],
    ["contains(word)", "operator or function: contains, number of operands: 1"],
    ["attribute_type(n, :x)", "Invalid attribute type name found; type: x"],
    ["exists(n)", "Invalid function name; function: exists"],
    ["name = :five", "reserved keyword: name"],
    ["n = :five AND", 'Syntax error; token: "<EOF>", near: "AND"'],
    ["n == :five", 'Syntax error; token: "=", near: "== :five"'],
    [`n IN (${Array.from({ length: 101 }, () => ":five").join(", ")})`, "number of operands: 101"],
    [`n = :five ${" ".repeat(4096)}`, "Expression size has exceeded the maximum allowed size"],
  ])("%s: %s", (condition, message) => {
    expect(() => bound(condition, values)).toThrow(message);
  });
});
