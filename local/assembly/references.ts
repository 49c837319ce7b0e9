/** What a piece of a template needs to exist before it. */
import type { Json } from "../contract.ts";

/** What a value refers to. */
export interface References {
  readonly names: ReadonlySet<string>;
  readonly exports: ReadonlySet<string>;
  readonly stacks: ReadonlySet<string>;
}

/** Every Ref, GetAtt and Sub name in a value, and every import from another stack whose name is plainly written. */
export function referencesOf(value: Json): References {
  const found = { names: new Set<string>(), exports: new Set<string>(), stacks: new Set<string>() };
  collect(value, found);
  return found;
}

function collect(
  value: Json | undefined,
  found: { names: Set<string>; exports: Set<string>; stacks: Set<string> },
): void {
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    for (const element of value) collect(element, found);
    return;
  }
  for (const [key, argument] of Object.entries(value)) {
    if (key === "Ref" && typeof argument === "string") found.names.add(argument);
    if (key === "Fn::GetAtt") {
      const first = typeof argument === "string" ? argument.split(".")[0] : (argument as readonly Json[])[0];
      if (typeof first === "string") found.names.add(first);
    }
    if (key === "Fn::Sub") {
      const template = Array.isArray(argument) ? argument[0] : argument;
      for (const [, name] of String(template).matchAll(/\$\{([^}!.]+)[^}]*\}/g)) if (name) found.names.add(name.trim());
    }
    if (key === "Fn::ImportValue" && typeof argument === "string") found.exports.add(argument);
    if (key === "Fn::GetStackOutput") {
      const { StackName } = argument as Readonly<Record<string, Json>>;
      if (typeof StackName === "string") found.stacks.add(StackName);
    }
    collect(argument, found);
  }
}
