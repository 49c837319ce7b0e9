import type { Controller, View } from "../controller.ts";

/** Application Auto Scaling target tracking; its scale-in formula is not published, so each guess is a variant. */
export interface TargetTrackingSettings {
  /** Waiting messages per running task that the policy steers to. */
  readonly target: number;
  readonly outCooldownSeconds: number;
  readonly inCooldownSeconds: number;
  /** Which count is multiplied by metric over target: the one the metric was made with, or the desired count now. */
  readonly basis: "running" | "desired";
  readonly scaleIn: "proportional" | "one";
  /** 60 as AWS has it for custom metrics; 20 is hypothetical. */
  readonly periodSeconds: 60 | 20;
  readonly min: number;
  readonly max: number;
}

const highPoints = 3;
const lowPoints = 15;
const lowFraction = 0.9;
/** From the end of a 20 s period to an alarm, seconds; with three periods it makes AWS's measured 86 s. */
const fastDelaySeconds = 26;

interface Point {
  readonly metric: number;
  readonly basisCount: number;
}

/** The part that CPU and backlog policies share: three points above start a scale-out, fifteen below a scale-in. */
export const trackTarget = (settings: Omit<TargetTrackingSettings, "periodSeconds">) => {
  let lastOutAt = Number.NEGATIVE_INFINITY;
  let lastInAt = Number.NEGATIVE_INFINITY;
  let lastAdded = 0;
  return (nowSeconds: number, current: number, points: readonly (Point | undefined)[]): number => {
    const newest = points.at(-1);
    if (newest === undefined) return current;
    const wanted = Math.min(settings.max, Math.ceil((newest.basisCount * newest.metric) / settings.target));
    const isHigh = points.slice(-highPoints).every((point) => point !== undefined && point.metric > settings.target);
    if (isHigh && points.length >= highPoints) {
      // A running count does not hold the tasks of the last scale-out yet, a desired count does: there they count twice.
      const isCooling = settings.basis === "desired" && nowSeconds - lastOutAt < settings.outCooldownSeconds;
      const next = isCooling ? wanted - lastAdded : wanted;
      if (next <= current) return current;
      lastAdded = wanted - current;
      lastOutAt = nowSeconds;
      lastInAt = Number.NEGATIVE_INFINITY;
      return next;
    }
    const isLow = points.every((point) => point !== undefined && point.metric < lowFraction * settings.target);
    if (!isLow || points.length < lowPoints || current <= settings.min) return current;
    if (nowSeconds - lastInAt < settings.inCooldownSeconds) return current;
    lastInAt = nowSeconds;
    return Math.max(settings.min, settings.scaleIn === "one" ? current - 1 : Math.min(current - 1, wanted));
  };
};

const minutePoints = (view: View, basis: "running" | "desired"): (Point | undefined)[] =>
  Array.from({ length: Math.min(lowPoints, view.newestMinute + 1) }, (_, back) => {
    const minute = view.minute(view.newestMinute - back);
    if (minute === undefined || minute.runningMean === 0) return undefined;
    const basisCount = basis === "running" ? minute.runningMean : view.desired;
    return { metric: minute.visibleMean / minute.runningMean, basisCount };
  }).reverse();

const fastPoints = (view: View, basis: "running" | "desired"): (Point | undefined)[] => {
  const newest = Math.floor((view.nowSeconds - fastDelaySeconds) / 20) * 20;
  return Array.from({ length: Math.max(0, Math.min(lowPoints, newest / 20)) }, (_, back) => {
    const { visible, running } = view.sample(newest - back * 20);
    if (running === 0) return undefined;
    return { metric: visible / running, basisCount: basis === "running" ? running : view.desired };
  }).reverse();
};

/** Target tracking on waiting messages per running task. Source: AWS, target tracking with metric math. */
export const targetTracking = (variant: string, settings: TargetTrackingSettings): Controller => {
  const track = trackTarget(settings);
  const isFast = settings.periodSeconds === 20;
  return {
    name: isFast ? "target-tracking-20s" : "target-tracking",
    variant,
    periodSeconds: settings.periodSeconds,
    usdPerMonth: 3.2,
    decide: (view) =>
      track(
        view.nowSeconds,
        view.desired,
        isFast ? fastPoints(view, settings.basis) : minutePoints(view, settings.basis),
      ),
  };
};
