import type { Controller, View } from "../controller.ts";
import { trackTarget } from "./target-tracking.ts";

/** One step: from this many waiting messages on, change the count by so much. */
export type Step = readonly [fromVisible: number, change: number];

/** Alarms on waiting messages with steps of change in capacity. */
export interface StepSettings {
  /** Ascending; the last step at or below the metric counts; below the first, nothing happens. */
  readonly out: readonly Step[];
  /** At or below this many waiting messages the count goes down by one. */
  readonly inAtVisible: number;
  readonly periodSeconds: number;
  readonly outCooldownSeconds: number;
  readonly inCooldownSeconds: number;
  /** CPU share that a second, target-tracking policy steers to. */
  readonly cpuTarget?: number;
  readonly min: number;
  readonly max: number;
}

const maximumOf = (view: View, minutes: number): number | undefined => {
  let most: number | undefined;
  for (let back = 0; back < minutes; back += 1) {
    const minute = view.minute(view.newestMinute - back);
    if (minute === undefined) return undefined;
    most = Math.max(most ?? 0, minute.visibleMax);
  }
  return most;
};

const cpuPoints = (view: View) =>
  Array.from({ length: Math.min(15, view.newestMinute + 1) }, (_, back) => {
    const minute = view.minute(view.newestMinute - back);
    return minute && { metric: minute.cpu, basisCount: minute.runningMean };
  }).reverse();

/** Step scaling, alone or beside CPU target tracking; of several policies the largest count wins. */
export const stepScaling = (name: string, variant: string, settings: StepSettings): Controller => {
  let outAt = Number.NEGATIVE_INFINITY;
  let inAt = Number.NEGATIVE_INFINITY;
  let addedInCooldown = 0;
  const cpu =
    settings.cpuTarget === undefined
      ? undefined
      : trackTarget({
          target: settings.cpuTarget,
          outCooldownSeconds: 300,
          inCooldownSeconds: 300,
          basis: "running",
          scaleIn: "proportional",
          min: settings.min,
          max: settings.max,
        });
  const step = (view: View): number => {
    const { nowSeconds, desired } = view;
    const periodMinutes = settings.periodSeconds / 60;
    if ((view.newestMinute + 1) % periodMinutes !== 0) return desired;
    const visible = maximumOf(view, periodMinutes);
    if (visible === undefined) return desired;
    const change = settings.out.findLast(([from]) => visible >= from)?.[1] ?? 0;
    if (change > 0) {
      const isCooling = nowSeconds - outAt < settings.outCooldownSeconds;
      const add = isCooling ? Math.max(0, change - addedInCooldown) : change;
      if (add === 0) return desired;
      addedInCooldown = isCooling ? change : add;
      outAt = nowSeconds;
      inAt = Number.NEGATIVE_INFINITY;
      return Math.min(settings.max, desired + add);
    }
    if (visible > settings.inAtVisible || nowSeconds - inAt < settings.inCooldownSeconds) return desired;
    inAt = nowSeconds;
    return Math.max(settings.min, desired - 1);
  };
  const decide = (view: View): number => {
    const wanted = step(view);
    return cpu === undefined ? wanted : Math.max(wanted, cpu(view.nowSeconds, view.desired, cpuPoints(view)));
  };
  return { name, variant, periodSeconds: 60, usdPerMonth: 0.4, decide };
};

/** QueueProcessingFargateService of the CDK, as it comes. Source: aws-cdk-lib, ecs-patterns. */
export const cdkSteps: Pick<
  StepSettings,
  "out" | "inAtVisible" | "periodSeconds" | "outCooldownSeconds" | "inCooldownSeconds" | "cpuTarget"
> = {
  out: [
    [100, 1],
    [500, 5],
  ],
  inAtVisible: 0,
  periodSeconds: 300,
  outCooldownSeconds: 300,
  inCooldownSeconds: 300,
  cpuTarget: 0.5,
};
