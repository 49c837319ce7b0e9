/** Orders things that need each other; a circle is an error that names its members. */

/** The names so that each comes after those it needs; otherwise as given. `needs` may name what is not in the list. */
export function inOrder(names: readonly string[], needs: (name: string) => readonly string[], what: string): string[] {
  const known = new Set(names);
  const ordered = new Set<string>();
  const open: string[] = [];
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    if (open.includes(name))
      throw new Error(`${what} need each other in a circle: ${[...open.slice(open.indexOf(name)), name].join(" -> ")}`);
    open.push(name);
    for (const needed of needs(name)) if (known.has(needed)) visit(needed);
    open.pop();
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}
