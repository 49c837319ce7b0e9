import type { JsonObject } from "../../../contract.ts";
import type { Alternative, Pattern } from "./compile.ts";
import { Members, NumberText, readJsonText } from "./json-text.ts";
import type { Leaf } from "./leaf.ts";

/** Which element of which array: array numbers with the position taken in each. */
type Place = ReadonlyMap<number, number>;
const NOWHERE: Place = new Map();

type PlacedLeaf = Leaf & { readonly place: Place };
/** An event as its leaves, by dotted path. */
export type FlatEvent = ReadonlyMap<string, readonly PlacedLeaf[]>;

/** Flattens an event once, for matching against many patterns. */
export const flatten = (event: unknown): FlatEvent => {
  const leaves = new Map<string, PlacedLeaf[]>();
  let arrays = 0;

  const visit = (value: unknown, path: string, place: Place): void => {
    if (Array.isArray(value)) {
      const array = arrays;
      arrays += 1;
      value.forEach((element, index) => {
        const isLeaf = typeof element !== "object" || element === null || element instanceof NumberText;
        visit(element, path, isLeaf ? place : new Map(place).set(array, index));
      });
    } else if (value instanceof NumberText) add(path, { isString: false, text: value.text, place });
    else if (value instanceof Members)
      for (const [name, member] of value.entries) visit(member, join(path, name), place);
    else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value))
        if (member !== undefined) visit(member, join(path, name), place);
    } else add(path, { isString: typeof value === "string", text: String(value), place });
  };
  const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
  const add = (path: string, leaf: PlacedLeaf): void => {
    const known = leaves.get(path);
    if (known) known.push(leaf);
    else leaves.set(path, [leaf]);
  };

  visit(typeof event === "string" ? readJsonText(event) : event, "", NOWHERE);
  return leaves;
};

/** The places of both, or undefined when they stand in different elements of one array. */
const together = (left: Place, right: Place): Place | undefined => {
  if (right.size === 0) return left;
  if (left.size === 0) return right;
  for (const [array, index] of right) if ((left.get(array) ?? index) !== index) return undefined;
  return new Map([...left, ...right]);
};

const satisfies = (alternative: Alternative, event: FlatEvent, from: number, place: Place): boolean => {
  const asked = alternative[from];
  if (!asked) return true;
  const [path, tests] = asked;
  let present = false;
  for (const leaf of event.get(path) ?? []) {
    const joint = together(place, leaf.place);
    if (!joint) continue;
    present = true;
    const passes = tests.some((test) => test !== "absent" && test(leaf));
    if (passes && satisfies(alternative, event, from + 1, joint)) return true;
  }
  return !present && tests.includes("absent") && satisfies(alternative, event, from + 1, place);
};

/** Whether a flattened event satisfies a pattern, all paths of one alternative in the same elements of every array. */
export const matchesFlat = ({ alternatives }: Pattern, event: FlatEvent): boolean =>
  alternatives.some((alternative) => satisfies(alternative, event, 0, NOWHERE));

/** Whether an event, as text or as a value, satisfies a pattern. */
export const matches = (pattern: Pattern, event: JsonObject | string): boolean => matchesFlat(pattern, flatten(event));
