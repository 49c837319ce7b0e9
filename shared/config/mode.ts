/** How far a reaction may go with a service. */
import type { Mode } from "#shared/domain/plan.ts";
import { type Field, oneOf } from "./field.ts";

/** The modes, each going further than the one before. */
export const MODES = ["off", "observe", "ask", "act"] as const satisfies readonly Mode[];

/** The `mode` of a reaction's block. The document can let it go beyond observing for named services only. */
export const mode = (withWhat: string): Field<Mode> =>
  oneOf(MODES, {
    default: "observe",
    tag: "mode",
    namedOnly: ["ask", "act"],
    description: `How far to go ${withWhat}: off, only say what it would do, ask first, or act.`,
  });
