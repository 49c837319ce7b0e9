/** One statement of a policy, read once and asked often. */
import type { Json, JsonObject } from "../../contract.ts";
import { type Condition, compileConditions, texts } from "./condition.ts";
import { arnMatcher, type Matcher, type RequestContext, textMatcher } from "./pattern.ts";

/** What is asked of IAM. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

/** A compiled statement; `id` is `POLICY#SID`, or `POLICY#INDEX` where it has no Sid. */
export interface Statement {
  readonly id: string;
  readonly effect: "Allow" | "Deny";
  readonly document: JsonObject;
  /** Principal element, absent in identity policies. */
  readonly principal: Json | undefined;
  applies(request: Request): boolean;
}

const KNOWN = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const always: Condition = () => true;

/** The statements of a policy document; `policyName` names them in the call log. */
export function compilePolicy(policyName: string, document: JsonObject): readonly Statement[] {
  const written = document.Statement;
  const list = (Array.isArray(written) ? written : [written]) as readonly JsonObject[];
  return list.map((statement, index) => compileStatement(`${policyName}#${statement.Sid ?? index}`, statement));
}

function compileStatement(id: string, document: JsonObject): Statement {
  const unknown = Object.keys(document).find((key) => !KNOWN.includes(key));
  if (unknown)
    throw new Error(`policy statement ${id} has ${unknown}, which is not modelled; known: ${KNOWN.join(", ")}`);
  const { Effect: effect } = document;
  if (effect !== "Allow" && effect !== "Deny")
    throw new Error(`policy statement ${id} has Effect ${JSON.stringify(effect)}; Allow or Deny would be fine`);
  const action = either(id, document, "Action", actionMatcher, undefined);
  const resource = either(id, document, "Resource", arnMatcher, document.Principal);
  const holds = document.Condition ? named(id, () => compileConditions(document.Condition as JsonObject)) : always;
  return {
    id,
    effect,
    document,
    principal: document.Principal,
    applies: ({ action: wanted, resource: target, context }) =>
      action(wanted.toLowerCase(), context) && resource(target, context) && holds(context),
  };
}

const actionMatcher = (pattern: string): Matcher => textMatcher(pattern.toLowerCase());

/** `Action` or `NotAction`, `Resource` or `NotResource`: exactly one must be written. A resource policy may leave out the resource. */
function either(
  id: string,
  document: JsonObject,
  element: "Action" | "Resource",
  compile: (pattern: string) => Matcher,
  principal: Json | undefined,
): Matcher {
  const [is, isNot] = [document[element], document[`Not${element}`]];
  if (is === undefined && isNot === undefined && principal !== undefined) return () => true;
  if ((is === undefined) === (isNot === undefined))
    throw new Error(`policy statement ${id} needs either ${element} or Not${element}`);
  const matchers = texts(is ?? isNot).map(compile);
  const some: Matcher = (text, context) => matchers.some((fits) => fits(text, context));
  return is === undefined ? (text, context) => !some(text, context) : some;
}

function named<T>(id: string, compile: () => T): T {
  try {
    return compile();
  } catch (cause) {
    throw new Error(`policy statement ${id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
