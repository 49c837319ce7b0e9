/** The bounds a count must stay in, and whether somebody else moves it: settings, limits and the service's scalable target. */
import type { Settings } from "#shared/config/blocks.ts";
import type { Reading } from "#shared/ports/reading.ts";
import type { ScalableTarget } from "#shared/ports/scalable-targets.ts";
import type { KnownTarget } from "./memory.ts";

/** Policies of these names are ours: the dead-man, which only adds when we are silent. */
const OWN_POLICY_PREFIX = "ecs-reflex";

/** What is known of the target after a reading of it; a failed one teaches nothing. */
export const learnTarget = (
  known: KnownTarget | undefined,
  reading: Reading<ScalableTarget>,
  nowSeconds: number,
): KnownTarget | undefined => {
  if (reading.kind === "gone")
    return { readAtSeconds: nowSeconds, bounds: undefined, isScaled: false, moved: undefined };
  if (reading.kind !== "read") return known;
  const { min, max, policies } = reading.value;
  return {
    readAtSeconds: nowSeconds,
    bounds: { min, max },
    isScaled: policies.some((name) => !name.startsWith(OWN_POLICY_PREFIX)),
    // A minimum that is not the one we set is its owner's, and the last word.
    moved: known?.moved?.to === min ? known.moved : undefined,
  };
};

/** The bounds that hold: the narrowest of all, the maximum before the minimum. */
export const boundsOf = (
  { scale, limits }: Pick<Settings, "scale" | "limits">,
  target: KnownTarget | undefined,
): { readonly min: number; readonly max: number } => {
  const max = Math.min(scale.max, limits.maxDesiredCount, target?.bounds?.max ?? Number.POSITIVE_INFINITY);
  const owners = target?.moved?.owners ?? target?.bounds?.min ?? 0;
  return { min: Math.min(max, Math.max(scale.min, owners)), max };
};
