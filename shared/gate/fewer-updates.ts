/** Looks whether fewer packages than a first choice would do; the fewest, wherever the search comes to its end. */
import { type Counts, type Group, LIMITED, total } from "./update-groups.ts";

/** Beyond so many groups, or looks at one, the first choice stands: the search is for a person's list, not for thousands. */
const MOST_GROUPS = 60;
const MOST_LOOKS = 50_000;

const packagesOf = (groups: readonly Group[]): ReadonlySet<string> =>
  new Set(groups.flatMap(({ packages }) => packages));

/** Every choice of so many of the names. */
function* choices(names: readonly string[], size: number, from = 0): Generator<readonly string[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let at = from; at <= names.length - size; at += 1)
    for (const rest of choices(names, size - 1, at + 1)) yield [names[at] as string, ...rest];
}

/** Groups that take `goal` away with the fewest packages beside those of `forced`; `chosen` when none does with fewer. */
export function fewerUpdates(
  chosen: readonly Group[],
  { left, forced, goal }: { readonly left: readonly Group[]; readonly forced: readonly Group[]; readonly goal: Counts },
): readonly Group[] {
  if (left.length > MOST_GROUPS) return chosen;
  const given = packagesOf(forced);
  const beside = (groups: readonly Group[]) => [...packagesOf(groups)].filter((name) => !given.has(name));
  const names = beside(left);
  const most = beside(chosen).length;
  let looks = 0;
  for (let size = 0; size < most; size += 1)
    for (const updated of choices(names, size)) {
      looks += left.length;
      if (looks > MOST_LOOKS) return chosen;
      const taken = left.filter(({ packages }) => packages.every((name) => given.has(name) || updated.includes(name)));
      const gone = total([...forced, ...taken]);
      if (LIMITED.every((severity) => gone[severity] >= goal[severity])) return taken;
    }
  return chosen;
}
