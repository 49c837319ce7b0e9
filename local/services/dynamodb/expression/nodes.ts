/** What expressions are made of, as written (`#n`, `:v`) and as bound to a request (names, literals). */
import type { AttributeValue } from "../value.ts";

/** Names and list positions from the top of an item downwards; `#n` before binding. */
export type DocumentPath = readonly [string, ...(string | number)[]];

/** A path into the item. */
interface PathNode {
  readonly kind: "path";
  readonly path: DocumentPath;
}
/** A `:v` as written. */
interface PlaceholderNode {
  readonly kind: "placeholder";
  readonly name: string;
}
/** A `:v` once bound. */
interface LiteralNode {
  readonly kind: "literal";
  readonly value: AttributeValue;
}
/** A function and its operands. */
export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Operand[];
}

/** What stands for a value. */
export type Operand = PathNode | PlaceholderNode | LiteralNode | CallNode;

/** The comparison operators. */
export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** What is true or false of an item. */
export type Condition =
  | { readonly kind: "compare"; readonly operator: Comparator; readonly args: readonly [Operand, Operand] }
  | { readonly kind: "between"; readonly args: readonly [Operand, Operand, Operand] }
  | { readonly kind: "in"; readonly args: readonly [Operand, ...Operand[]] }
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | CallNode;

/** What SET may assign. */
export type SetValue =
  | Operand
  | { readonly kind: "arithmetic"; readonly operator: "+" | "-"; readonly args: readonly [Operand, Operand] };

/** One change that an update expression asks for. */
export type UpdateAction =
  | { readonly kind: "set"; readonly path: DocumentPath; readonly value: SetValue }
  | { readonly kind: "remove"; readonly path: DocumentPath }
  | { readonly kind: "add" | "delete"; readonly path: DocumentPath; readonly value: Operand };

/** A path as AWS shows it in refusals. */
export const showPath = (path: DocumentPath): string =>
  `[${path.map((piece) => (typeof piece === "number" ? `[${piece}]` : piece)).join(", ")}]`;

/** The first place at which two paths differ; undefined when one is the beginning of the other. */
export function firstDifference(one: DocumentPath, two: DocumentPath): number | undefined {
  const length = Math.min(one.length, two.length);
  for (let at = 0; at < length; at++) if (one[at] !== two[at]) return at;
  return undefined;
}
