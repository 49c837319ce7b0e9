/** Whether a bound condition holds for an item. */
import { type AttributeValue, attributeOf, compareValues, equalValues, type Item, typeOf } from "../value.ts";
import type { CallNode, Comparator, Condition, DocumentPath, Operand } from "./nodes.ts";

/** What stands at a path, undefined where nothing does. */
export function valueAt(item: Item, path: DocumentPath): AttributeValue | undefined {
  let value = attributeOf(item, path[0]);
  for (let at = 1; at < path.length && value; at++) {
    const piece = path[at] as string | number;
    value = typeof piece === "number" ? value.L?.[piece] : value.M && attributeOf(value.M, piece);
  }
  return value;
}

function sizeOf(value: AttributeValue): number | undefined {
  switch (typeOf(value)) {
    case "S":
      return value.S?.length;
    case "B":
      return Buffer.byteLength(value.B ?? "", "base64");
    case "M":
      return Object.keys(value.M ?? {}).length;
    case "N":
    case "BOOL":
    case "NULL":
      return undefined;
    default:
      return (value.SS ?? value.NS ?? value.BS ?? value.L)?.length;
  }
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === "literal") return operand.value;
  if (operand.kind === "path") return valueAt(item, operand.path);
  if (operand.kind === "placeholder") throw new Error(`evaluating a condition with unbound ${operand.name}`);
  const [argument] = operand.args;
  const value = argument && resolve(argument, item);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

const bytesOf = (value: AttributeValue): Buffer | undefined =>
  value.S !== undefined ? Buffer.from(value.S) : value.B !== undefined ? Buffer.from(value.B, "base64") : undefined;

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  if (value.B === undefined || prefix.B === undefined) return false;
  const start = Buffer.from(prefix.B, "base64");
  return Buffer.from(value.B, "base64").subarray(0, start.length).equals(start);
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if (value.L) return value.L.some((member) => equalValues(member, part));
  if (value.SS) return part.S !== undefined && value.SS.includes(part.S);
  if (value.NS) return part.N !== undefined && value.NS.includes(part.N);
  if (value.BS) return part.B !== undefined && value.BS.includes(part.B);
  if (typeOf(value) !== typeOf(part)) return false;
  const [whole, wanted] = [bytesOf(value), bytesOf(part)];
  return whole !== undefined && wanted !== undefined && whole.includes(wanted);
}

function compare(operator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (operator === "<>") return !compare("=", left, right);
  if (!left || !right) return false;
  if (operator === "=") return equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

function call({ name, args: [first, second] }: CallNode, item: Item): boolean {
  const value = first && resolve(first, item);
  if (name === "attribute_exists") return value !== undefined;
  if (name === "attribute_not_exists") return value === undefined;
  const other = second && resolve(second, item);
  if (!value || !other) return false;
  if (name === "attribute_type") return typeOf(value) === other.S;
  return name === "begins_with" ? beginsWith(value, other) : contains(value, other);
}

/** Whether the condition holds; an item that is not there is an empty one. */
export function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case "and":
      return holds(condition.left, item) && holds(condition.right, item);
    case "or":
      return holds(condition.left, item) || holds(condition.right, item);
    case "not":
      return !holds(condition.condition, item);
    case "call":
      return call(condition, item);
    case "compare":
      return compare(condition.operator, resolve(condition.args[0], item), resolve(condition.args[1], item));
    case "between": {
      const [value, low, high] = condition.args.map((operand) => resolve(operand, item));
      return compare(">=", value, low) && compare("<=", value, high);
    }
    case "in": {
      const [value, ...choices] = condition.args.map((operand) => resolve(operand, item));
      return choices.some((choice) => compare("=", value, choice));
    }
  }
}
