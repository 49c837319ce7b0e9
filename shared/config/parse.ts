/** From any value to a checked configuration. */
import * as v from "valibot";
import { ReflexError } from "#shared/errors.ts";
import { Config } from "./schema.ts";

/** Where in the document something is: keys and positions from the top. */
export type Path = readonly (string | number)[];

/** What is wrong with a document, first problem first. */
export interface Problem {
  readonly path: Path;
  readonly value: unknown;
  /** What would be fine, after the value: "must be ...". */
  readonly rule: string;
}

const pathOf = (issue: v.BaseIssue<unknown>): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));

/** The configuration, or everything that is wrong with it. */
export function checkConfig(value: unknown): { readonly config: Config } | { readonly problems: readonly Problem[] } {
  const result = v.safeParse(Config, value);
  return result.success
    ? { config: result.output }
    : {
        problems: result.issues.map((issue) => ({
          path: pathOf(issue),
          value: issue.path?.at(-1)?.value ?? issue.input,
          rule: issue.message,
        })),
      };
}

const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? "missing";
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
};

/** One line: which file, what in it, with which value, and what would be fine. */
export function invalidConfig(where: string, problems: readonly Problem[]): ReflexError {
  const { path = [], value, rule = "must be a document" } = problems[0] ?? {};
  const name =
    path.length === 0 ? "the document" : path.map((key) => (/^[\w-]+$/.test(String(key)) ? key : `"${key}"`)).join(".");
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new ReflexError(
    "invalid-config",
    `reading the configuration ${where}: ${name} is ${shown(value)}, it ${rule}${more}`,
  );
}

/** The configuration in a value such as the parsed `config.json`; throws `invalid-config` naming the file. */
export function parseConfig(value: unknown, file: string): Config {
  const result = checkConfig(value);
  if ("problems" in result) throw invalidConfig(file, result.problems);
  return result.config;
}
