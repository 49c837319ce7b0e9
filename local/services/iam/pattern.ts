/** Wildcards and policy variables, as IAM reads them: `*` any characters, `?` one, `${key}` a value of the request. */

/** The request's condition keys, lower case, each with its values. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** Whether a text fits; the context fills policy variables. */
export type Matcher = (text: string, context: RequestContext) => boolean;

/** A pattern that must fit the whole text. A variable without exactly one value in the request fits nothing. */
export function textMatcher(pattern: string): Matcher {
  if (!pattern.includes("${")) {
    const fits = staticMatcher(pattern);
    return (text) => fits(text);
  }
  return (text, context) => expressionOf(pattern, context)?.test(text) ?? false;
}

/**
 * A pattern over an ARN: the first five fields match one by one, so that a wildcard never spans a colon there.
 * Source: IAM user guide, "Resource: using wildcards in paths" and the ArnLike operator.
 */
export function arnMatcher(pattern: string): Matcher {
  if (pattern === "*") return () => true;
  const fields = fieldsOf(pattern).map(textMatcher);
  if (fields.length !== 6) return () => false;
  return (text, context) => {
    const parts = fieldsOf(text);
    return parts.length === 6 && fields.every((fits, index) => fits(parts[index] ?? "", context));
  };
}

/** A literal that may hold variables: equality, as for StringEquals. */
export function literalMatcher(literal: string, fold: (text: string) => string = (text) => text): Matcher {
  if (!literal.includes("${")) {
    const folded = fold(literal);
    return (text) => fold(text) === folded;
  }
  return (text, context) => {
    const filled = partsOf(literal, context);
    return filled !== undefined && fold(filled.map(({ value }) => value).join("")) === fold(text);
  };
}

/** Colons inside a variable are no field borders. */
const fieldsOf = (arn: string): string[] => {
  const fields = arn.includes("${") ? arn.split(/:(?![^{}]*\})/) : arn.split(":");
  return fields.length <= 6 ? fields : [...fields.slice(0, 5), fields.slice(5).join(":")];
};

function staticMatcher(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  if (pattern === "*") return () => true;
  const start = pattern.slice(0, -1);
  if (pattern.endsWith("*") && !/[*?]/.test(start)) return (text) => text.startsWith(start);
  const expression = new RegExp(`^${wildcardsToExpression(pattern)}$`, "s");
  return (text) => expression.test(text);
}

function expressionOf(pattern: string, context: RequestContext): RegExp | undefined {
  const parts = partsOf(pattern, context);
  if (!parts) return undefined;
  const source = parts.map(({ value, literal }) => (literal ? quoted(value) : wildcardsToExpression(value)));
  return new RegExp(`^${source.join("")}$`, "s");
}

/** Splits at variables and fills them; undefined when the request lacks one and no default is written. */
function partsOf(pattern: string, context: RequestContext): { value: string; literal: boolean }[] | undefined {
  const parts: { value: string; literal: boolean }[] = [];
  for (const piece of pattern.split(/(\$\{[^}]*\})/)) {
    if (!piece.startsWith("${")) {
      parts.push({ value: piece, literal: false });
      continue;
    }
    const inner = piece.slice(2, -1).trim();
    if (inner === "*" || inner === "?" || inner === "$") {
      parts.push({ value: inner, literal: true });
      continue;
    }
    const [key = "", fallback] = inner.split(/\s*,\s*'(.*)'$/);
    const values = context.get(key.trim().toLowerCase()) ?? [];
    const value = values.length === 1 ? values[0] : fallback;
    if (value === undefined) return undefined;
    parts.push({ value, literal: true });
  }
  return parts;
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const wildcardsToExpression = (text: string): string => quoted(text).replace(/\\\*/g, ".*").replace(/\\\?/g, ".");
