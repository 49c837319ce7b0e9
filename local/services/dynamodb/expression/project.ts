/** The part of an item that a list of paths names. */
import { type AttributeValue, attributeOf, type Item, setAttribute } from "../value.ts";
import type { Bindings } from "./bindings.ts";
import { type DocumentPath, firstDifference, showPath } from "./nodes.ts";
import { invalidExpression } from "./tokens.ts";

/** Paths as a tree; a piece without further pieces takes all that stands there. */
type Wanted = Map<string | number, Wanted>;

function treeOf(paths: readonly DocumentPath[]): Wanted {
  const root: Wanted = new Map();
  for (const path of paths) {
    let at = root;
    for (const piece of path) {
      const next: Wanted = at.get(piece) ?? new Map();
      at.set(piece, next);
      at = next;
    }
  }
  return root;
}

function pick(value: AttributeValue, wanted: Wanted): AttributeValue | undefined {
  if (wanted.size === 0) return value;
  if (value.M) {
    const map = pickItem(value.M, wanted);
    return Object.keys(map).length > 0 ? { M: map } : undefined;
  }
  if (!value.L) return undefined;
  const list: AttributeValue[] = [];
  for (const [at, member] of value.L.entries()) {
    const inner = wanted.get(at);
    const picked = inner && pick(member, inner);
    if (picked) list.push(picked);
  }
  return list.length > 0 ? { L: list } : undefined;
}

function pickItem(item: Item, wanted: Wanted): Item {
  const picked: Record<string, AttributeValue> = {};
  for (const [piece, inner] of wanted) {
    const value = typeof piece === "string" ? attributeOf(item, piece) : undefined;
    const part = value && pick(value, inner);
    if (part) setAttribute(picked, String(piece), part);
  }
  return picked;
}

/** A function that answers the named parts of an item. */
export function projector(paths: readonly DocumentPath[]): (item: Item) => Item {
  const wanted = treeOf(paths);
  return (item) => pickItem(item, wanted);
}

/** The projection's paths with their names in place; refuses two that overlap. */
export function bindProjection(paths: readonly DocumentPath[], bindings: Bindings): readonly DocumentPath[] {
  const bound = paths.map((path) => bindings.path("ProjectionExpression", path));
  for (const [at, second] of bound.entries())
    for (const first of bound.slice(0, at))
      if (firstDifference(first, second) === undefined)
        throw invalidExpression(
          "ProjectionExpression",
          `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${showPath(first)}, path two: ${showPath(second)}`,
        );
  return bound;
}
