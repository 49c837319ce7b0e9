/** Reads document paths, and keeps what is wrong with them until the whole expression is read. */

import type { DocumentPath } from "./nodes.ts";
import { isReservedWord } from "./reserved-words.ts";
import { invalidExpression, type Tokens } from "./tokens.ts";

/** Faults that AWS tells only after the syntax of the whole expression held, the first of each rank. */
export class Faults {
  readonly #byRank: (string | undefined)[] = [];

  add(rank: number, message: string): void {
    this.#byRank[rank] ??= message;
  }

  /** Refuses with the fault of the lowest rank, if there is any. */
  refuse(tokens: Tokens): void {
    const first = this.#byRank.find((message) => message !== undefined);
    if (first !== undefined) throw invalidExpression(tokens.member, first);
  }
}

function nameAt(tokens: Tokens, faults: Faults, rank: number): string {
  const { kind, text } = tokens.peek();
  if (kind !== "word" && kind !== "name") throw tokens.syntaxError();
  if (kind === "word" && isReservedWord(text))
    faults.add(rank, `Attribute name is a reserved keyword; reserved keyword: ${text}`);
  tokens.next();
  return text;
}

/** Reads `a.b[1].#c` from the next token on. */
export function readPath(tokens: Tokens, faults: Faults, reservedRank: number): DocumentPath {
  const path: [string, ...(string | number)[]] = [nameAt(tokens, faults, reservedRank)];
  for (;;) {
    if (tokens.accepts(".")) path.push(nameAt(tokens, faults, reservedRank));
    else if (tokens.accepts("[")) {
      if (tokens.peek().kind !== "integer") throw tokens.syntaxError();
      path.push(Number(tokens.next().text));
      tokens.expect("]");
    } else return path;
  }
}
