/** Reads projection expressions. */

import type { DocumentPath } from "./nodes.ts";
import { Faults, readPath } from "./path.ts";
import { Tokens } from "./tokens.ts";

/** The paths that `text` lists, names not yet bound. */
export function parseProjection(text: string): readonly DocumentPath[] {
  const tokens = new Tokens("ProjectionExpression", text);
  const faults = new Faults();
  const paths: DocumentPath[] = [];
  do paths.push(readPath(tokens, faults, 0));
  while (tokens.accepts(","));
  tokens.expectEnd();
  faults.refuse(tokens);
  return paths;
}
