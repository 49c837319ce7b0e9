/** From a key condition to the range of one partition that a query reads. */
import { validation } from "../errors.ts";
import { checkKeyAttribute } from "../keys.ts";
import { type KeyAttribute, type KeySchema, keyAttributes } from "../schema.ts";
import type { AttributeValue } from "../value.ts";
import type { Condition, Operand } from "./nodes.ts";

/** A condition on a sort key that an ordered partition can answer. */
export type SortRange =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with"; readonly value: AttributeValue }
  | { readonly operator: "between"; readonly value: AttributeValue; readonly upTo: AttributeValue };

/** What a query reads: one partition, and a range of it. */
export interface KeyRange {
  readonly partition: AttributeValue;
  readonly sort: SortRange | undefined;
}

const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

const wrongOperator = (operator: string) => validation(`Invalid operator used in KeyConditionExpression: ${operator}`);

function single(operands: readonly Operand[], notFirst: string | undefined): { name: string; at: number } {
  const paths = operands.flatMap((operand, at) => (operand.kind === "path" ? [{ path: operand.path, at }] : []));
  if (operands.some(({ kind }) => kind === "call"))
    throw validation("KeyConditionExpressions cannot contain nested operations");
  if (notFirst && operands[0]?.kind !== "path")
    throw validation(
      `Invalid condition in KeyConditionExpression: ${notFirst} operator must have the key attribute as its first operand`,
    );
  const [first, second] = paths;
  if (second)
    throw validation("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
  if (!first) throw validation("Invalid condition in KeyConditionExpression: No key attribute specified");
  if (first.path.length > 1) throw validation("KeyConditionExpressions cannot have conditions on nested attributes");
  return { name: first.path[0], at: first.at };
}

function literal(operand: Operand | undefined): AttributeValue {
  if (operand?.kind !== "literal") throw validation("Query key condition not supported");
  return operand.value;
}

function collect(condition: Condition, found: Map<string, SortRange>): void {
  const note = (name: string, range: SortRange) => {
    if (found.has(name)) throw validation("KeyConditionExpressions must only contain one condition per key");
    found.set(name, range);
  };
  switch (condition.kind) {
    case "and":
      collect(condition.left, found);
      collect(condition.right, found);
      return;
    case "or":
    case "not":
    case "in":
      throw wrongOperator(condition.kind.toUpperCase());
    case "compare": {
      const { operator, args } = condition;
      if (operator === "<>") throw wrongOperator(operator);
      const { name, at } = single(args, undefined);
      note(name, { operator: at === 0 ? operator : mirrored[operator], value: literal(args[at === 0 ? 1 : 0]) });
      return;
    }
    case "between": {
      const { name } = single(condition.args, "BETWEEN");
      note(name, { operator: "between", value: literal(condition.args[1]), upTo: literal(condition.args[2]) });
      return;
    }
    case "call": {
      if (condition.name !== "begins_with") throw wrongOperator(condition.name);
      const { name } = single(condition.args, "begins_with");
      note(name, { operator: "begins_with", value: literal(condition.args[1]) });
    }
  }
}

function checkType(range: SortRange, attribute: KeyAttribute, isPartition: boolean): void {
  const values = range.operator === "between" ? [range.value, range.upTo] : [range.value];
  for (const value of values) {
    if (value[attribute.type] === undefined)
      throw validation(
        "One or more parameter values were invalid: Condition parameter type does not match schema type",
      );
    if (range.operator !== "begins_with") checkKeyAttribute(value, attribute, isPartition);
  }
}

/** The range that a bound key condition means for this key; refuses what no key can answer. */
export function keyRange(condition: Condition, schema: KeySchema): KeyRange {
  const found = new Map<string, SortRange>();
  collect(condition, found);
  if (found.size > 2) throw validation("Conditions can be of length 1 or 2 only");
  const partition = found.get(schema.partition.name);
  if (!schema.sort && found.size > 1) throw validation("Query key condition not supported");
  if (!partition) throw validation(`Query condition missed key schema element: ${schema.partition.name}`);
  const sort = schema.sort && found.get(schema.sort.name);
  if (schema.sort && found.size > 1 && !sort)
    throw validation(`Query condition missed key schema element: ${schema.sort.name}`);
  for (const attribute of keyAttributes(schema)) {
    const range = found.get(attribute.name);
    if (range) checkType(range, attribute, attribute === schema.partition);
  }
  if (partition.operator !== "=") throw validation("Query key condition not supported");
  return { partition: partition.value, sort };
}
