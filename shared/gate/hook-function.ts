/** The Lambda deployment hook's name, by which the event gate knows that a service is judged already. */
export const HOOK_FUNCTION_NAME = "reflex-gate-hook";

/** The stage before any task of a new revision starts. */
export const GATE_STAGE = "PRE_SCALE_UP";
