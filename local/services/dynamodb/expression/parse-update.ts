/** Reads update expressions. */

import type { Operand, SetValue, UpdateAction } from "./nodes.ts";
import { Faults, readPath } from "./path.ts";
import { Tokens } from "./tokens.ts";

const functions: ReadonlySet<string> = new Set(["if_not_exists", "list_append"]);
const clauses = ["SET", "REMOVE", "ADD", "DELETE"] as const;

/** In which order AWS tells several faults of one update. */
const rank = { reservedWord: 0, unknownFunction: 1, section: 2 };

class UpdateReader {
  readonly #tokens: Tokens;
  readonly #faults = new Faults();
  readonly #seen = new Set<string>();

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  read(): readonly UpdateAction[] {
    const actions: UpdateAction[] = [];
    do {
      const clause = clauses.find((name) => this.#tokens.isKeyword(name));
      if (!clause) throw this.#tokens.syntaxError();
      this.#tokens.next();
      if (this.#seen.has(clause))
        this.#faults.add(rank.section, `The "${clause}" section can only be used once in an update expression;`);
      this.#seen.add(clause);
      do actions.push(this.#action(clause));
      while (this.#tokens.accepts(","));
    } while (this.#tokens.peek().kind !== "end");
    this.#faults.refuse(this.#tokens);
    return actions;
  }

  #action(clause: (typeof clauses)[number]): UpdateAction {
    if (clauses.some((name) => this.#tokens.isKeyword(name))) throw this.#tokens.syntaxError();
    const path = readPath(this.#tokens, this.#faults, rank.reservedWord);
    if (clause === "REMOVE") return { kind: "remove", path };
    if (clause === "SET") {
      this.#tokens.expect("=");
      return { kind: "set", path, value: this.#setValue() };
    }
    if (this.#tokens.peek().kind !== "value") throw this.#tokens.syntaxError();
    const value: Operand = { kind: "placeholder", name: this.#tokens.next().text };
    return { kind: clause === "ADD" ? "add" : "delete", path, value };
  }

  #setValue(): SetValue {
    const left = this.#group();
    const operator = this.#tokens.accepts("+") ? "+" : this.#tokens.accepts("-") ? "-" : undefined;
    if (!operator) return left;
    const right = this.#group();
    if (left.kind === "arithmetic" || right.kind === "arithmetic") throw this.#tokens.syntaxError();
    return { kind: "arithmetic", operator, args: [left, right] };
  }

  #group(): SetValue {
    if (!this.#tokens.accepts("(")) return this.#operand();
    const inner = this.#setValue();
    this.#tokens.expect(")");
    return inner;
  }

  #operand(): Operand {
    const { kind, text } = this.#tokens.peek();
    if (kind === "value") return { kind: "placeholder", name: this.#tokens.next().text };
    if (kind !== "word" || this.#tokens.peek(1).text !== "(")
      return { kind: "path", path: readPath(this.#tokens, this.#faults, rank.reservedWord) };
    this.#tokens.next();
    if (!functions.has(text)) this.#faults.add(rank.unknownFunction, `Invalid function name; function: ${text}`);
    this.#tokens.expect("(");
    const args = [this.#argument()];
    while (this.#tokens.accepts(",")) args.push(this.#argument());
    this.#tokens.expect(")");
    return { kind: "call", name: text, args };
  }

  #argument(): Operand {
    const argument = this.#group();
    if (argument.kind === "arithmetic") throw this.#tokens.syntaxError();
    return argument;
  }
}

/** The changes that `text` asks for, names and values not yet bound. */
export const parseUpdate = (text: string): readonly UpdateAction[] =>
  new UpdateReader(new Tokens("UpdateExpression", text)).read();
