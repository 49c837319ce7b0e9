import type { Controller } from "../controller.ts";

/** stepscale's fast-autoscaler, a Lambda for ECS and SQS. Source: stepscale/fast-autoscaler, scaler.py. */
export interface FastAutoscalerSettings {
  readonly outAboveVisible: number;
  readonly outFraction: number;
  readonly inFraction: number;
  readonly inCooldownSeconds: number;
  readonly min: number;
  readonly max: number;
}

/** Every minute: add a share of the waiting messages, or go down by at most a hundredth of the count. */
export const fastAutoscaler = (variant: string, settings: FastAutoscalerSettings): Controller => {
  let inAt = Number.NEGATIVE_INFINITY;
  return {
    name: "fast-autoscaler",
    variant,
    periodSeconds: 60,
    usdPerMonth: 0.5,
    decide: (view) => {
      const counts = view.counts();
      if (counts === undefined) return view.desired;
      if (counts.visible > settings.outAboveVisible)
        return Math.min(settings.max, view.desired + Math.max(1, Math.floor(counts.visible * settings.outFraction)));
      if (counts.visible >= settings.outAboveVisible - 1 || view.nowSeconds - inAt < settings.inCooldownSeconds)
        return view.desired;
      const wanted = Math.max(
        settings.min,
        Math.floor(counts.visible * settings.outFraction),
        Math.floor(settings.inFraction * view.desired),
      );
      if (wanted < view.desired) inAt = view.nowSeconds;
      return Math.min(view.desired, wanted);
    },
  };
};
