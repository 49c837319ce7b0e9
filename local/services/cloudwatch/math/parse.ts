/** A metric math expression as a tree. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "negate"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly items: readonly Expression[] };

/** Operators, with those written in two ways brought to one. */
export type Operator = "OR" | "AND" | "<" | ">" | "<=" | ">=" | "==" | "!=" | "+" | "-" | "*" | "/" | "^";

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("[^"]*"|'[^']*')|([A-Za-z_]\w*)|(&&|\|\||<=|>=|==|!=|[-+*/^<>(),[\]]))/y;

/** From the weakest to the strongest; all of them bind to the left but `^`. */
const LEVELS: readonly (readonly string[])[] = [
  ["OR", "||"],
  ["AND", "&&"],
  ["<", ">", "<=", ">=", "==", "!="],
  ["+", "-"],
  ["*", "/"],
];
const SAME: Readonly<Record<string, Operator>> = { "||": "OR", "&&": "AND" };

const tokensOf = (text: string): readonly string[] => {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; text.slice(TOKEN.lastIndex).trim() !== ""; ) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new SyntaxError(`unexpected text at character ${at} of "${text}"`);
    tokens.push(found[0].trim());
  }
  return tokens;
};

/** Reads an expression, or throws a SyntaxError saying where it went wrong. */
export const parseExpression = (text: string): Expression => {
  const tokens = tokensOf(text);
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const take = (): string | undefined => tokens[position++];
  const expect = (token: string): void => {
    const found = take();
    if (found !== token) throw new SyntaxError(`expected "${token}", found "${found ?? "the end"}" in "${text}"`);
  };

  const level = (depth: number): Expression => {
    const operators = LEVELS[depth];
    if (!operators) return power();
    let left = level(depth + 1);
    for (let token = peek(); token !== undefined && operators.includes(token); token = peek()) {
      take();
      left = { kind: "binary", operator: SAME[token] ?? (token as Operator), left, right: level(depth + 1) };
    }
    return left;
  };

  const power = (): Expression => {
    if (peek() === "-") {
      take();
      return { kind: "negate", of: power() };
    }
    const base = atom();
    if (peek() !== "^") return base;
    take();
    return { kind: "binary", operator: "^", left: base, right: power() };
  };

  const items = (end: string): readonly Expression[] => {
    const found: Expression[] = [];
    while (peek() !== end) {
      if (found.length > 0) expect(",");
      found.push(level(0));
    }
    expect(end);
    return found;
  };

  const atom = (): Expression => {
    const token = take();
    if (token === undefined) throw new SyntaxError(`"${text}" ends too early`);
    if (token === "(") {
      const inner = level(0);
      expect(")");
      return inner;
    }
    if (token === "[") return { kind: "list", items: items("]") };
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (/^["']/.test(token)) return { kind: "text", value: token.slice(1, -1) };
    if (!/^[A-Za-z_]/.test(token)) throw new SyntaxError(`unexpected "${token}" in "${text}"`);
    if (peek() !== "(") return { kind: "name", name: token };
    take();
    return { kind: "call", name: token.toUpperCase(), items: items(")") };
  };

  const expression = level(0);
  if (peek() !== undefined) throw new SyntaxError(`unexpected "${peek() ?? ""}" in "${text}"`);
  return expression;
};
