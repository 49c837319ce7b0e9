/** What a deployment configuration may say. Source: ECS API, DeploymentConfiguration and its members. */
import type { JsonObject } from "../../contract.ts";
import { HOOK_STAGES } from "./deployments/steps.ts";
import { invalidParameter } from "./errors.ts";
import { compact, decimal, flag, oneOf, structure, structures, text, texts, whole } from "./input.ts";

const MOST_HOOKS_OF_A_TYPE = 10;
const STRATEGIES = ["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"] as const;
const NO_PAUSE_STAGES: ReadonlySet<string> = new Set(["TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"]);

/** The configuration with its defaults, `before` where the request says nothing; throws what AWS refuses. */
export function checkConfiguration(given: JsonObject, before: JsonObject): JsonObject {
  const merged: JsonObject = compact({ ...before, ...given });
  const strategy = oneOf(merged, "strategy", STRATEGIES) ?? "ROLLING";
  const rolling = strategy === "ROLLING";
  const maximumPercent = whole(merged, "maximumPercent") ?? 200;
  const minimumHealthyPercent = whole(merged, "minimumHealthyPercent") ?? 100;
  if (maximumPercent < 100 || maximumPercent > 200 || minimumHealthyPercent < 0 || minimumHealthyPercent > 100)
    throw invalidParameter("Both maximumPercent (100 to 200) and minimumHealthyPercent (0 to 100) must be in range.");
  if (maximumPercent === 100 && minimumHealthyPercent === 100)
    throw invalidParameter(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    );
  checkBreaker(structure(merged, "deploymentCircuitBreaker"), rolling);
  within(merged, "bakeTimeInMinutes", 0, 1440);
  within(structure(merged, "linearConfiguration") ?? {}, "stepPercent", 3, 100);
  within(structure(merged, "linearConfiguration") ?? {}, "stepBakeTimeInMinutes", 0, 1440);
  within(structure(merged, "canaryConfiguration") ?? {}, "canaryPercent", 0.1, 100);
  within(structure(merged, "canaryConfiguration") ?? {}, "canaryBakeTimeInMinutes", 0, 1440);
  const early = structure(merged, "earlySuccessCriteria");
  if (early && !rolling) throw invalidParameter("earlySuccessCriteria can only be used with the ROLLING strategy.");
  if (early && flag(early, "enable") && (whole(early, "healthyPercent") ?? 0) < minimumHealthyPercent)
    throw invalidParameter("earlySuccessCriteria.healthyPercent must not be below minimumHealthyPercent.");
  checkHooks(structures(merged, "lifecycleHooks") ?? []);
  return compact({
    deploymentCircuitBreaker: { enable: false, rollback: false },
    alarms: { alarmNames: [], rollback: false, enable: false },
    ...merged,
    strategy,
    maximumPercent,
    minimumHealthyPercent,
  });
}

function checkBreaker(breaker: JsonObject | undefined, rolling: boolean): void {
  if (breaker === undefined) return;
  if (flag(breaker, "enable") === undefined || flag(breaker, "rollback") === undefined)
    throw invalidParameter("deploymentCircuitBreaker needs both enable and rollback.");
  if (!rolling && flag(breaker, "enable"))
    throw invalidParameter("The deployment circuit breaker can only be used with the ROLLING strategy.");
  const threshold = structure(breaker, "thresholdConfiguration");
  if (threshold === undefined) return;
  oneOf(threshold, "type", ["COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"]);
  if ((whole(threshold, "value") ?? 0) < 1) throw invalidParameter("thresholdConfiguration.value must be at least 1.");
}

function within(settings: JsonObject, field: string, least: number, most: number): void {
  const value = decimal(settings, field);
  if (value !== undefined && (value < least || value > most))
    throw invalidParameter(`Invalid ${field}: ${value}. It must be between ${least} and ${most}.`);
}

function checkHooks(hooks: readonly JsonObject[]): void {
  const perType = Map.groupBy(hooks, (hook) => oneOf(hook, "targetType", ["AWS_LAMBDA", "PAUSE"]) ?? "AWS_LAMBDA");
  for (const [type, all] of perType)
    if (all.length > MOST_HOOKS_OF_A_TYPE)
      throw invalidParameter(`A service can have at most ${MOST_HOOKS_OF_A_TYPE} lifecycle hooks of type ${type}.`);
  for (const hook of hooks) {
    const pause = text(hook, "targetType") === "PAUSE";
    const stages = texts(hook, "lifecycleStages") ?? [];
    if (stages.length === 0) throw invalidParameter("A lifecycle hook needs at least one lifecycle stage.");
    const unknown = stages.find((stage) => !HOOK_STAGES.includes(stage));
    if (unknown !== undefined) throw invalidParameter(`Invalid lifecycle stage: ${unknown}.`);
    if (pause && stages.some((stage) => NO_PAUSE_STAGES.has(stage)))
      throw invalidParameter("PAUSE hooks are not supported at TEST_TRAFFIC_SHIFT and PRODUCTION_TRAFFIC_SHIFT.");
    if (!pause && (text(hook, "hookTargetArn") === undefined || text(hook, "roleArn") === undefined))
      throw invalidParameter("An AWS_LAMBDA lifecycle hook needs hookTargetArn and roleArn.");
    const timeout = structure(hook, "timeoutConfiguration") ?? {};
    within(timeout, "timeoutInMinutes", 1, pause ? 20_160 : 1440);
    oneOf(timeout, "action", ["ROLLBACK", "CONTINUE"]);
  }
}
