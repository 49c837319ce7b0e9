import type { Periods, Points } from "../metrics.ts";
import type { Expression, Operator } from "./parse.ts";

/** A number, a time series, or several. */
export type Value = number | Points | readonly Points[];

/** What the names of an expression stand for. */
export interface Scope {
  readonly periods: Periods;
  named(name: string): Value;
  /** The metrics of the request, those whose id contains the text. */
  metrics(containing: string): readonly Points[];
}

const isPoints = (value: Value): value is Points => typeof value === "object" && !Array.isArray(value);

const truth = (test: boolean): number => (test ? 1 : 0);

const OPERATORS: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  OR: (left, right) => truth(left !== 0 || right !== 0),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  "<": (left, right) => truth(left < right),
  ">": (left, right) => truth(left > right),
  "<=": (left, right) => truth(left <= right),
  ">=": (left, right) => truth(left >= right),
  "==": (left, right) => truth(left === right),
  "!=": (left, right) => truth(left !== right),
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
};

/** Values at the instants that every series has; what is no number, such as a division by zero, leaves a gap. */
const zip = (values: readonly (number | Points)[], combine: (...numbers: number[]) => number): number | Points => {
  const series = values.filter((value) => typeof value !== "number");
  const [first] = series;
  if (!first) return combine(...(values as readonly number[]));
  const points = new Map<number, number>();
  for (const atMs of first.keys()) {
    const numbers = values.map((value) => (typeof value === "number" ? value : value.get(atMs)));
    if (numbers.some((number) => number === undefined)) continue;
    const result = combine(...(numbers as number[]));
    if (Number.isFinite(result)) points.set(atMs, result);
  }
  return points;
};

const single = (value: Value): number | Points => {
  if (typeof value === "number" || isPoints(value)) return value;
  throw new SyntaxError("an operator needs a number or one time series, not several");
};

const binary = (operator: Operator, left: Value, right: Value): Value => {
  const combine = OPERATORS[operator];
  if (Array.isArray(left))
    return (left as readonly Points[]).map((each) => zip([each, single(right)], combine) as Points);
  if (Array.isArray(right))
    return (right as readonly Points[]).map((each) => zip([single(left), each], combine) as Points);
  return zip([single(left), single(right)], combine);
};

const instants = ({ startMs, endMs, periodMs }: Periods): readonly number[] =>
  Array.from(
    { length: Math.max(0, Math.ceil((endMs - startMs) / periodMs)) },
    (_, index) => startMs + index * periodMs,
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** One series becomes a number; several become a series over all instants that any of them has. */
const aggregates: Readonly<Record<string, (numbers: readonly number[]) => number>> = {
  SUM: sum,
  AVG: (numbers) => sum(numbers) / numbers.length,
  MAX: (numbers) => Math.max(...numbers),
  MIN: (numbers) => Math.min(...numbers),
};

const aggregate = (name: string, value: Value): Value => {
  const combine = aggregates[name] ?? sum;
  if (typeof value === "number") return value;
  if (isPoints(value)) return value.size === 0 ? new Map() : combine([...value.values()]);
  const atAll = new Set(value.flatMap((points) => [...points.keys()]).sort((left, right) => left - right));
  return new Map([...atAll].map((atMs) => [atMs, combine(value.flatMap((points) => points.get(atMs) ?? []))]));
};

const fill = (
  points: Points,
  filler: Expression | undefined,
  scope: Scope,
  value: (e: Expression) => Value,
): Points => {
  const filled = new Map<number, number>();
  const repeat = filler?.kind === "name" && filler.name === "REPEAT";
  if (filler?.kind === "name" && filler.name === "LINEAR") throw new SyntaxError("FILL with LINEAR is not modelled");
  const constant = repeat || !filler ? undefined : value(filler);
  if (constant !== undefined && typeof constant !== "number") throw new SyntaxError("FILL needs a number or REPEAT");
  let last: number | undefined;
  for (const atMs of instants(scope.periods)) {
    const known = points.get(atMs);
    last = known ?? last;
    const filledIn = known ?? (repeat ? last : constant);
    if (filledIn !== undefined) filled.set(atMs, filledIn);
  }
  return filled;
};

const choose = (condition: Value, yes: Value, no: Value): Value => {
  const test = single(condition);
  if (typeof test === "number") return test !== 0 ? yes : no;
  const points = new Map<number, number>();
  for (const [atMs, truthy] of test) {
    const chosen = single(truthy !== 0 ? yes : no);
    const result = typeof chosen === "number" ? chosen : chosen.get(atMs);
    if (result !== undefined) points.set(atMs, result);
  }
  return points;
};

const EACH: Readonly<Record<string, (number: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/** Evaluates an expression over the periods of its scope. Source: CloudWatch user guide, "Using metric math". */
export const evaluate = (expression: Expression, scope: Scope): Value => {
  const value = (each: Expression): Value => evaluate(each, scope);
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "text":
      throw new SyntaxError(`"${expression.value}" cannot stand by itself`);
    case "name":
      return scope.named(expression.name);
    case "negate":
      return binary("*", value(expression.of), -1);
    case "binary":
      return binary(expression.operator, value(expression.left), value(expression.right));
    case "list":
      return expression.items.flatMap((item) => {
        const each = value(item);
        if (typeof each === "number") throw new SyntaxError("a list holds time series, not numbers");
        return isPoints(each) ? [each] : [...each];
      });
    case "call":
      return call(expression.name, expression.items, scope, value);
  }
};

const call = (name: string, items: readonly Expression[], scope: Scope, value: (e: Expression) => Value): Value => {
  const [first, second, third] = items;
  if (name === "METRICS") return scope.metrics(first?.kind === "text" ? first.value : "");
  if (!first) throw new SyntaxError(`${name} needs an argument`);
  const each = EACH[name];
  if (each) return zip([single(value(first))], each);
  if (Object.hasOwn(aggregates, name)) return aggregate(name, value(first));
  switch (name) {
    case "IF":
      if (!second) throw new SyntaxError("IF needs what to take when it is true");
      return choose(value(first), value(second), third ? value(third) : new Map());
    case "FILL": {
      const filled = value(first);
      if (typeof filled === "number") return filled;
      if (isPoints(filled)) return fill(filled, second, scope, value);
      return filled.map((points) => fill(points, second, scope, value));
    }
    case "TIME_SERIES": {
      const constant = value(first);
      if (typeof constant !== "number") throw new SyntaxError("TIME_SERIES needs a number");
      return new Map(instants(scope.periods).map((atMs) => [atMs, constant]));
    }
    case "DATAPOINT_COUNT": {
      const counted = single(value(first));
      return typeof counted === "number" ? 1 : counted.size;
    }
    case "PERIOD":
      return scope.periods.periodMs / 1000;
    default:
      throw new SyntaxError(`the function ${name} is not modelled`);
  }
};
