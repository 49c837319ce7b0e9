/** AWS error names to what the shell may do next; an unknown name is a defect until it is listed here. */
import { type ErrorKind, ReflexError } from "#shared/errors.ts";

const KINDS: Readonly<Record<string, ErrorKind>> = {
  AccessDenied: "denied",
  AccessDeniedException: "denied",
  UnrecognizedClientException: "denied",
  FailedResourceAccessException: "denied",
  ExpiredTokenException: "unavailable",
  ThrottlingException: "throttled",
  Throttling: "throttled",
  TooManyRequestsException: "throttled",
  LimitExceededException: "throttled",
  ProvisionedThroughputExceededException: "throttled",
  RequestLimitExceeded: "throttled",
  RequestThrottled: "throttled",
  ConflictException: "conflict",
  TransactionConflictException: "conflict",
  ConcurrentModificationException: "conflict",
  UpdateInProgressException: "conflict",
  ServerException: "unavailable",
  InternalServerError: "unavailable",
  InternalFailure: "unavailable",
  ServiceUnavailable: "unavailable",
  RequestTimeout: "unavailable",
  RequestTimeoutException: "unavailable",
  TimeoutError: "unavailable",
  AbortError: "unavailable",
  NetworkingError: "unavailable",
};

/** ECS says so under the name of its catch-all, when somebody else registers a revision of the family at that moment. */
const REGISTERED_AT_ONCE = /^too many concurrent attempts/i;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

const statusOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata as { httpStatusCode?: number };
  return metadata.httpStatusCode;
};

const kindOf = (error: unknown): ErrorKind => {
  const listed = KINDS[nameOf(error)];
  if (listed) return listed;
  if (error instanceof Error && REGISTERED_AT_ONCE.test(error.message)) return "throttled";
  const status = statusOf(error);
  if (status === 429) return "throttled";
  if (status !== undefined && status >= 500) return "unavailable";
  // No answer at all: the socket broke, so the call may or may not have been carried out.
  if (error instanceof Error && status === undefined && "code" in error && typeof error.code === "string") {
    return "unavailable";
  }
  return "defect";
};

/** Whether AWS answered with this error name; for the few refusals that an adapter turns into `undefined`. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean => names.includes(nameOf(error));

/** An SDK failure in our words; `doing` says what was attempted, on what. */
export const translate = (error: unknown, doing: string): ReflexError => {
  if (error instanceof ReflexError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ReflexError(kindOf(error), `${doing}: ${nameOf(error)}: ${message}`, { cause: error });
};
