import type { Controller } from "../controller.ts";
import { type Scenario, startProfiles } from "../scenario.ts";
import { fastAutoscaler } from "./fast-autoscaler.ts";
import { keda } from "./keda.ts";
import { laravel } from "./laravel.ts";
import { cdkSteps, stepScaling } from "./steps.ts";
import { targetTracking } from "./target-tracking.ts";
import { wpa } from "./wpa.ts";

/** Parameters of each rival that a grid may choose; fractions are of the messages one task can start within the promise. */
export interface Tuning {
  readonly keda: { readonly queueFraction: number; readonly downWindowSeconds: number };
  readonly targetTracking: TrackingTuning;
  readonly targetTracking20s: TrackingTuning;
  readonly steps: {
    readonly lowFraction: number;
    readonly highFraction: number;
    readonly lowChange: number;
    readonly highChange: number;
    readonly cooldownSeconds: number;
  };
  readonly wpa: { readonly queueFraction: number; readonly downDelaySeconds: number };
  readonly fastAutoscaler: {
    readonly queueFraction: number;
    readonly outFraction: number;
    readonly inCooldownSeconds: number;
  };
  readonly laravel: {
    readonly latencyFraction: number;
    readonly cooldownSeconds: number;
    readonly breachFraction: number;
  };
}

interface TrackingTuning {
  readonly queueFraction: number;
  readonly cooldownSeconds: number;
  readonly basis: "running" | "desired";
  readonly scaleIn: "proportional" | "one";
}

/** Makes a controller for a scenario. */
export type Maker = (scenario: Scenario) => Controller;

/** Messages that one task can start within the promise: T c / S, the acceptable backlog per task that AWS recommends. */
const acceptable = ({ latencySeconds, slotsPerTask, serviceSeconds }: Scenario): number =>
  (latencySeconds * slotsPerTask) / serviceSeconds;

/** Each rival as its grid makes it. */
export const tunedMakers = {
  keda:
    ({ queueFraction, downWindowSeconds }: Tuning["keda"]): Maker =>
    (scenario) =>
      keda("tuned", {
        queueLength: queueFraction * acceptable(scenario),
        downWindowSeconds,
        min: scenario.min,
        max: scenario.max,
      }),
  targetTracking:
    ({ queueFraction, cooldownSeconds, basis, scaleIn }: TrackingTuning): Maker =>
    (scenario) =>
      targetTracking("tuned", {
        target: queueFraction * acceptable(scenario),
        outCooldownSeconds: cooldownSeconds,
        inCooldownSeconds: cooldownSeconds,
        basis,
        scaleIn,
        periodSeconds: 60,
        min: scenario.min,
        max: scenario.max,
      }),
  targetTracking20s:
    ({ queueFraction, cooldownSeconds, basis, scaleIn }: TrackingTuning): Maker =>
    (scenario) =>
      targetTracking("tuned", {
        target: queueFraction * acceptable(scenario),
        outCooldownSeconds: cooldownSeconds,
        inCooldownSeconds: cooldownSeconds,
        basis,
        scaleIn,
        periodSeconds: 20,
        min: scenario.min,
        max: scenario.max,
      }),
  steps:
    ({ lowFraction, highFraction, lowChange, highChange, cooldownSeconds }: Tuning["steps"]): Maker =>
    (scenario) =>
      stepScaling("step-scaling", "tuned", {
        out: [
          [lowFraction * acceptable(scenario), lowChange],
          [highFraction * acceptable(scenario), highChange],
        ],
        inAtVisible: 0.05 * acceptable(scenario),
        periodSeconds: 60,
        outCooldownSeconds: cooldownSeconds,
        inCooldownSeconds: cooldownSeconds,
        min: scenario.min,
        max: scenario.max,
      }),
  wpa:
    ({ queueFraction, downDelaySeconds }: Tuning["wpa"]): Maker =>
    (scenario) =>
      wpa("tuned", {
        targetMessagesPerWorker: queueFraction * acceptable(scenario),
        downDelaySeconds,
        secondsPerMessage: scenario.serviceSeconds,
        slotsPerTask: scenario.slotsPerTask,
        min: scenario.min,
        max: scenario.max,
      }),
  fastAutoscaler:
    ({ queueFraction, outFraction, inCooldownSeconds }: Tuning["fastAutoscaler"]): Maker =>
    (scenario) =>
      fastAutoscaler("tuned", {
        outAboveVisible: queueFraction * acceptable(scenario),
        outFraction,
        inFraction: 0.9,
        inCooldownSeconds,
        min: scenario.min,
        max: scenario.max,
      }),
  laravel:
    ({ latencyFraction, cooldownSeconds, breachFraction }: Tuning["laravel"]): Maker =>
    (scenario) =>
      laravel("tuned", {
        latencySeconds: latencyFraction * scenario.latencySeconds,
        secondsPerMessage: scenario.serviceSeconds,
        slotsPerTask: scenario.slotsPerTask,
        cooldownSeconds,
        spawnSeconds: startProfiles[scenario.start].medianSeconds,
        breachFraction,
        min: scenario.min,
        max: scenario.max,
      }),
};

const tracking =
  (periodSeconds: 20 | 60, basis: "running" | "desired", scaleIn: "proportional" | "one", variant: string): Maker =>
  (scenario) =>
    targetTracking(variant, {
      target: acceptable(scenario),
      outCooldownSeconds: 300,
      inCooldownSeconds: 300,
      basis,
      scaleIn,
      periodSeconds,
      min: scenario.min,
      max: scenario.max,
    });

/** Each rival as it comes, target tracking once per guess at what AWS keeps secret. */
export const defaultMakers: readonly Maker[] = [
  ({ min, max }) => keda("default", { queueLength: 5, downWindowSeconds: 300, min, max }),
  tracking(60, "running", "proportional", "default"),
  tracking(60, "running", "one", "default, in by one"),
  tracking(60, "desired", "proportional", "default, of desired"),
  tracking(20, "running", "proportional", "default"),
  ({ min, max }) => stepScaling("cdk-queue-service", "default", { ...cdkSteps, min, max }),
  ({ min, max, serviceSeconds, slotsPerTask }) =>
    wpa("default", {
      targetMessagesPerWorker: 5,
      downDelaySeconds: 600,
      secondsPerMessage: serviceSeconds,
      slotsPerTask,
      min,
      max,
    }),
  ({ min, max }) =>
    fastAutoscaler("default", {
      outAboveVisible: 100,
      outFraction: 0.01,
      inFraction: 0.99,
      inCooldownSeconds: 120,
      min,
      max,
    }),
  ({ latencySeconds, serviceSeconds, slotsPerTask, start, min, max }) =>
    laravel("default", {
      latencySeconds,
      secondsPerMessage: serviceSeconds,
      slotsPerTask,
      cooldownSeconds: 60,
      spawnSeconds: startProfiles[start].medianSeconds,
      breachFraction: 0.5,
      min,
      max,
    }),
];

/** Every rival's tuned variant. */
export const makersOf = (tuning: Tuning): readonly Maker[] => [
  tunedMakers.keda(tuning.keda),
  tunedMakers.targetTracking(tuning.targetTracking),
  tunedMakers.targetTracking20s(tuning.targetTracking20s),
  tunedMakers.steps(tuning.steps),
  tunedMakers.wpa(tuning.wpa),
  tunedMakers.fastAutoscaler(tuning.fastAutoscaler),
  tunedMakers.laravel(tuning.laravel),
];
