/** The one reader of a function's environment: names and addresses, never policy, never secrets. */
import * as v from "valibot";
import { ReflexError } from "#shared/errors.ts";

const name = v.pipe(v.string(), v.minLength(1));

export const FunctionEnv = v.object({
  REFLEX_LEDGER_TABLE: name,
  REFLEX_QUEUE_URL: name,
  REFLEX_DEAD_LETTERS_URL: name,
});

/** Reads the variables that `schema` names; a missing one is a defect of the deployment, said by name. */
export const readEnv = <Output>(
  schema: v.GenericSchema<unknown, Output>,
  env: Readonly<Record<string, string | undefined>>,
): Output => {
  const result = v.safeParse(schema, env);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ReflexError("invalid-config", `reading the environment: ${v.getDotPath(issue) ?? "?"}: ${issue.message}`);
};
