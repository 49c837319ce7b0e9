/** From YAML text to a checked configuration; kept apart from `parse.ts` so that no function carries a YAML parser. */
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { ReflexError } from "#shared/errors.ts";
import { checkConfig, invalidConfig, type Path } from "./parse.ts";
import type { Config } from "./schema.ts";

export interface LoadedConfig {
  readonly config: Config;
  /** The document as JSON text: what is shipped beside a function's bundle. */
  readonly json: string;
}

/** The offset of the deepest part of the path that is in the document. */
function offsetOf(document: Document, path: Path): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

/** The configuration in the text; throws `invalid-config` naming file, line, path, value and what would be fine. */
export function loadConfig(text: string, file: string): LoadedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const reason = `${fault.message.charAt(0).toLowerCase()}${fault.message.slice(1)}`;
    throw new ReflexError(
      "invalid-config",
      `reading the configuration ${file}:${lines.linePos(fault.pos[0]).line}: this is not YAML: ${reason}`,
      { cause: fault },
    );
  }
  const value: unknown = document.toJS() ?? {};
  const result = checkConfig(value);
  if ("config" in result) return { config: result.config, json: `${JSON.stringify(value, null, 2)}\n` };
  const offset = offsetOf(document, result.problems[0]?.path ?? []);
  throw invalidConfig(offset === undefined ? file : `${file}:${lines.linePos(offset).line}`, result.problems);
}
