import type { StateValue } from "./state.ts";

/** A composite alarm's rule: whether it holds, given the states of the alarms it names. */
export interface Rule {
  readonly names: readonly string[];
  holds(stateOf: (name: string) => StateValue | undefined): boolean;
}

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^\s()"]+))\s*\)|(TRUE|FALSE|AND|OR|NOT|\(|\)))/y;

type Token = { readonly word: string } | { readonly state: StateValue; readonly name: string };

/** The name within a name or an ARN. */
const nameOf = (nameOrArn: string): string =>
  /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.*)$/.exec(nameOrArn)?.[1] ?? nameOrArn;

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (TOKEN.lastIndex = 0; text.slice(TOKEN.lastIndex).trim() !== ""; ) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new SyntaxError(`unexpected text at character ${at} of "${text}"`);
    const [, state, quoted, bare, word] = found;
    if (word !== undefined) tokens.push({ word });
    else tokens.push({ state: state as StateValue, name: nameOf(quoted ?? bare ?? "") });
  }
  return tokens;
};

/** Reads `ALARM(a) AND NOT (OK("b") OR TRUE)`; NOT binds strongest, OR weakest. */
export const parseRule = (text: string): Rule => {
  const tokens = tokensOf(text);
  const names = new Set<string>();
  let position = 0;
  const isNext = (word: string): boolean => {
    const token = tokens[position];
    if (!token || !("word" in token) || token.word !== word) return false;
    position += 1;
    return true;
  };

  const either = (): Rule["holds"] => {
    let left = both();
    while (isNext("OR")) {
      const [before, after] = [left, both()];
      left = (stateOf) => before(stateOf) || after(stateOf);
    }
    return left;
  };
  const both = (): Rule["holds"] => {
    let left = one();
    while (isNext("AND")) {
      const [before, after] = [left, one()];
      left = (stateOf) => before(stateOf) && after(stateOf);
    }
    return left;
  };
  const one = (): Rule["holds"] => {
    if (isNext("NOT")) {
      const inner = one();
      return (stateOf) => !inner(stateOf);
    }
    if (isNext("(")) {
      const inner = either();
      if (!isNext(")")) throw new SyntaxError(`a ")" is missing in "${text}"`);
      return inner;
    }
    if (isNext("TRUE")) return () => true;
    if (isNext("FALSE")) return () => false;
    const token = tokens[position];
    if (!token || !("state" in token)) throw new SyntaxError(`an alarm's state is missing in "${text}"`);
    position += 1;
    names.add(token.name);
    return (stateOf) => stateOf(token.name) === token.state;
  };

  const holds = either();
  if (position < tokens.length) throw new SyntaxError(`"${text}" goes on after its end`);
  return { names: [...names], holds };
};
