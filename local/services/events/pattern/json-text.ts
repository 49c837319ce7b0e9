/** A number as its author wrote it: `3.0e2` and `300` are the same quantity and different texts. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An object as its author wrote it: members in order, repeated names kept. */
export class Members {
  readonly entries: readonly (readonly [name: string, value: JsonText])[];

  constructor(entries: readonly (readonly [name: string, value: JsonText])[]) {
    this.entries = entries;
  }
}

/** JSON read without the two losses of `JSON.parse`: the spelling of numbers and repeated member names. */
export type JsonText = null | boolean | string | NumberText | Members | readonly JsonText[];

/** What stops a text from being JSON, and where. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
}

const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;
const LITERALS = { true: true, false: false, null: null } as const;

type Token =
  | { readonly kind: "mark"; readonly mark: string }
  | { readonly kind: "value"; readonly value: JsonText }
  | { readonly kind: "end" };

/** Reads one JSON value that fills the whole text (RFC 8259). */
export const readJsonText = (text: string): JsonText => {
  let position = 0;

  const refuse = (expected: string): JsonTextError =>
    new JsonTextError(`reading JSON at character ${position}: expected ${expected}`);

  const next = (): Token => {
    TOKEN.lastIndex = position;
    const found = TOKEN.exec(text);
    if (!found) {
      if (/^[ \t\n\r]*$/.test(text.slice(position))) return { kind: "end" };
      throw refuse("a JSON token");
    }
    const [, mark, quoted, number, literal] = found;
    position = TOKEN.lastIndex;
    if (mark !== undefined) return { kind: "mark", mark };
    if (quoted !== undefined) return { kind: "value", value: unquote(quoted) };
    if (number !== undefined) return { kind: "value", value: new NumberText(number) };
    return { kind: "value", value: LITERALS[literal as keyof typeof LITERALS] };
  };

  const unquote = (quoted: string): string => {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw refuse("a string without control characters");
    }
  };

  const isMark = (token: Token, mark: string): boolean => token.kind === "mark" && token.mark === mark;

  const valueFrom = (token: Token): JsonText => {
    if (token.kind === "value") return token.value;
    if (isMark(token, "{")) return members();
    if (isMark(token, "[")) return elements();
    throw refuse("a value");
  };

  const members = (): Members => {
    const entries: [string, JsonText][] = [];
    for (let token = next(); !isMark(token, "}"); token = next()) {
      if (entries.length > 0) {
        if (!isMark(token, ",")) throw refuse('"," or "}"');
        token = next();
      }
      if (token.kind !== "value" || typeof token.value !== "string") throw refuse("a member name");
      if (!isMark(next(), ":")) throw refuse('":"');
      entries.push([token.value, valueFrom(next())]);
    }
    return new Members(entries);
  };

  const elements = (): readonly JsonText[] => {
    const found: JsonText[] = [];
    for (let token = next(); !isMark(token, "]"); token = next()) {
      if (found.length > 0) {
        if (!isMark(token, ",")) throw refuse('"," or "]"');
        token = next();
      }
      found.push(valueFrom(token));
    }
    return found;
  };

  const value = valueFrom(next());
  if (next().kind !== "end") throw refuse("the end");
  return value;
};
