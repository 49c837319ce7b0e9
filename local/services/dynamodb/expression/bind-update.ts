/** Binds an update to a request, and refuses changes that can be seen to be wrong before any item is read. */
import { type AttributeType, typeOf } from "../value.ts";
import type { Bindings } from "./bindings.ts";
import {
  type CallNode,
  type DocumentPath,
  firstDifference,
  type Operand,
  type SetValue,
  showPath,
  type UpdateAction,
} from "./nodes.ts";
import { invalidExpression } from "./tokens.ts";

const typeWords: Readonly<Record<AttributeType, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  NULL: "NULL",
  BOOL: "BOOLEAN",
  L: "LIST",
  M: "MAP",
  SS: "STRING_SET",
  NS: "NUMBER_SET",
  BS: "BINARY_SET",
};

const refusal = (message: string) => invalidExpression("UpdateExpression", message);

/** Overlap of any pair is told before a conflict of any pair, and of conflicts the last, as AWS does. */
function refuseOverlaps(paths: readonly DocumentPath[]): void {
  let conflict: string | undefined;
  for (const [at, second] of paths.entries()) {
    for (const first of paths.slice(0, at)) {
      const both = `must remove or rewrite one of these paths; path one: ${showPath(first)}, path two: ${showPath(second)}`;
      const differs = firstDifference(first, second);
      if (differs === undefined) throw refusal(`Two document paths overlap with each other; ${both}`);
      if (typeof first[differs] !== typeof second[differs])
        conflict = `Two document paths conflict with each other; ${both}`;
    }
  }
  if (conflict !== undefined) throw refusal(conflict);
}

function checkCall({ name, args }: CallNode): void {
  for (const argument of args) if (argument.kind === "call") checkCall(argument);
  if (args.length !== 2)
    throw refusal(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
    );
  if (name === "list_append") checkTypes(name, args, "L");
  else if (args[0]?.kind !== "path")
    throw refusal(`Operator or function requires a document path; operator or function: ${name}`);
}

function checkTypes(name: string, args: readonly Operand[], wanted: AttributeType): void {
  for (const argument of args) {
    const type = argument.kind === "literal" ? typeOf(argument.value) : undefined;
    if (type && type !== wanted)
      throw refusal(
        `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
      );
  }
}

function checkAction(action: UpdateAction): void {
  if (action.kind === "set") {
    const operands = action.value.kind === "arithmetic" ? action.value.args : [action.value];
    for (const operand of operands) if (operand.kind === "call") checkCall(operand);
    if (action.value.kind === "arithmetic") checkTypes(action.value.operator, action.value.args, "N");
    return;
  }
  if (action.kind === "remove" || action.value.kind !== "literal") return;
  const type = typeOf(action.value.value);
  if (type === "SS" || type === "NS" || type === "BS" || (type === "N" && action.kind === "add")) return;
  throw refusal(
    `Incorrect operand type for operator or function; operator: ${action.kind.toUpperCase()}, operand type: ${typeWords[type]}`,
  );
}

/** The changes with names and values in place. */
export function bindUpdate(actions: readonly UpdateAction[], bindings: Bindings): readonly UpdateAction[] {
  const operand = (node: Operand) => bindings.operand("UpdateExpression", node);
  const setValue = (value: SetValue): SetValue =>
    value.kind === "arithmetic" ? { ...value, args: [operand(value.args[0]), operand(value.args[1])] } : operand(value);
  // Names of the whole expression are looked up before any value, so that a missing name is what AWS tells first.
  const paths = actions.map(({ path }) => bindings.path("UpdateExpression", path));
  const bound = actions.map((action, at): UpdateAction => {
    const path = paths[at] ?? action.path;
    if (action.kind === "remove") return { kind: "remove", path };
    if (action.kind === "set") return { kind: "set", path, value: setValue(action.value) };
    return { kind: action.kind, path, value: operand(action.value) };
  });
  refuseOverlaps(paths);
  for (const action of bound) if (action.kind === "add" || action.kind === "delete") checkAction(action);
  for (const action of bound) if (action.kind === "set") checkAction(action);
  return bound;
}
