/** CloudFormation's intrinsic functions, strictly: what is not known is an error that names its place. */
import type { Json, JsonObject } from "../contract.ts";

/** What a template's functions may ask of their surroundings. */
export interface Scope {
  readonly stackName: string;
  /** Value of `Ref`: a parameter, a pseudo parameter, or a created resource. */
  ref(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json | undefined;
  importValue(exportName: string): Json | undefined;
  stackOutput(stackName: string, outputName: string): Json | undefined;
  condition(name: string): boolean | undefined;
  mapping(name: string, first: string, second: string): Json | undefined;
  availabilityZones(): readonly string[];
  /** Value of `{{resolve:service:reference}}`. */
  dynamicReference(service: string, reference: string): string | undefined;
}

/** Stands for `AWS::NoValue`: the property or element that holds it is left out. */
const NO_VALUE = Symbol("AWS::NoValue");

type Resolved = Json | typeof NO_VALUE;
type Solve = (argument: Json, path: string) => Json;

/** The value with every function of it carried out. `path` names the place, such as `Queue.Properties.Policy`. */
export function resolve(value: Json, path: string, scope: Scope): Json {
  const resolved = resolveOrNone(value, path, scope);
  if (resolved === NO_VALUE) throw failure(scope, path, "AWS::NoValue stands where a value is needed");
  return resolved;
}

function resolveOrNone(value: Json, path: string, scope: Scope): Resolved {
  if (typeof value === "string") return withDynamicReferences(value, path, scope);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value))
    return value
      .map((element: Json, index) => resolveOrNone(element, `${path}[${index}]`, scope))
      .filter((element) => element !== NO_VALUE);
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name !== undefined && argument !== undefined && isFunction(name))
    return call(name, argument, path, scope);
  const resolved: Record<string, Json> = {};
  for (const [key, element] of entries) {
    const result = resolveOrNone(element, `${path}.${key}`, scope);
    if (result !== NO_VALUE) resolved[key] = result;
  }
  return resolved;
}

/** `Condition` alone is also a key of policies: only a text makes it a function. */
const isFunction = (name: string): boolean => name === "Ref" || name.startsWith("Fn::");

function call(name: string, argument: Json, path: string, scope: Scope): Resolved {
  const solve: Solve = (each, at) => resolve(each, `${path}.${name}${at}`, scope);
  const fail = (problem: string): Error => failure(scope, path, `${name} ${problem}`);
  const needed = <T>(result: T | undefined, what: string): T => {
    if (result === undefined) throw fail(what);
    return result;
  };
  switch (name) {
    case "Ref":
      if (argument === "AWS::NoValue") return NO_VALUE;
      return needed(scope.ref(text(argument, fail)), `${text(argument, fail)} names no parameter and no resource`);
    case "Fn::GetAtt": {
      const [logicalId = "", attribute = ""] =
        typeof argument === "string" ? splitOnce(argument, ".") : (solve(argument, "") as string[]);
      return needed(scope.attribute(logicalId, attribute), `${logicalId}.${attribute} is not known`);
    }
    case "Fn::Join": {
      const [separator, parts] = pair(argument, fail);
      const joined = list(solve(parts, "[1]"), fail).map((part) => plain(part, fail));
      return withDynamicReferences(joined.join(text(separator, fail)), path, scope);
    }
    case "Fn::Select": {
      const [index, from] = pair(argument, fail);
      const number = Number(plain(solve(index, "[0]"), fail));
      const among = list(solve(from, "[1]"), fail);
      return needed(among[number], `${number} is outside a list of ${among.length}`);
    }
    case "Fn::Split": {
      const [separator, whole] = pair(argument, fail);
      return plain(solve(whole, "[1]"), fail).split(text(separator, fail));
    }
    case "Fn::Sub":
      return withDynamicReferences(substitute(argument, solve, fail, scope), path, scope);
    case "Fn::GetAZs":
      return scope.availabilityZones();
    case "Fn::ImportValue": {
      const exported = plain(solve(argument, ""), fail);
      return needed(scope.importValue(exported), `no stack before this one exports ${exported}`);
    }
    case "Fn::GetStackOutput": {
      const { StackName, OutputName } = solve(argument, "") as JsonObject;
      const output = scope.stackOutput(plain(StackName ?? null, fail), plain(OutputName ?? null, fail));
      return needed(output, `the stack ${StackName} has no output ${OutputName}`);
    }
    case "Fn::FindInMap": {
      const [mapping, first, second] = list(solve(argument, ""), fail).map((part) => plain(part, fail));
      const found = scope.mapping(mapping ?? "", first ?? "", second ?? "");
      return needed(found, `${mapping}.${first}.${second} is not in the mappings`);
    }
    case "Fn::Base64":
      return Buffer.from(plain(solve(argument, ""), fail)).toString("base64");
    case "Fn::If": {
      const [condition, yes, no] = list(argument, fail);
      const holds = needed(scope.condition(text(condition, fail)), `${condition} is not a condition`);
      return resolveOrNone((holds ? yes : no) ?? null, `${path}.Fn::If`, scope);
    }
    default:
      throw fail("is not a known function");
  }
}

function substitute(argument: Json, solve: Solve, fail: (problem: string) => Error, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = solve(variables ?? {}, "[1]") as Readonly<Record<string, Json>>;
  return text(template, fail).replace(/\$\{([^}]*)\}/g, (written, inner: string) => {
    if (inner.startsWith("!")) return `\${${inner.slice(1)}}`;
    const name = inner.trim();
    const [logicalId, attribute] = splitOnce(name, ".");
    const value = own[name] ?? (attribute === undefined ? scope.ref(name) : scope.attribute(logicalId, attribute));
    if (value === undefined) throw fail(`${written} names nothing that is known`);
    return plain(value, fail);
  });
}

/** After joining, for CDK writes the reference in pieces. */
function withDynamicReferences(value: string, path: string, scope: Scope): string {
  if (!value.includes("{{resolve:")) return value;
  return value.replace(/\{\{resolve:([a-z-]+):([^}]*)\}\}/g, (written, service: string, reference: string) => {
    const found = scope.dynamicReference(service, reference);
    if (found === undefined) throw failure(scope, path, `${written} names nothing that is known`);
    return found;
  });
}

/** Whether a `Conditions` entry holds; conditions know parameters, mappings and each other, but no resources. */
export function evaluateCondition(value: Json, path: string, scope: Scope): boolean {
  const fail = (problem: string): Error => failure(scope, path, problem);
  const [name, argument] = Object.entries((value ?? {}) as Readonly<Record<string, Json>>)[0] ?? [];
  const each = (): boolean[] =>
    list(argument, fail).map((part, index) => evaluateCondition(part, `${path}.${name}[${index}]`, scope));
  if (name === "Fn::Equals") {
    const [left, right] = list(argument, fail).map((part) => resolve(part, `${path}.Fn::Equals`, scope));
    return JSON.stringify(left) === JSON.stringify(right);
  }
  if (name === "Fn::Not") return !each()[0];
  if (name === "Fn::And") return each().every(Boolean);
  if (name === "Fn::Or") return each().some(Boolean);
  const other = name === "Condition" ? scope.condition(text(argument, fail)) : undefined;
  if (other === undefined) throw fail(`${name ?? JSON.stringify(value)} is not a known condition`);
  return other;
}

const failure = ({ stackName }: Scope, path: string, problem: string): Error =>
  new Error(`reading the stack ${stackName} at ${path}: ${problem}`);

const splitOnce = (whole: string, separator: string): [string, string | undefined] => {
  const at = whole.indexOf(separator);
  return at < 0 ? [whole, undefined] : [whole.slice(0, at), whole.slice(at + 1)];
};

function text(value: Json | undefined, fail: (problem: string) => Error): string {
  if (typeof value === "string") return value;
  throw fail(`needs a text, not ${JSON.stringify(value)}`);
}

/** A text, or what CloudFormation writes as one. */
function plain(value: Json, fail: (problem: string) => Error): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return text(value, fail);
}

function list(value: Json | undefined, fail: (problem: string) => Error): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw fail(`needs a list, not ${JSON.stringify(value)}`);
}

function pair(value: Json, fail: (problem: string) => Error): [Json, Json] {
  const [first, second, ...more] = list(value, fail);
  if (first === undefined || second === undefined || more.length > 0) throw fail("takes two arguments");
  return [first, second];
}
