import { type JsonText, NumberText } from "./json-text.ts";
import type { Test } from "./leaf.ts";
import { quantityOf } from "./number.ts";
import { RefusedPattern } from "./refusal.ts";

const COMPARISONS: ReadonlyMap<JsonText, (value: number, bound: number) => boolean> = new Map([
  ["=", (value: number, bound: number) => value === bound],
  ["<", (value: number, bound: number) => value < bound],
  ["<=", (value: number, bound: number) => value <= bound],
  [">", (value: number, bound: number) => value > bound],
  [">=", (value: number, bound: number) => value >= bound],
]);

const boundOf = (operand: JsonText | undefined, operator: JsonText): number => {
  if (!(operand instanceof NumberText))
    throw new RefusedPattern("operand-of-numeric", `Value of ${String(operator)} must be numeric`);
  const quantity = quantityOf(operand.text);
  if (quantity === undefined)
    throw new RefusedPattern("incomparable-number", `Cannot compare number : ${operand.text}`);
  return quantity;
};

/** The test of `["=", n]`, of one bound, or of a lower bound followed by an upper one; strings never pass. */
export const numericTest = (operand: JsonText): Test => {
  if (!Array.isArray(operand)) throw new RefusedPattern("operand-of-numeric", "Value of numeric must be an array.");
  const [operator = null, first, upperOperator, second, ...rest] = operand as readonly JsonText[];
  const compare = COMPARISONS.get(operator);
  if (!compare) throw new RefusedPattern("operand-of-numeric", "Unrecognized numeric range operator");
  const bound = boundOf(first, operator);
  if (upperOperator === undefined)
    return ({ isString, text }) => {
      const quantity = isString ? undefined : quantityOf(text);
      return quantity !== undefined && compare(quantity, bound);
    };
  const isLower = operator === ">" || operator === ">=";
  if (!isLower || rest.length > 0)
    throw new RefusedPattern("operand-of-numeric", "Too many elements in numeric expression");
  const compareUpper = upperOperator === "<" || upperOperator === "<=" ? COMPARISONS.get(upperOperator) : undefined;
  if (!compareUpper) throw new RefusedPattern("operand-of-numeric", "Bad numeric range operator");
  const upper = boundOf(second, upperOperator);
  if (bound >= upper) throw new RefusedPattern("empty-numeric-range", "Bottom must be less than top");
  return ({ isString, text }) => {
    const quantity = isString ? undefined : quantityOf(text);
    return quantity !== undefined && compare(quantity, bound) && compareUpper(quantity, upper);
  };
};
