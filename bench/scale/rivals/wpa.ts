import type { Controller } from "../controller.ts";

/** practo's worker-pod-autoscaler on SQS. Source: practo/k8s-worker-pod-autoscaler, controller.go. */
export interface WpaSettings {
  readonly targetMessagesPerWorker: number;
  readonly downDelaySeconds: number;
  readonly secondsPerMessage: number;
  readonly slotsPerTask: number;
  readonly min: number;
  readonly max: number;
}

const tolerance = 0.1;

/** Every 20 s backlog over target, at least Little's floor, down only some time after the last change. */
export const wpa = (variant: string, settings: WpaSettings): Controller => {
  let changedAt = Number.NEGATIVE_INFINITY;
  return {
    name: "wpa",
    variant,
    periodSeconds: 20,
    usdPerMonth: 0.1,
    decide: (view) => {
      const { nowSeconds, desired: current } = view;
      const counts = view.counts();
      if (counts === undefined) return current;
      const backlog = counts.visible + counts.inFlight;
      const sent = view.minute(view.newestMinute)?.sent ?? 0;
      const floor = Math.ceil((settings.secondsPerMessage * sent) / 60 / settings.slotsPerTask);
      const exact = backlog / settings.targetMessagesPerWorker;
      const wanted = Math.abs(exact / Math.max(1, current) - 1) <= tolerance ? current : Math.ceil(exact);
      const next = Math.min(settings.max, Math.max(settings.min, floor, wanted));
      if (next === current || (next < current && nowSeconds - changedAt < settings.downDelaySeconds)) return current;
      changedAt = nowSeconds;
      return next;
    },
  };
};
