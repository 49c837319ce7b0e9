/** Which attributes an expression touches. */
import type { Condition, DocumentPath, Operand } from "./nodes.ts";

function ofOperands(operands: readonly Operand[]): DocumentPath[] {
  return operands.flatMap((operand) => {
    if (operand.kind === "path") return [operand.path];
    return operand.kind === "call" ? ofOperands(operand.args) : [];
  });
}

/** Every path that a condition reads. */
export function pathsOf(condition: Condition): DocumentPath[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return [...pathsOf(condition.left), ...pathsOf(condition.right)];
    case "not":
      return pathsOf(condition.condition);
    default:
      return ofOperands(condition.args);
  }
}
