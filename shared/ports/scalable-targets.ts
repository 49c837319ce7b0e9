/** Bounds and policies that somebody gave a service's desired count in Application Auto Scaling. */
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Reading } from "./reading.ts";

export interface ScalableTarget {
  readonly min: number;
  readonly max: number;
  /** Names of the scaling policies on it. */
  readonly policies: readonly string[];
}

export interface ScalableTargets {
  /** `gone` when the service has none. */
  read(ref: ServiceRef): Promise<Reading<ScalableTarget>>;
  /** Moves the minimum and leaves the rest; the count follows when it is below. `unreadable` where the target does not take it any more. */
  setMinimum(ref: ServiceRef, min: number): Promise<Reading<true>>;
}
