/** From the expressions of a request to what can be run: parsed once, bound each time. */
import type { JsonObject } from "../../../contract.ts";
import { serialization, validation } from "../errors.ts";
import { bindCondition } from "./bind-condition.ts";
import { bindUpdate } from "./bind-update.ts";
import { Bindings } from "./bindings.ts";
import type { Condition, DocumentPath, UpdateAction } from "./nodes.ts";
import { parseCondition } from "./parse-condition.ts";
import { parseProjection } from "./parse-projection.ts";
import { parseUpdate } from "./parse-update.ts";
import { bindProjection } from "./project.ts";
import type { ExpressionMember } from "./tokens.ts";

/** The expressions of one request, ready to run. */
export interface BoundExpressions {
  readonly update: readonly UpdateAction[] | undefined;
  readonly condition: Condition | undefined;
  readonly keyCondition: Condition | undefined;
  readonly filter: Condition | undefined;
  readonly projection: readonly DocumentPath[] | undefined;
}

/** Parsed texts kept before all are forgotten: callers that build texts anew would fill the memory. */
const maxKept = 2000;

class Parsed<T> {
  readonly #kept = new Map<string, T>();
  readonly #parse: (text: string) => T;

  constructor(parse: (text: string) => T) {
    this.#parse = parse;
  }

  of(text: string): T {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    if (this.#kept.size >= maxKept) this.#kept.clear();
    const parsed = this.#parse(text);
    this.#kept.set(text, parsed);
    return parsed;
  }
}

function textOf(request: JsonObject, member: ExpressionMember): string | undefined {
  const text = request[member];
  if (text === undefined || text === null) return undefined;
  if (typeof text !== "string") throw serialization("Unexpected field type");
  return text;
}

const isGiven = (request: JsonObject, member: string): boolean =>
  request[member] !== undefined && request[member] !== null;

function refusePlaceholdersAlone(request: JsonObject, members: readonly ExpressionMember[]): void {
  if (isGiven(request, "ExpressionAttributeNames") && !members.some((member) => isGiven(request, member)))
    throw validation("ExpressionAttributeNames can only be specified when using expressions");
  const withValues = members.filter((member) => member !== "ProjectionExpression");
  if (isGiven(request, "ExpressionAttributeValues") && !withValues.some((member) => isGiven(request, member)))
    throw validation(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`,
    );
}

/** Compiles expressions, remembering the parsed form of texts seen before. */
export class Expressions {
  readonly #updates = new Parsed(parseUpdate);
  readonly #projections = new Parsed(parseProjection);
  readonly #conditions = new Parsed((text) => parseCondition("ConditionExpression", text));
  readonly #keyConditions = new Parsed((text) => parseCondition("KeyConditionExpression", text));
  readonly #filters = new Parsed((text) => parseCondition("FilterExpression", text));

  /** Everything the request says in `members`, placeholders in place and all of them used. */
  bind(request: JsonObject, members: readonly ExpressionMember[]): BoundExpressions {
    refusePlaceholdersAlone(request, members);
    const bindings = new Bindings(request);
    const condition = (member: ExpressionMember, parsed: Parsed<Condition>): Condition | undefined => {
      const text = members.includes(member) ? textOf(request, member) : undefined;
      return text === undefined ? undefined : bindCondition(member, parsed.of(text), bindings);
    };
    const updateText = members.includes("UpdateExpression") ? textOf(request, "UpdateExpression") : undefined;
    const projectionText = textOf(request, "ProjectionExpression");
    const bound: BoundExpressions = {
      update: updateText === undefined ? undefined : bindUpdate(this.#updates.of(updateText), bindings),
      condition: condition("ConditionExpression", this.#conditions),
      keyCondition: condition("KeyConditionExpression", this.#keyConditions),
      filter: condition("FilterExpression", this.#filters),
      projection:
        projectionText === undefined ? undefined : bindProjection(this.#projections.of(projectionText), bindings),
    };
    bindings.refuseUnused();
    return bound;
  }
}
