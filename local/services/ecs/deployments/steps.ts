/** The way a deployment walks. Source: ECS/deployment-lifecycle-hooks; with ROLLING, hooks are not proven on AWS. */
import type { JsonObject } from "../../../contract.ts";
import { decimal, structure, structures, text, texts, whole } from "../input.ts";
import type { Step } from "./deployment.ts";

const BEFORE_SCALE_UP = ["RECONCILE_SERVICE", "PRE_SCALE_UP"] as const;
const AFTER_SCALE_UP = [
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
] as const;

/** Every stage at which a hook may stand. */
export const HOOK_STAGES: readonly string[] = [...BEFORE_SCALE_UP, ...AFTER_SCALE_UP];

/** All steps of a deployment, forward. */
export function stepsOf(configuration: JsonObject, activeSources: number): readonly Step[] {
  const strategy = text(configuration, "strategy") ?? "ROLLING";
  const scaleUp: Step = { kind: "scale-up", stage: "SCALE_UP" };
  const bakeMinutes = whole(configuration, "bakeTimeInMinutes") ?? 0;
  const bake: readonly Step[] = bakeMinutes > 0 ? [{ kind: "wait", stage: "BAKE_TIME", minutes: bakeMinutes }] : [];
  if (strategy === "ROLLING") {
    const hooked = (stage: string): readonly Step[] =>
      hooksAt(configuration, stage).length > 0 ? [{ kind: "hooks", stage }] : [];
    return [...hooked("PRE_SCALE_UP"), scaleUp, ...AFTER_SCALE_UP.flatMap(hooked), ...bake];
  }
  return [
    ...(activeSources > 1 ? [{ kind: "hooks", stage: "RECONCILE_SERVICE" } as const] : []),
    { kind: "hooks", stage: "PRE_SCALE_UP" },
    scaleUp,
    { kind: "hooks", stage: "POST_SCALE_UP" },
    { kind: "hooks", stage: "TEST_TRAFFIC_SHIFT" },
    { kind: "hooks", stage: "POST_TEST_TRAFFIC_SHIFT" },
    ...trafficSteps(strategy, configuration),
    { kind: "hooks", stage: "POST_PRODUCTION_TRAFFIC_SHIFT" },
    ...bake,
    { kind: "clean-up", stage: "CLEAN_UP" },
  ];
}

/** Linear and canary deployments pass both traffic stages at every step. */
function trafficSteps(strategy: string, configuration: JsonObject): readonly Step[] {
  const canary = structure(configuration, "canaryConfiguration") ?? {};
  const linear = structure(configuration, "linearConfiguration") ?? {};
  const stepPercent = decimal(linear, "stepPercent") ?? 10;
  const percents =
    strategy === "CANARY"
      ? [decimal(canary, "canaryPercent") ?? 5, 100]
      : strategy === "LINEAR"
        ? Array.from({ length: Math.ceil(100 / stepPercent) }, (_, index) => Math.min(100, (index + 1) * stepPercent))
        : [100];
  const pauseMinutes =
    strategy === "CANARY"
      ? (whole(canary, "canaryBakeTimeInMinutes") ?? 10)
      : (whole(linear, "stepBakeTimeInMinutes") ?? 6);
  return percents.flatMap((targetPercent, index): readonly Step[] => [
    { kind: "hooks", stage: "PRE_PRODUCTION_TRAFFIC_SHIFT" },
    { kind: "hooks", stage: "PRODUCTION_TRAFFIC_SHIFT", targetPercent },
    ...(index < percents.length - 1
      ? [{ kind: "wait", stage: "PRODUCTION_TRAFFIC_SHIFT", minutes: pauseMinutes } as const]
      : []),
  ]);
}

/** The way back: traffic that was shifted is shifted again, with its hooks, and the old tasks are all there is. */
export const rollbackSteps = (testShifted: boolean, productionShifted: boolean): readonly Step[] => [
  ...(testShifted ? [{ kind: "hooks", stage: "TEST_TRAFFIC_SHIFT" } as const] : []),
  ...(productionShifted ? [{ kind: "hooks", stage: "PRODUCTION_TRAFFIC_SHIFT", targetPercent: 0 } as const] : []),
  { kind: "scale-up", stage: "SCALE_UP" },
];

/** The hooks configured for a stage. */
export const hooksAt = (configuration: JsonObject, stage: string): readonly JsonObject[] =>
  (structures(configuration, "lifecycleHooks") ?? []).filter((hook) => texts(hook, "lifecycleStages")?.includes(stage));
