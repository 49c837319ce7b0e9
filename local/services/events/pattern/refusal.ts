/** Every reason for which a pattern is refused. */
export type RefusalReason =
  | "not-json"
  | "not-an-object"
  | "empty-object"
  | "empty-array"
  | "not-an-object-or-array"
  | "unsupported-value"
  | "several-operators"
  | "unknown-operator"
  | "operand-of-exactly"
  | "operand-of-prefix"
  | "operand-of-suffix"
  | "operand-of-equals-ignore-case"
  | "operand-of-wildcard"
  | "operand-of-exists"
  | "operand-of-cidr"
  | "operand-of-numeric"
  | "operand-of-anything-but"
  | "incomparable-number"
  | "empty-numeric-range"
  | "consecutive-wildcards"
  | "invalid-escape"
  | "too-complex"
  | "or-needs-objects"
  | "or-needs-two"
  | "or-reserved-field"
  | "or-too-many-combinations";

/** A pattern that is none: why, and where in EventBridge's manner of speaking. */
export interface PatternRefusal {
  readonly refused: RefusalReason;
  readonly message: string;
}

/** Carries a refusal out of the depth of a pattern. */
export class RefusedPattern extends Error {
  override readonly name = "RefusedPattern";
  readonly refusal: PatternRefusal;

  constructor(refused: RefusalReason, message: string) {
    super(message);
    this.refusal = { refused, message };
  }
}
