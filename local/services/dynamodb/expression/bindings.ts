/** The names and values a request brings for its expressions, and which of them were used. */
import type { Json, JsonObject } from "../../../contract.ts";
import { AwsError } from "../../../contract.ts";
import { serialization, validation } from "../errors.ts";
import { type AttributeValue, attributeOf, type Item, parseValue, setAttribute } from "../value.ts";
import type { DocumentPath, Operand } from "./nodes.ts";
import { type ExpressionMember, invalidExpression } from "./tokens.ts";

function entries(member: string, input: Json | undefined, sign: "#" | ":"): [string, Json | undefined][] {
  if (input === undefined || input === null) return [];
  if (typeof input !== "object" || Array.isArray(input)) throw serialization("Unexpected field type");
  const found = Object.entries(input);
  if (found.length === 0) throw validation(`${member} must not be empty`);
  const bad = found.find(([key]) => key[0] !== sign || !/^[0-9a-zA-Z_]+$/.test(key.slice(1)));
  if (bad) throw validation(`${member} contains invalid key: Syntax error; key: "${bad[0]}"`);
  return found;
}

function valueFor(key: string, value: Json | undefined): AttributeValue {
  try {
    return parseValue(value);
  } catch (error) {
    if (error instanceof AwsError && error.code === "ValidationException")
      throw validation(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
    throw error;
  }
}

/** Placeholders of one request: looks them up, and refuses those that no expression used. */
export class Bindings {
  readonly #names = new Map<string, string>();
  readonly #values: Item;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  constructor(request: JsonObject) {
    for (const [key, name] of entries("ExpressionAttributeNames", request.ExpressionAttributeNames, "#")) {
      if (typeof name !== "string") throw serialization("Unexpected field type");
      this.#names.set(key, name);
    }
    const values: Record<string, AttributeValue> = {};
    for (const [key, value] of entries("ExpressionAttributeValues", request.ExpressionAttributeValues, ":"))
      setAttribute(values, key, valueFor(key, value));
    this.#values = values;
    this.#unusedNames = new Set(this.#names.keys());
    this.#unusedValues = new Set(Object.keys(values));
  }

  /** The path with its `#n` replaced. */
  path(member: ExpressionMember, path: DocumentPath): DocumentPath {
    const [head, ...rest] = path;
    const bound = (piece: string | number) => (typeof piece === "number" ? piece : this.#name(member, piece));
    return [this.#name(member, head), ...rest.map(bound)];
  }

  /** The operand with every path and value in it replaced. */
  operand(member: ExpressionMember, operand: Operand): Operand {
    if (operand.kind === "path") return { kind: "path", path: this.path(member, operand.path) };
    if (operand.kind === "call")
      return { ...operand, args: operand.args.map((argument) => this.operand(member, argument)) };
    if (operand.kind === "literal") return operand;
    const value = attributeOf(this.#values, operand.name);
    if (!value)
      throw invalidExpression(
        member,
        `An expression attribute value used in expression is not defined; attribute value: ${operand.name}`,
      );
    this.#unusedValues.delete(operand.name);
    return { kind: "literal", value };
  }

  /** Refuses placeholders that nothing used. */
  refuseUnused(): void {
    const refuse = (member: string, unused: ReadonlySet<string>) => {
      if (unused.size > 0)
        throw validation(`Value provided in ${member} unused in expressions: keys: {${[...unused].join(", ")}}`);
    };
    refuse("ExpressionAttributeNames", this.#unusedNames);
    refuse("ExpressionAttributeValues", this.#unusedValues);
  }

  #name(member: ExpressionMember, name: string): string {
    if (name[0] !== "#") return name;
    const bound = this.#names.get(name);
    if (bound === undefined)
      throw invalidExpression(
        member,
        `An expression attribute name used in the document path is not defined; attribute name: ${name}`,
      );
    this.#unusedNames.delete(name);
    return bound;
  }
}
