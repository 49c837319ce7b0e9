/** What the shell may do with a failure, in the order of style: retry, park, or stop everything. */
export type ErrorKind =
  | "invalid-event"
  | "invalid-config"
  | "denied"
  | "throttled"
  | "unavailable"
  | "conflict"
  | "defect";

const WORTH_RETRYING: ReadonlySet<ErrorKind> = new Set(["throttled", "unavailable", "conflict", "invalid-config"]);

/** The one error that crosses a module line; its kind says what the shell may do next. */
export class ReflexError extends Error {
  override readonly name = "ReflexError";
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** A bad configuration is retried as well: the events wait in the queue until an operator has mended it. */
  get retryable(): boolean {
    return WORTH_RETRYING.has(this.kind);
  }
}
