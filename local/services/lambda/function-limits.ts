/** What Lambda refuses when a function is created. Source: CreateFunction, "Lambda quotas", "Using environment variables". */

const mostEnvironmentBytes = 4096;
const unreservedAtLeast = 100;
const accountConcurrency = 1000;

const reservedKeys = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);
const isReserved = (key: string): boolean => reservedKeys.has(key) || /^AWS_LAMBDA_(?!EXEC_WRAPPER$)/.test(key);

/** Why the variables are refused; undefined when they are fine. */
export function environmentProblem(environment: Readonly<Record<string, string>>): string | undefined {
  const reserved = Object.keys(environment).filter(isReserved);
  if (reserved.length > 0)
    return `the environment variables contain reserved keys that are currently not supported for modification: ${reserved.join(", ")}`;
  const odd = Object.keys(environment).find((key) => !/^[a-zA-Z]\w+$/.test(key));
  if (odd !== undefined)
    return `the environment variable ${odd} must begin with a letter and have letters, digits and underscores`;
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes > mostEnvironmentBytes)
    return `the environment variables have ${bytes} bytes, more than the limit of ${mostEnvironmentBytes}`;
  return undefined;
}

/** Why these reservations together are refused; undefined when enough is left for functions without one. */
export function reservationProblem(reserved: readonly number[]): string | undefined {
  const total = reserved.reduce((sum, each) => sum + each, 0);
  if (total <= accountConcurrency - unreservedAtLeast) return undefined;
  return `ReservedConcurrentExecutions of ${total} in all decrease the account's unreserved concurrency below its minimum value of ${unreservedAtLeast}`;
}
