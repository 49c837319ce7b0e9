import { addressOf, blockOf, sameAddress } from "./address.ts";
import { ignoringCase } from "./ignore-case.ts";
import { type JsonText, Members, NumberText } from "./json-text.ts";
import type { Test } from "./leaf.ts";
import { quantityOf } from "./number.ts";
import { numericTest } from "./numeric.ts";
import { type RefusalReason, RefusedPattern } from "./refusal.ts";
import { wildcardOf } from "./wildcard.ts";

const onStrings =
  (test: (text: string) => boolean): Test =>
  ({ isString, text }) =>
    isString && test(text);

const exactly = (expected: string): Test => onStrings((text) => text === expected);

const stringTest = (expected: string): Test => {
  const address = addressOf(expected);
  if (!address) return exactly(expected);
  return onStrings((text) => {
    const other = addressOf(text);
    return other !== undefined && sameAddress(address, other);
  });
};

const numberTest = (expected: string): Test => {
  const quantity = quantityOf(expected);
  return ({ isString, text }) =>
    !isString && (text === expected || (quantity !== undefined && quantityOf(text) === quantity));
};

/** The test of a plain value in a pattern's list. */
export const valueTest = (value: null | boolean | string | NumberText): Test => {
  if (typeof value === "string") return stringTest(value);
  if (value instanceof NumberText) return numberTest(value.text);
  return ({ isString, text }) => !isString && text === String(value);
};

/** The only member of an operator object, or a refusal. */
const onlyMember = (members: Members, where: string): readonly [string, JsonText] => {
  const [first, ...rest] = members.entries;
  if (!first) throw new RefusedPattern("several-operators", `Match expression name not found in ${where}`);
  if (rest.length > 0) throw new RefusedPattern("several-operators", "Only one key allowed in match expression");
  return first;
};

const text = (operand: JsonText, operator: string, refused: RefusalReason): string => {
  if (typeof operand === "string") return operand;
  throw new RefusedPattern(refused, `${operator} match pattern must be a string`);
};

const wildcardTest = (operand: string): ((value: string) => boolean) => {
  const test = wildcardOf(operand);
  if (typeof test === "function") return test;
  const messages = {
    "consecutive-wildcards": "Consecutive wildcard characters",
    "invalid-escape": "Invalid escape character",
    "too-complex":
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character",
  };
  throw new RefusedPattern(test, `${messages[test]} in "${operand}"`);
};

const affixTest = (operator: "prefix" | "suffix", operand: JsonText): Test => {
  if (operand instanceof Members) {
    const [name, inner] = onlyMember(operand, operator);
    if (name !== "equals-ignore-case")
      throw new RefusedPattern(`operand-of-${operator}`, `Unsupported ${operator} pattern: ${name}`);
    return onStrings(ignoringCase(text(inner, name, "operand-of-equals-ignore-case"), operator));
  }
  const affix = text(operand, operator, `operand-of-${operator}`);
  return onStrings((value) => (operator === "prefix" ? value.startsWith(affix) : value.endsWith(affix)));
};

/** The strings of a list or the single string, each turned into a test that no leaf may pass; nothing passes an empty list. */
const noneOf = (operand: JsonText, operator: string, testOf: (text: string) => (value: string) => boolean): Test => {
  const operands = Array.isArray(operand) ? operand : [operand];
  const tests = operands.map((one) => testOf(text(one, `anything-but ${operator}`, "operand-of-anything-but")));
  return (leaf) => tests.length > 0 && (!leaf.isString || !tests.some((test) => test(leaf.text)));
};

const affixForNone =
  (test: (value: string, affix: string) => boolean) =>
  (affix: string): ((value: string) => boolean) => {
    if (affix === "") throw new RefusedPattern("operand-of-anything-but", "Null prefix/suffix not allowed");
    return (value) => test(value, affix);
  };

const anythingButInner = (operand: Members): Test => {
  const [name, inner] = onlyMember(operand, "anything-but");
  switch (name) {
    case "prefix":
      return noneOf(
        inner,
        name,
        affixForNone((value, affix) => value.startsWith(affix)),
      );
    case "suffix":
      return noneOf(
        inner,
        name,
        affixForNone((value, affix) => value.endsWith(affix)),
      );
    case "wildcard":
      return noneOf(inner, name, wildcardTest);
    case "equals-ignore-case":
      return noneOf(inner, name, (one) => ignoringCase(one, "whole"));
    default:
      throw new RefusedPattern("operand-of-anything-but", `Unsupported anything-but pattern: ${name}`);
  }
};

const anythingBut = (operand: JsonText): Test => {
  if (operand instanceof Members) return anythingButInner(operand);
  const operands: readonly JsonText[] = Array.isArray(operand) ? operand : [operand];
  const strings = operands.filter((one) => typeof one === "string");
  if (strings.length === operands.length && strings.length > 0) {
    const excluded = new Set(strings);
    return (leaf) => !leaf.isString || !excluded.has(leaf.text);
  }
  const numbers = operands.filter((one) => one instanceof NumberText);
  if (numbers.length !== operands.length || numbers.length === 0)
    throw new RefusedPattern(
      "operand-of-anything-but",
      "Inside anything-but, values must be all strings or all numbers",
    );
  const excluded = new Set(
    numbers.map((number) => {
      const quantity = quantityOf(number.text);
      if (quantity === undefined)
        throw new RefusedPattern("incomparable-number", `Cannot compare number : ${number.text}`);
      return quantity;
    }),
  );
  return (leaf) => {
    const quantity = leaf.isString ? undefined : quantityOf(leaf.text);
    return quantity === undefined || !excluded.has(quantity);
  };
};

const cidrTest = (operand: JsonText): Test => {
  const contains = typeof operand === "string" ? blockOf(operand) : undefined;
  if (!contains)
    throw new RefusedPattern("operand-of-cidr", "Malformed CIDR, such as 10.0.0.0/24; /32 and /128 are refused");
  return onStrings((value) => {
    const address = addressOf(value);
    return address !== undefined && contains(address);
  });
};

/** The test of an operator object such as `{"prefix": "a"}`. */
export const operatorTest = (operator: Members): Test => {
  const [name, operand] = onlyMember(operator, "a list of values");
  switch (name) {
    case "exactly":
      return exactly(text(operand, name, "operand-of-exactly"));
    case "prefix":
    case "suffix":
      return affixTest(name, operand);
    case "equals-ignore-case":
      return onStrings(ignoringCase(text(operand, name, "operand-of-equals-ignore-case"), "whole"));
    case "wildcard":
      return onStrings(wildcardTest(text(operand, name, "operand-of-wildcard")));
    case "anything-but":
      return anythingBut(operand);
    case "cidr":
      return cidrTest(operand);
    case "numeric":
      return numericTest(operand);
    case "exists":
      if (typeof operand !== "boolean")
        throw new RefusedPattern("operand-of-exists", "exists match pattern must be either true or false.");
      return operand ? () => true : "absent";
    default:
      throw new RefusedPattern("unknown-operator", `Unrecognized match type ${name}`);
  }
};
