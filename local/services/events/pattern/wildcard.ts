/** A star, or the one character that must stand there. */
type Symbol = { readonly star: true } | { readonly star: false; readonly character: string };

/** Why a wildcard is refused. */
export type WildcardRefusal = "consecutive-wildcards" | "invalid-escape" | "too-complex";

/**
 * How many prefixes of one wildcard a worst-case text may keep open. EventBridge publishes no figure: it refuses
 * `*:*:*:*:*:event-bus/*` (11 open prefixes), so fewer than that are let through.
 */
const MOST_OPEN_PREFIXES = 10;
const MOST_STATES_EXPLORED = 5_000;

const symbolsOf = (text: string): readonly Symbol[] | WildcardRefusal => {
  const symbols: Symbol[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "*") {
      if (text.charAt(index + 1) === "*") return "consecutive-wildcards";
      symbols.push({ star: true });
    } else if (character === "\\") {
      const escaped = text.charAt(index + 1);
      if (escaped !== "*" && escaped !== "\\") return "invalid-escape";
      symbols.push({ star: false, character: escaped });
      index += 1;
    } else symbols.push({ star: false, character });
  }
  return symbols;
};

/** Steps the set of open positions by one character; a star holds its position and offers the next one. */
const step = (symbols: readonly Symbol[], open: readonly number[], character: string): readonly number[] => {
  const next = new Set<number>();
  const reach = (position: number): void => {
    next.add(position);
    if (symbols[position]?.star) next.add(position + 1);
  };
  for (const position of open) {
    const symbol = symbols[position];
    if (symbol?.star) reach(position);
    else if (symbol?.character === character) reach(position + 1);
  }
  return [...next].sort((left, right) => left - right);
};

const isTooComplex = (symbols: readonly Symbol[]): boolean => {
  const stars = symbols.filter(({ star }) => star).length;
  if (stars * 2 < MOST_OPEN_PREFIXES) return false;
  const alphabet = new Set(symbols.flatMap((symbol) => (symbol.star ? [] : [symbol.character])));
  const seen = new Set<string>();
  const waiting: (readonly number[])[] = [symbols[0]?.star ? [0, 1] : [0]];
  for (let open = waiting.pop(); open; open = waiting.pop()) {
    const opened = open.filter((position) => symbols[position]?.star || symbols[position - 1]?.star);
    if (opened.length > MOST_OPEN_PREFIXES || seen.size > MOST_STATES_EXPLORED) return true;
    const key = open.join();
    if (seen.has(key)) continue;
    seen.add(key);
    for (const character of alphabet) waiting.push(step(symbols, open, character));
  }
  return false;
};

/** The literal stretches between the stars. */
const stretchesOf = (symbols: readonly Symbol[]): readonly string[] => {
  const stretches = [""];
  for (const symbol of symbols) {
    if (symbol.star) stretches.push("");
    else stretches.push(`${stretches.pop() ?? ""}${symbol.character}`);
  }
  return stretches;
};

/** The matcher of a wildcard text over whole values, or the reason why there is none. Linear in the value. */
export const wildcardOf = (text: string): ((value: string) => boolean) | WildcardRefusal => {
  const symbols = symbolsOf(text);
  if (typeof symbols === "string") return symbols;
  if (isTooComplex(symbols)) return "too-complex";
  const [first = "", ...others] = stretchesOf(symbols);
  const last = others.pop();
  if (last === undefined) return (value) => value === first;
  return (value) => {
    if (!value.startsWith(first)) return false;
    let from = first.length;
    for (const stretch of others) {
      const found = value.indexOf(stretch, from);
      if (found < 0) return false;
      from = found + stretch.length;
    }
    return value.length - last.length >= from && value.endsWith(last);
  };
};
