import { AwsError, type Json, type JsonObject } from "../../contract.ts";

/** Reads the members of a request or of a template's properties; a member of another shape is refused with `code`. */
export class Input {
  readonly members: JsonObject;
  readonly #code: string;

  constructor(members: JsonObject, code: string) {
    this.members = members;
    this.#code = code;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw this.refusal(`${name} must be a string, is ${JSON.stringify(value)}`);
  }

  /** One of a closed list of words. */
  word<W extends string>(name: string, words: readonly W[]): W {
    const value = this.text(name);
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    throw this.refusal(`${name} must be one of [${words.join(", ")}], is '${value}'`);
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? this.#missing(name);
  }

  /** A number; templates may write it as text. */
  optionalNumber(name: string): number | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw this.refusal(`${name} must be a number, is ${JSON.stringify(value)}`);
  }

  /** A whole number within bounds, or the fallback when it is not given. */
  wholeNumber(name: string, least: number, most: number, fallback?: number): number {
    const value = this.optionalNumber(name) ?? fallback ?? this.#missing(name);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw this.refusal(`${name} must be a whole number from ${least} to ${most}, is ${value}`);
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.members[name] ?? fallback;
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    throw this.refusal(`${name} must be true or false, is ${JSON.stringify(value)}`);
  }

  object(name: string): Input | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) return undefined;
    return new Input(this.#objectFrom(name, value), this.#code);
  }

  list(name: string): readonly Json[] {
    const value = this.members[name] ?? [];
    if (Array.isArray(value)) return value as readonly Json[];
    throw this.refusal(`${name} must be a list, is ${JSON.stringify(value)}`);
  }

  objects(name: string): readonly Input[] {
    return this.list(name).map((value) => new Input(this.#objectFrom(name, value), this.#code));
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((value) => {
      if (typeof value === "string") return value;
      throw this.refusal(`${name} must hold strings, holds ${JSON.stringify(value)}`);
    });
  }

  /** An instant, in milliseconds: seconds since 1970 on the wire, or ISO 8601 text. */
  instantMs(name: string): number | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) return undefined;
    const instantMs =
      typeof value === "number" ? value * 1000 : typeof value === "string" ? Date.parse(value) : Number.NaN;
    if (Number.isFinite(instantMs)) return instantMs;
    throw this.refusal(`${name} must be a time, is ${JSON.stringify(value)}`);
  }

  refusal(message: string): AwsError {
    return new AwsError(this.#code, message);
  }

  #missing(name: string): never {
    throw this.refusal(`${name} is missing`);
  }

  #objectFrom(name: string, value: Json): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw this.refusal(`${name} must be an object, is ${JSON.stringify(value)}`);
  }
}
