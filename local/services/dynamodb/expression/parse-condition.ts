/** Reads conditions, filters and key conditions. */

import type { CallNode, Comparator, Condition, Operand } from "./nodes.ts";
import { Faults, readPath } from "./path.ts";
import { type ExpressionMember, Tokens } from "./tokens.ts";

const functions: ReadonlySet<string> = new Set([
  "attribute_exists",
  "attribute_not_exists",
  "attribute_type",
  "begins_with",
  "contains",
  "size",
]);
const comparators: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
const keywords: ReadonlySet<string> = new Set(["AND", "OR", "NOT", "BETWEEN", "IN"]);

/** In which order AWS tells several faults of one condition. */
const rank = { parentheses: 0, unknownFunction: 1, misusedFunction: 2, reservedWord: 3 };

/** Most operands of IN. Source: DynamoDB developer guide, "Condition and filter expressions". */
const maxInOperands = 100;

type Read = { readonly node: Condition | Operand; readonly parenthesised: boolean };

const isOperand = (node: Condition | Operand): node is Operand =>
  node.kind === "path" || node.kind === "placeholder" || node.kind === "call";

class ConditionReader {
  readonly #tokens: Tokens;
  readonly #faults = new Faults();

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  read(): Condition {
    const condition = this.#condition(this.#or());
    this.#tokens.expectEnd();
    this.#faults.refuse(this.#tokens);
    return condition;
  }

  #or(): Read {
    const left = this.#and();
    if (!this.#tokens.acceptsKeyword("OR")) return left;
    return this.#bare({ kind: "or", left: this.#condition(left), right: this.#condition(this.#or()) });
  }

  #and(): Read {
    const left = this.#not();
    if (!this.#tokens.acceptsKeyword("AND")) return left;
    return this.#bare({ kind: "and", left: this.#condition(left), right: this.#condition(this.#and()) });
  }

  #not(): Read {
    if (!this.#tokens.acceptsKeyword("NOT")) return this.#comparison();
    return this.#bare({ kind: "not", condition: this.#condition(this.#not()) });
  }

  #comparison(): Read {
    const left = this.#primary();
    const { kind, text } = this.#tokens.peek();
    if (kind === "symbol" && comparators.has(text)) {
      this.#tokens.next();
      const operator = text as Comparator;
      return this.#bare({ kind: "compare", operator, args: [this.#value(left), this.#value(this.#primary())] });
    }
    if (this.#tokens.acceptsKeyword("BETWEEN")) {
      const low = this.#value(this.#primary());
      if (!this.#tokens.acceptsKeyword("AND")) throw this.#tokens.syntaxError();
      return this.#bare({ kind: "between", args: [this.#value(left), low, this.#value(this.#primary())] });
    }
    if (this.#tokens.acceptsKeyword("IN")) {
      this.#tokens.expect("(");
      const choices = this.#list();
      if (choices.length > maxInOperands)
        this.#faults.add(
          rank.misusedFunction,
          `Invalid number of operands for operator or function; operator or function: IN, number of operands: ${choices.length}`,
        );
      return this.#bare({ kind: "in", args: [this.#value(left), ...choices] });
    }
    return left;
  }

  #primary(): Read {
    const { kind, text } = this.#tokens.peek();
    if (this.#tokens.accepts("(")) {
      const inner = this.#or();
      this.#tokens.expect(")");
      if (inner.parenthesised) this.#faults.add(rank.parentheses, "The expression has redundant parentheses;");
      return { node: inner.node, parenthesised: true };
    }
    if (kind === "value") return this.#bare({ kind: "placeholder", name: this.#tokens.next().text });
    if (kind === "word" && keywords.has(text.toUpperCase())) throw this.#tokens.syntaxError();
    if (kind === "word" && this.#tokens.peek(1).text === "(") return this.#bare(this.#call());
    return this.#bare({ kind: "path", path: readPath(this.#tokens, this.#faults, rank.reservedWord) });
  }

  #call(): CallNode {
    const name = this.#tokens.next().text;
    this.#tokens.expect("(");
    if (!functions.has(name)) this.#faults.add(rank.unknownFunction, `Invalid function name; function: ${name}`);
    return { kind: "call", name, args: this.#list() };
  }

  #list(): Operand[] {
    const operands = [this.#value(this.#primary())];
    while (this.#tokens.accepts(",")) operands.push(this.#value(this.#primary()));
    this.#tokens.expect(")");
    return operands;
  }

  #bare(node: Condition | Operand): Read {
    return { node, parenthesised: false };
  }

  /** What was read must be true or false. */
  #condition({ node }: Read): Condition {
    if (node.kind === "path" || node.kind === "placeholder" || node.kind === "literal")
      throw this.#tokens.syntaxError();
    if (node.kind === "call" && node.name === "size") this.#misused(node.name);
    return node;
  }

  /** What was read must stand for a value. */
  #value({ node }: Read): Operand {
    if (!isOperand(node)) throw this.#tokens.syntaxError();
    if (node.kind === "call" && node.name !== "size") this.#misused(node.name);
    return node;
  }

  #misused(name: string): void {
    this.#faults.add(
      rank.misusedFunction,
      `The function is not allowed to be used this way in an expression; function: ${name}`,
    );
  }
}

/** The condition that `text` says, names and values not yet bound. */
export const parseCondition = (member: ExpressionMember, text: string): Condition =>
  new ConditionReader(new Tokens(member, text)).read();
