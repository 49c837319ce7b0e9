/** Makes the item that an update leaves behind. The old item is never touched: containers on the way are copied. */
import { validation } from "../errors.ts";
import { addNumbers } from "../number.ts";
import { type AttributeValue, attributeOf, type Item, setAttribute, typeOf } from "../value.ts";
import { valueAt } from "./evaluate.ts";
import type { DocumentPath, Operand, SetValue, UpdateAction } from "./nodes.ts";

const wrongType = () => validation("An operand in the update expression has an incorrect data type");
const missing = () => validation("The provided expression refers to an attribute that does not exist in the item");
const wrongPath = () => validation("The document path provided in the update expression is invalid for update");

function operandValue(operand: Operand, item: Item): AttributeValue {
  if (operand.kind === "literal") return operand.value;
  if (operand.kind === "placeholder") throw new Error(`applying an update with unbound ${operand.name}`);
  if (operand.kind === "path") {
    const value = valueAt(item, operand.path);
    if (!value) throw missing();
    return value;
  }
  const [first, second] = operand.args;
  if (!first || !second) throw wrongType();
  if (operand.name === "if_not_exists")
    return (first.kind === "path" && valueAt(item, first.path)) || operandValue(second, item);
  return { L: [...listValue(first, item), ...listValue(second, item)] };
}

function listValue(operand: Operand, item: Item): readonly AttributeValue[] {
  const { L: members } = operandValue(operand, item);
  if (!members) throw wrongType();
  return members;
}

function numberValue(operand: Operand, item: Item): string {
  const { N: number } = operandValue(operand, item);
  if (number === undefined) throw wrongType();
  return number;
}

function setValue(value: SetValue, item: Item): AttributeValue {
  if (value.kind !== "arithmetic") return operandValue(value, item);
  const left = numberValue(value.args[0], item);
  return { N: addNumbers(left, value.operator, numberValue(value.args[1], item)) };
}

function added(existing: AttributeValue | undefined, amount: AttributeValue): AttributeValue {
  const type = typeOf(amount);
  if (existing && typeOf(existing) !== type) throw wrongType();
  if (amount.N !== undefined) return { N: addNumbers(existing?.N ?? "0", "+", amount.N) };
  if (type !== "SS" && type !== "NS" && type !== "BS") throw wrongType();
  return { [type]: [...new Set([...(existing?.[type] ?? []), ...(amount[type] ?? [])])] };
}

function without(existing: AttributeValue, taken: AttributeValue): AttributeValue | undefined {
  const type = typeOf(taken);
  if (typeOf(existing) !== type || (type !== "SS" && type !== "NS" && type !== "BS")) throw wrongType();
  const left = (existing[type] ?? []).filter((member) => !taken[type]?.includes(member));
  return left.length > 0 ? { [type]: left } : undefined;
}

/** The item under construction. Lists keep holes until the end, so that every index means what it meant at first. */
class Draft {
  readonly root: Record<string, AttributeValue>;
  readonly #lists = new Set<(AttributeValue | undefined)[]>();
  readonly #copied = new Set<object>();

  constructor(item: Item) {
    this.root = { ...item };
    this.#copied.add(this.root);
  }

  /** Refuses a path whose parent is not there or is no container. */
  reach(path: DocumentPath): void {
    const isPosition = typeof path.at(-1) === "number";
    if (Array.isArray(this.#parent(path)) !== isPosition) throw wrongPath();
  }

  set(path: DocumentPath, value: AttributeValue | undefined): void {
    const last = path.at(-1) as string | number;
    const parent = this.#parent(path);
    if (Array.isArray(parent)) {
      const position = last as number;
      this.#lists.add(parent);
      if (value || position < parent.length) parent[position] = value;
    } else if (value) setAttribute(parent, String(last), value);
    else delete parent[last];
  }

  finish(): Item {
    for (const list of this.#lists) {
      const kept = list.filter((member) => member !== undefined);
      list.splice(0, list.length, ...kept);
    }
    return this.root;
  }

  #parent(path: DocumentPath): Record<string, AttributeValue> | (AttributeValue | undefined)[] {
    let container: Record<string, AttributeValue> | (AttributeValue | undefined)[] = this.root;
    for (const piece of path.slice(0, -1)) {
      const child: AttributeValue | undefined = Array.isArray(container)
        ? typeof piece === "number"
          ? container[piece]
          : undefined
        : typeof piece === "string"
          ? attributeOf(container, piece)
          : undefined;
      const inner = child?.M ?? child?.L;
      if (!inner) throw wrongPath();
      if (this.#copied.has(inner)) {
        container = inner as Record<string, AttributeValue> | AttributeValue[];
        continue;
      }
      const copy: Record<string, AttributeValue> | AttributeValue[] = child?.M ? { ...child.M } : [...(child?.L ?? [])];
      this.#copied.add(copy);
      const value = (Array.isArray(copy) ? { L: copy } : { M: copy }) as AttributeValue;
      if (Array.isArray(container)) container[piece as number] = value;
      else setAttribute(container, piece as string, value);
      container = copy;
    }
    return container;
  }
}

function changed(item: Item, action: Extract<UpdateAction, { kind: "add" | "delete" }>): AttributeValue | undefined {
  const existing = valueAt(item, action.path);
  const operand = operandValue(action.value, item);
  if (action.kind === "add") return added(existing, operand);
  return existing && without(existing, operand);
}

/** The item after the changes, each worked out from the item as it was. */
export function applyUpdate(item: Item, actions: readonly UpdateAction[]): Item {
  const assigned = actions.map((action) => (action.kind === "set" ? setValue(action.value, item) : undefined));
  const draft = new Draft(item);
  for (const [at, action] of actions.entries()) {
    draft.reach(action.path);
    draft.set(action.path, action.kind === "add" || action.kind === "delete" ? changed(item, action) : assigned[at]);
  }
  return draft.finish();
}
