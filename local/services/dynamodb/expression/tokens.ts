/** Splits an expression into tokens and walks over them. */
import type { AwsError } from "../../../contract.ts";
import { validation } from "../errors.ts";

/** The request member an expression came in; every refusal names it. */
export type ExpressionMember =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

/** One token and where it stands in the text. */
interface Token {
  readonly kind: "word" | "name" | "value" | "integer" | "symbol" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const token =
  /(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<integer>\d+)|(?<symbol><=|>=|<>|[=<>(),.[\]+-])|(?<bad>\S)/g;

/** Longest expression in bytes. Source: DynamoDB developer guide, "Expression parameters". */
const maxBytes = 4096;

/** A refusal of the expression in `member`. */
export const invalidExpression = (member: ExpressionMember, message: string): AwsError =>
  validation(`Invalid ${member}: ${message}`);

/** Reads the tokens of one expression from left to right. */
export class Tokens {
  readonly member: ExpressionMember;
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(member: ExpressionMember, text: string) {
    this.member = member;
    this.#text = text;
    if (text === "") throw invalidExpression(member, "The expression can not be empty;");
    const bytes = Buffer.byteLength(text);
    if (bytes > maxBytes)
      throw invalidExpression(
        member,
        `Expression size has exceeded the maximum allowed size; expression size: ${bytes}`,
      );
    for (const match of text.matchAll(token)) {
      const found = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined);
      const kind = found?.[0] ?? "bad";
      const end = match.index + match[0].length;
      this.#tokens.push({
        kind: kind === "bad" ? "symbol" : (kind as Token["kind"]),
        text: match[0],
        start: match.index,
        end,
      });
    }
    this.#tokens.push({ kind: "end", text: "<EOF>", start: text.length, end: text.length });
  }

  /** The token `ahead` places on, the end when there is none. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const current = this.peek();
    this.#at++;
    return current;
  }

  /** Whether the next token is this symbol; takes it if so. */
  accepts(symbol: string): boolean {
    const { kind, text } = this.peek();
    if (kind !== "symbol" || text !== symbol) return false;
    this.#at++;
    return true;
  }

  /** Whether the next token is this keyword in any case. */
  isKeyword(keyword: string): boolean {
    const { kind, text } = this.peek();
    return kind === "word" && text.toUpperCase() === keyword;
  }

  /** Takes the next token if it is this keyword. */
  acceptsKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#at++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.accepts(symbol)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw this.syntaxError();
  }

  /** The refusal at the next token, with its neighbours as AWS shows them. */
  syntaxError(): AwsError {
    const here = this.peek();
    const from = this.#tokens[this.#at - 1] ?? here;
    const near = this.#text.slice(from.start, this.peek(1).end).trim();
    return invalidExpression(this.member, `Syntax error; token: "${here.text}", near: "${near}"`);
  }
}
