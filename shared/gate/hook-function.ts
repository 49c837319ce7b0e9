/** The Lambda deployment hook's name, by which the event gate knows that a service is judged already. */
export const HOOK_FUNCTION_NAME = "reflex-gate-hook";

/**
 * The name of CodeDeploy's hook. AWS's policies for CodeDeploy's role let it call functions whose names begin so.
 * Source: AWS managed policy AWSCodeDeployRoleForECSLimited.
 */
export const CODEDEPLOY_HOOK_FUNCTION_NAME = "CodeDeployHook_reflex-gate";

/** The stage before any task of a new revision starts. */
export const GATE_STAGE = "PRE_SCALE_UP";
