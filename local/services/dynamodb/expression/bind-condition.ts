/** Binds a condition to a request, and refuses operands that can be seen to be wrong before any item is read. */
import { compareValues, typeOf } from "../value.ts";
import type { Bindings } from "./bindings.ts";
import { type CallNode, type Condition, type Operand, showPath } from "./nodes.ts";
import { type ExpressionMember, invalidExpression } from "./tokens.ts";

const operandCounts: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const typeNames: ReadonlySet<string> = new Set(["S", "N", "B", "NULL", "SS", "BOOL", "L", "BS", "NS", "M"]);
const orderable: ReadonlySet<string> = new Set(["S", "N", "B"]);

/** The type an operand has whatever the item holds; undefined for a path. */
function knownType(operand: Operand): string | undefined {
  if (operand.kind === "literal") return typeOf(operand.value);
  return operand.kind === "call" ? "N" : undefined;
}

class ConditionCheck {
  readonly #member: ExpressionMember;

  constructor(member: ExpressionMember) {
    this.#member = member;
  }

  /** AWS counts operands first, then looks for equal ones, then at their types. */
  leaf(operator: string, args: readonly Operand[], types: () => void): void {
    for (const argument of args) if (argument.kind === "call") this.#count(argument);
    this.#distinct(operator, args);
    for (const argument of args) if (argument.kind === "call") this.#size(argument);
    types();
  }

  call(call: CallNode): void {
    this.#count(call);
    this.leaf(call.name, call.args, () => this.#callTypes(call));
  }

  order(operator: string, args: readonly Operand[]): void {
    for (const argument of args) {
      const type = knownType(argument);
      if (type && !orderable.has(type))
        throw this.#refusal(
          `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${type}`,
        );
    }
  }

  bounds(low: Operand, high: Operand): void {
    if (low.kind !== "literal" || high.kind !== "literal") return;
    const order = compareValues(low.value, high.value);
    if (order !== undefined && order <= 0) return;
    const show = ({ value }: typeof low) => {
      const type = typeOf(value);
      return `operand: AttributeValue: {${type}:${value[type]}}`;
    };
    const rule =
      order === undefined
        ? "same data type for lower and upper bounds"
        : "upper bound to be greater than or equal to lower bound";
    throw this.#refusal(`The BETWEEN operator requires ${rule}; lower bound ${show(low)}, upper bound ${show(high)}`);
  }

  #count({ name, args }: CallNode): void {
    if (operandCounts[name] !== args.length)
      throw this.#refusal(
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
      );
  }

  #distinct(operator: string, [first, ...rest]: readonly Operand[]): void {
    if (first?.kind !== "path") return;
    const shown = showPath(first.path);
    if (rest.some((operand) => operand.kind === "path" && showPath(operand.path) === shown))
      throw this.#refusal(
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${shown}`,
      );
  }

  #size({ name, args: [operand] }: CallNode): void {
    const type = operand && knownType(operand);
    if (type === "N" || type === "BOOL" || type === "NULL") throw this.#operandType(name, type);
  }

  #callTypes({ name, args: [first, second] }: CallNode): void {
    if (name === "attribute_exists" || name === "attribute_not_exists") {
      if (first?.kind !== "path")
        throw this.#refusal(`Operator or function requires a document path; operator or function: ${name}`);
    } else if (name === "begins_with") {
      for (const operand of [first, second]) {
        const type = operand && knownType(operand);
        if (type && type !== "S" && type !== "B") throw this.#operandType(name, type);
      }
    } else if (name === "attribute_type") {
      const wanted = second?.kind === "literal" ? second.value.S : undefined;
      if (wanted === undefined)
        throw this.#operandType(name, (second && knownType(second)) ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
      if (!typeNames.has(wanted))
        throw this.#refusal(
          `Invalid attribute type name found; type: ${wanted}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        );
    }
  }

  #operandType(name: string, type: string) {
    return this.#refusal(
      `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
    );
  }

  #refusal(message: string) {
    return invalidExpression(this.#member, message);
  }
}

/** The condition with names and values in place. */
export function bindCondition(member: ExpressionMember, condition: Condition, bindings: Bindings): Condition {
  const check = new ConditionCheck(member);
  const operand = (node: Operand) => bindings.operand(member, node);
  const bind = (node: Condition): Condition => {
    switch (node.kind) {
      case "and":
      case "or":
        return { kind: node.kind, left: bind(node.left), right: bind(node.right) };
      case "not":
        return { kind: "not", condition: bind(node.condition) };
      case "call": {
        const call: CallNode = { ...node, args: node.args.map(operand) };
        check.call(call);
        return call;
      }
      case "compare": {
        const args = [operand(node.args[0]), operand(node.args[1])] as const;
        const isOrder = node.operator !== "=" && node.operator !== "<>";
        check.leaf(node.operator, args, () => isOrder && check.order(node.operator, args));
        return { ...node, args };
      }
      case "between": {
        const args = [operand(node.args[0]), operand(node.args[1]), operand(node.args[2])] as const;
        check.leaf("BETWEEN", args, () => {
          check.order("BETWEEN", args);
          check.bounds(args[1], args[2]);
        });
        return { kind: "between", args };
      }
      case "in": {
        const [first, ...rest] = node.args;
        const args = [operand(first), ...rest.map(operand)] as const;
        check.leaf("IN", args, () => {});
        return { kind: "in", args };
      }
    }
  };
  return bind(condition);
}
